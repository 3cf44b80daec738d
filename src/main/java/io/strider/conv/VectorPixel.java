package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * One output pixel under any taps: what tiles leave over at the borders, and pictures smaller than
 * a tile. Four vectors of channels at a time, so that their sums need not wait for each other.
 *
 * <p>Positions and steps count bytes here. {@code xAt} lies under the first tap inside the picture,
 * {@code packedAt} is its weight; {@code taps} and {@code rowTaps} count those inside; {@code seed}
 * is added to the bias: zeros or the residual.
 */
final class VectorPixel {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private VectorPixel() {}

    /** Channels {@code from} to {@code end}. */
    static void compute(
            MemorySegment x,
            long xAt,
            long xRow,
            long xTap,
            int taps,
            int rowTaps,
            MemorySegment packed,
            long packedAt,
            long rowPitch,
            long pitch,
            long biasAt,
            MemorySegment seed,
            long seedAt,
            MemorySegment y,
            long yAt,
            int from,
            int end,
            float low,
            float high) {
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        int channel = from;
        for (; channel <= end - 4 * LANES; channel += 4 * LANES) {
            long c = (long) channel * Float.BYTES;
            long next = (long) LANES * Float.BYTES;
            FloatVector y0 =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c, ORDER)
                            .add(FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER));
            FloatVector y1 =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c + next, ORDER)
                            .add(
                                    FloatVector.fromMemorySegment(
                                            S, packed, biasAt + c + next, ORDER));
            FloatVector y2 =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c + 2 * next, ORDER)
                            .add(
                                    FloatVector.fromMemorySegment(
                                            S, packed, biasAt + c + 2 * next, ORDER));
            FloatVector y3 =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c + 3 * next, ORDER)
                            .add(
                                    FloatVector.fromMemorySegment(
                                            S, packed, biasAt + c + 3 * next, ORDER));
            for (int i = 0; i < taps; i++) {
                long w = packedAt + i * rowPitch + c;
                long v = xAt + i * xRow + c;
                for (int j = 0; j < rowTaps; j++) {
                    y0 =
                            FloatVector.fromMemorySegment(S, x, v, ORDER)
                                    .fma(FloatVector.fromMemorySegment(S, packed, w, ORDER), y0);
                    y1 =
                            FloatVector.fromMemorySegment(S, x, v + next, ORDER)
                                    .fma(
                                            FloatVector.fromMemorySegment(
                                                    S, packed, w + next, ORDER),
                                            y1);
                    y2 =
                            FloatVector.fromMemorySegment(S, x, v + 2 * next, ORDER)
                                    .fma(
                                            FloatVector.fromMemorySegment(
                                                    S, packed, w + 2 * next, ORDER),
                                            y2);
                    y3 =
                            FloatVector.fromMemorySegment(S, x, v + 3 * next, ORDER)
                                    .fma(
                                            FloatVector.fromMemorySegment(
                                                    S, packed, w + 3 * next, ORDER),
                                            y3);
                    w += pitch;
                    v += xTap;
                }
            }
            y0 = y0.blend(lows, y0.lt(lows));
            y0.blend(highs, y0.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c, ORDER);
            y1 = y1.blend(lows, y1.lt(lows));
            y1.blend(highs, y1.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c + next, ORDER);
            y2 = y2.blend(lows, y2.lt(lows));
            y2.blend(highs, y2.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c + 2 * next, ORDER);
            y3 = y3.blend(lows, y3.lt(lows));
            y3.blend(highs, y3.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c + 3 * next, ORDER);
        }
        if (channel < end) {
            rest(
                    x, xAt, xRow, xTap, taps, rowTaps, packed, packedAt, rowPitch, pitch, biasAt,
                    seed, seedAt, y, yAt, channel, end, low, high);
        }
    }

    /** Less than four vectors of channels, the last one in part. */
    private static void rest(
            MemorySegment x,
            long xAt,
            long xRow,
            long xTap,
            int taps,
            int rowTaps,
            MemorySegment packed,
            long packedAt,
            long rowPitch,
            long pitch,
            long biasAt,
            MemorySegment seed,
            long seedAt,
            MemorySegment y,
            long yAt,
            int from,
            int end,
            float low,
            float high) {
        FloatVector lows = FloatVector.broadcast(S, low);
        FloatVector highs = FloatVector.broadcast(S, high);
        int channel = from;
        for (; channel <= end - LANES; channel += LANES) {
            long c = (long) channel * Float.BYTES;
            FloatVector sum =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c, ORDER)
                            .add(FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER));
            for (int i = 0; i < taps; i++) {
                long w = packedAt + i * rowPitch + c;
                long v = xAt + i * xRow + c;
                for (int j = 0; j < rowTaps; j++) {
                    sum =
                            FloatVector.fromMemorySegment(S, x, v, ORDER)
                                    .fma(FloatVector.fromMemorySegment(S, packed, w, ORDER), sum);
                    w += pitch;
                    v += xTap;
                }
            }
            sum = sum.blend(lows, sum.lt(lows));
            sum.blend(highs, sum.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c, ORDER);
        }
        if (channel < end) {
            VectorMask<Float> mask = S.indexInRange(channel, end);
            long c = (long) channel * Float.BYTES;
            FloatVector sum =
                    FloatVector.fromMemorySegment(S, seed, seedAt + c, ORDER, mask)
                            .add(FloatVector.fromMemorySegment(S, packed, biasAt + c, ORDER));
            for (int i = 0; i < taps; i++) {
                long w = packedAt + i * rowPitch + c;
                long v = xAt + i * xRow + c;
                for (int j = 0; j < rowTaps; j++) {
                    sum =
                            FloatVector.fromMemorySegment(S, x, v, ORDER, mask)
                                    .fma(FloatVector.fromMemorySegment(S, packed, w, ORDER), sum);
                    w += pitch;
                    v += xTap;
                }
            }
            sum = sum.blend(lows, sum.lt(lows));
            sum.blend(highs, sum.compare(VectorOperators.GT, highs))
                    .intoMemorySegment(y, yAt + c, ORDER, mask);
        }
    }
}
