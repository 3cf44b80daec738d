package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of seven outputs, any taps and strides, all of them inside the rows of the picture.
 *
 * <p>Positions and steps count bytes here. {@code xAt} is what lies under the first tap of the
 * first output, {@code taps} the rows of taps inside the picture, {@code seed} what is added to the
 * bias: zeros or the residual. {@code outputs} are at least 7, {@code channels} at least a vector.
 */
final class VectorAnyTaps {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int TILE = 7;

    private VectorAnyTaps() {}

    /** Any taps and strides, all of them inside the row. */
    static void tiles(
            MemorySegment x,
            long xAt,
            long xRow,
            long xTap,
            long xStep,
            int taps,
            int rowTaps,
            MemorySegment packed,
            long packedAt,
            long pitch,
            long biasAt,
            MemorySegment seed,
            long seedAt,
            long seedPixel,
            MemorySegment y,
            long yAt,
            long yPixel,
            int outputs,
            int channels,
            float low,
            float high) {
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        for (int q = 0; q < outputs; q += TILE) {
            int tile = Math.min(q, outputs - TILE);
            long first = xAt + tile * xStep;
            long seeds = seedAt + tile * seedPixel;
            long sums = yAt + tile * yPixel;
            for (int block = 0; block < channels; block += LANES) {
                long c = (long) Math.min(block, channels - LANES) * Float.BYTES;
                FloatVector w = FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER);
                FloatVector y0 = FloatVector.fromMemorySegment(S, seed, seeds + c, ORDER).add(w);
                FloatVector y1 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 1 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y2 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 2 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y3 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 3 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y4 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 4 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y5 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 5 * seedPixel + c, ORDER)
                                .add(w);
                FloatVector y6 =
                        FloatVector.fromMemorySegment(S, seed, seeds + 6 * seedPixel + c, ORDER)
                                .add(w);
                long weights = packedAt + c;
                long row = first + c;
                for (int i = 0; i < taps; i++) {
                    long v = row;
                    for (int j = 0; j < rowTaps; j++) {
                        w = FloatVector.fromMemorySegment(S, packed, weights, ORDER);
                        y0 = FloatVector.fromMemorySegment(S, x, v, ORDER).fma(w, y0);
                        y1 = FloatVector.fromMemorySegment(S, x, v + 1 * xStep, ORDER).fma(w, y1);
                        y2 = FloatVector.fromMemorySegment(S, x, v + 2 * xStep, ORDER).fma(w, y2);
                        y3 = FloatVector.fromMemorySegment(S, x, v + 3 * xStep, ORDER).fma(w, y3);
                        y4 = FloatVector.fromMemorySegment(S, x, v + 4 * xStep, ORDER).fma(w, y4);
                        y5 = FloatVector.fromMemorySegment(S, x, v + 5 * xStep, ORDER).fma(w, y5);
                        y6 = FloatVector.fromMemorySegment(S, x, v + 6 * xStep, ORDER).fma(w, y6);
                        weights += pitch;
                        v += xTap;
                    }
                    row += xRow;
                }
                long at = sums + c;
                y0 = y0.blend(lows, y0.lt(lows));
                y0.blend(highs, y0.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at, ORDER);
                y1 = y1.blend(lows, y1.lt(lows));
                y1.blend(highs, y1.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 1 * yPixel, ORDER);
                y2 = y2.blend(lows, y2.lt(lows));
                y2.blend(highs, y2.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 2 * yPixel, ORDER);
                y3 = y3.blend(lows, y3.lt(lows));
                y3.blend(highs, y3.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 3 * yPixel, ORDER);
                y4 = y4.blend(lows, y4.lt(lows));
                y4.blend(highs, y4.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 4 * yPixel, ORDER);
                y5 = y5.blend(lows, y5.lt(lows));
                y5.blend(highs, y5.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 5 * yPixel, ORDER);
                y6 = y6.blend(lows, y6.lt(lows));
                y6.blend(highs, y6.compare(VectorOperators.GT, highs))
                        .intoMemorySegment(y, at + 6 * yPixel, ORDER);
            }
        }
    }
}
