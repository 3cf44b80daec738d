package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

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
        try (Arena arena = Arena.ofConfined()) {
            long matrix = channels * blocking.group();
            MemorySegment all = arena.allocate(positions * matrix * Float.BYTES, 64);
            Transform transform = new Transform(blocking.tile(), weight, blocking.group());
            for (int group = 0; group < blocking.groups(); group++) {
                int outputs = (int) blocking.count(group);
                for (long c = 0; c < channels; c++) {
                    transform.load(blocking.first(group), outputs, c);
                    for (int position = 0; position < positions; position++) {
                        transform.store(position, outputs, all, position * matrix + c * outputs);
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

    /**
     * G g Gᵀ of one channel's windows of a group of outputs at once, so that every loop runs over
     * outputs that lie side by side.
     */
    private static final class Transform {
        private static final int TAPS = 3;

        private final WinogradTile tile;
        private final Tensor weight;

        /** g, tap by tap. */
        private final double[][] windows;

        /** G g, row by row. */
        private final double[][] columns;

        private final float[] rounded;

        Transform(WinogradTile tile, Tensor weight, long outputs) {
            int most = Math.toIntExact(outputs);
            this.tile = tile;
            this.weight = weight;
            this.windows = new double[TAPS * TAPS][most];
            this.columns = new double[tile.inputs() * TAPS][most];
            this.rounded = new float[most];
        }

        /** Reads windows of channel {@code c} and multiplies them by G from the left. */
        void load(long first, int outputs, long c) {
            MemorySegment from = weight.segment();
            long at = weight.offset() + first * weight.stride(0) + c * weight.stride(1);
            for (int tap = 0; tap < TAPS * TAPS; tap++) {
                double[] window = windows[tap];
                long start = at + tap / TAPS * weight.stride(2) + tap % TAPS * weight.stride(3);
                for (int o = 0; o < outputs; o++) {
                    window[o] = Runs.get(from, start + o * weight.stride(0));
                }
            }
            for (int i = 0; i < tile.inputs(); i++) {
                for (int j = 0; j < TAPS; j++) {
                    sum(
                            columns[i * TAPS + j],
                            outputs,
                            tile.weight(i, 0),
                            windows[j],
                            tile.weight(i, 1),
                            windows[TAPS + j],
                            tile.weight(i, 2),
                            windows[2 * TAPS + j]);
                }
            }
        }

        /** Multiplies by Gᵀ from the right at one position, and rounds. */
        void store(int position, int outputs, MemorySegment to, long at) {
            int i = position / tile.inputs() * TAPS;
            int j = position % tile.inputs();
            double[] sums = windows[0]; // no longer needed once G g is there
            sum(
                    sums,
                    outputs,
                    tile.weight(j, 0),
                    columns[i],
                    tile.weight(j, 1),
                    columns[i + 1],
                    tile.weight(j, 2),
                    columns[i + 2]);
            for (int o = 0; o < outputs; o++) {
                rounded[o] = (float) sums[o];
            }
            MemorySegment.copy(rounded, 0, to, ValueLayout.JAVA_FLOAT, at * Float.BYTES, outputs);
        }

        /** to = f·x + g·y + h·z. */
        private static void sum(
                double[] to,
                int count,
                double f,
                double[] x,
                double g,
                double[] y,
                double h,
                double[] z) {
            for (int o = 0; o < count; o++) {
                to[o] = f * x[o] + g * y[o] + h * z[o];
            }
        }
    }
}
