package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Tiles of seven outputs where a row has three taps.
 *
 * <p>Positions and steps count bytes here. {@code xAt} is column 0 of the first row under a tap,
 * {@code firstColumn} the column under the first tap of the first output, {@code width} the columns
 * of the picture, {@code taps} the rows of taps inside the picture. {@code outputs} are at least 7,
 * {@code channels} at least a vector.
 */
final class VectorThreeTaps {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int TILE = 7;

    private VectorThreeTaps() {}

    /** 3 taps a row, stride 1: 9 columns of the input make a tile of 7 outputs. */
    static void tiles(
            MemorySegment x,
            long xAt,
            long xRow,
            long xPixel,
            int firstColumn,
            int width,
            int taps,
            MemorySegment packed,
            long packedAt,
            long pitch,
            long biasAt,
            MemorySegment y,
            long yAt,
            long yPixel,
            int outputs,
            int channels,
            float low,
            float high) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        long tap = pitch;
        for (int q = 0; q < outputs; q += TILE) {
            int tile = Math.min(q, outputs - TILE);
            int column = firstColumn + tile * 1;
            VectorMask<Float> out0 = S.maskAll(column + 0 < 0);
            long at0 = Math.max(column + 0, 0) * xPixel;
            VectorMask<Float> out8 = S.maskAll(column + 8 >= width);
            long at8 = Math.min(column + 8, width - 1) * xPixel;
            long inside = xAt + (column + 1) * xPixel;
            long sums = yAt + tile * yPixel;
            for (int block = 0; block < channels; block += LANES) {
                long c = (long) Math.min(block, channels - LANES) * Float.BYTES;
                FloatVector y0 = FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER);
                FloatVector y1 = y0;
                FloatVector y2 = y0;
                FloatVector y3 = y0;
                FloatVector y4 = y0;
                FloatVector y5 = y0;
                FloatVector y6 = y0;
                long weights = packedAt + c;
                long row = c;
                for (int i = 0; i < taps; i++) {
                    FloatVector w0 = FloatVector.fromMemorySegment(S, packed, weights, ORDER);
                    FloatVector w1 =
                            FloatVector.fromMemorySegment(S, packed, weights + 1 * tap, ORDER);
                    FloatVector w2 =
                            FloatVector.fromMemorySegment(S, packed, weights + 2 * tap, ORDER);
                    FloatVector v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at0, ORDER)
                                    .blend(zero, out0);
                    y0 = v.fma(w0, y0);
                    v = FloatVector.fromMemorySegment(S, x, inside + row, ORDER);
                    y0 = v.fma(w1, y0);
                    y1 = v.fma(w0, y1);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 1 * xPixel, ORDER);
                    y0 = v.fma(w2, y0);
                    y1 = v.fma(w1, y1);
                    y2 = v.fma(w0, y2);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 2 * xPixel, ORDER);
                    y1 = v.fma(w2, y1);
                    y2 = v.fma(w1, y2);
                    y3 = v.fma(w0, y3);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 3 * xPixel, ORDER);
                    y2 = v.fma(w2, y2);
                    y3 = v.fma(w1, y3);
                    y4 = v.fma(w0, y4);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 4 * xPixel, ORDER);
                    y3 = v.fma(w2, y3);
                    y4 = v.fma(w1, y4);
                    y5 = v.fma(w0, y5);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 5 * xPixel, ORDER);
                    y4 = v.fma(w2, y4);
                    y5 = v.fma(w1, y5);
                    y6 = v.fma(w0, y6);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 6 * xPixel, ORDER);
                    y5 = v.fma(w2, y5);
                    y6 = v.fma(w1, y6);
                    v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at8, ORDER)
                                    .blend(zero, out8);
                    y6 = v.fma(w2, y6);
                    weights += 3 * tap;
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

    /** 3 taps a row, stride 2: 15 columns of the input make a tile of 7 outputs. */
    static void tilesOfStrideTwo(
            MemorySegment x,
            long xAt,
            long xRow,
            long xPixel,
            int firstColumn,
            int width,
            int taps,
            MemorySegment packed,
            long packedAt,
            long pitch,
            long biasAt,
            MemorySegment y,
            long yAt,
            long yPixel,
            int outputs,
            int channels,
            float low,
            float high) {
        FloatVector zero = FloatVector.zero(S);
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        long tap = pitch;
        for (int q = 0; q < outputs; q += TILE) {
            int tile = Math.min(q, outputs - TILE);
            int column = firstColumn + tile * 2;
            VectorMask<Float> out0 = S.maskAll(column + 0 < 0);
            long at0 = Math.max(column + 0, 0) * xPixel;
            VectorMask<Float> out14 = S.maskAll(column + 14 >= width);
            long at14 = Math.min(column + 14, width - 1) * xPixel;
            long inside = xAt + (column + 1) * xPixel;
            long sums = yAt + tile * yPixel;
            for (int block = 0; block < channels; block += LANES) {
                long c = (long) Math.min(block, channels - LANES) * Float.BYTES;
                FloatVector y0 = FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER);
                FloatVector y1 = y0;
                FloatVector y2 = y0;
                FloatVector y3 = y0;
                FloatVector y4 = y0;
                FloatVector y5 = y0;
                FloatVector y6 = y0;
                long weights = packedAt + c;
                long row = c;
                for (int i = 0; i < taps; i++) {
                    FloatVector w0 = FloatVector.fromMemorySegment(S, packed, weights, ORDER);
                    FloatVector w1 =
                            FloatVector.fromMemorySegment(S, packed, weights + 1 * tap, ORDER);
                    FloatVector w2 =
                            FloatVector.fromMemorySegment(S, packed, weights + 2 * tap, ORDER);
                    FloatVector v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at0, ORDER)
                                    .blend(zero, out0);
                    y0 = v.fma(w0, y0);
                    v = FloatVector.fromMemorySegment(S, x, inside + row, ORDER);
                    y0 = v.fma(w1, y0);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 1 * xPixel, ORDER);
                    y0 = v.fma(w2, y0);
                    y1 = v.fma(w0, y1);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 2 * xPixel, ORDER);
                    y1 = v.fma(w1, y1);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 3 * xPixel, ORDER);
                    y1 = v.fma(w2, y1);
                    y2 = v.fma(w0, y2);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 4 * xPixel, ORDER);
                    y2 = v.fma(w1, y2);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 5 * xPixel, ORDER);
                    y2 = v.fma(w2, y2);
                    y3 = v.fma(w0, y3);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 6 * xPixel, ORDER);
                    y3 = v.fma(w1, y3);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 7 * xPixel, ORDER);
                    y3 = v.fma(w2, y3);
                    y4 = v.fma(w0, y4);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 8 * xPixel, ORDER);
                    y4 = v.fma(w1, y4);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 9 * xPixel, ORDER);
                    y4 = v.fma(w2, y4);
                    y5 = v.fma(w0, y5);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 10 * xPixel, ORDER);
                    y5 = v.fma(w1, y5);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 11 * xPixel, ORDER);
                    y5 = v.fma(w2, y5);
                    y6 = v.fma(w0, y6);
                    v = FloatVector.fromMemorySegment(S, x, inside + row + 12 * xPixel, ORDER);
                    y6 = v.fma(w1, y6);
                    v =
                            FloatVector.fromMemorySegment(S, x, xAt + row + at14, ORDER)
                                    .blend(zero, out14);
                    y6 = v.fma(w2, y6);
                    weights += 3 * tap;
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
