package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * The weights of a Winograd layer: U = G g Gᵀ, in double precision, rounded to float at the end.
 */
final class WinogradWeights {
    private WinogradWeights() {}

    /** A packed C × outputs matrix for each group and position, groups outermost. */
    static PackedGemm[] pack(
            WinogradBlocking blocking, Tensor weight, Blas blas, SegmentAllocator allocator) {
        int positions = blocking.tile().positions();
        long channels = blocking.inChannels();
        PackedGemm[] packed = new PackedGemm[blocking.groups() * positions];
        double[] transformed = new double[positions];
        try (Arena arena = Arena.ofConfined()) {
            long matrix = channels * blocking.group();
            MemorySegment all = arena.allocate(positions * matrix * Float.BYTES, 64);
            for (int group = 0; group < blocking.groups(); group++) {
                long outputs = blocking.count(group);
                for (long o = 0; o < outputs; o++) {
                    for (long c = 0; c < channels; c++) {
                        transform(
                                blocking.tile(),
                                weight,
                                weight.offset()
                                        + (blocking.first(group) + o) * weight.stride(0)
                                        + c * weight.stride(1),
                                transformed);
                        for (int position = 0; position < positions; position++) {
                            float rounded = (float) transformed[position];
                            Runs.set(all, position * matrix + c * outputs + o, rounded);
                        }
                    }
                }
                for (int position = 0; position < positions; position++) {
                    packed[group * positions + position] =
                            PackedGemm.pack(
                                    blocking.tiles(),
                                    channels,
                                    outputs,
                                    all,
                                    position * matrix,
                                    outputs,
                                    1,
                                    blas,
                                    allocator);
                }
            }
        }
        return packed;
    }

    /** to = G g Gᵀ of the window whose first weight stands at {@code at}, row by row. */
    private static void transform(WinogradTile tile, Tensor weight, long at, double[] to) {
        int size = tile.inputs();
        for (int i = 0; i < size; i++) {
            double left = column(tile, weight, at, i, 0);
            double middle = column(tile, weight, at, i, 1);
            double right = column(tile, weight, at, i, 2);
            for (int j = 0; j < size; j++) {
                to[i * size + j] =
                        left * tile.weight(j, 0)
                                + middle * tile.weight(j, 1)
                                + right * tile.weight(j, 2);
            }
        }
    }

    /** Element (i, j) of G g. */
    private static double column(WinogradTile tile, Tensor weight, long at, int i, int j) {
        double sum = 0;
        for (int tap = 0; tap < 3; tap++) {
            long index = at + tap * weight.stride(2) + j * weight.stride(3);
            sum += tile.weight(i, tap) * Runs.get(weight.segment(), index);
        }
        return sum;
    }
}
