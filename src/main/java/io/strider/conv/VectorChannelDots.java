package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * In registers: 8 pixels × 3 channels of sums, each a vector whose lanes are added up at the end.
 * Eleven loads feed 24 multiply-adds.
 */
final class VectorChannelDots implements ChannelDots {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int LANES = S.length();
    private static final long VECTOR = LANES * (long) Float.BYTES;

    private static final ThreadLocal<float[]> BLOCKS =
            ThreadLocal.withInitial(() -> new float[PIXELS * CHANNELS * LANES]);

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public void sum(
            long[] terms,
            int count,
            MemorySegment pixels,
            long at,
            long step,
            int pixelCount,
            MemorySegment weights,
            long weightsAt,
            int channels,
            float[] sums) {
        float[] block = BLOCKS.get();
        if (pixelCount == PIXELS && channels == CHANNELS) {
            eightByThree(terms, count, pixels, at, step, weights, weightsAt, block);
        } else if (pixelCount == PIXELS) {
            eightByOne(terms, count, pixels, at, step, weights, weightsAt, block);
        } else if (channels == CHANNELS) {
            oneByThree(terms, count, pixels, at, weights, weightsAt, block);
        } else {
            oneByOne(terms, count, pixels, at, weights, weightsAt, block);
        }
        for (int sum = 0; sum < pixelCount * channels; sum++) {
            sums[sum] = total(block, sum * LANES);
        }
    }

    /** Not by reduceLanes, whose order of summation differs between interpreter and compiler. */
    private static float total(float[] block, int at) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int lane = 0; lane < half; lane++) {
                block[at + lane] += block[at + half + lane];
            }
        }
        return block[at];
    }

    private static void eightByThree(
            long[] terms,
            int count,
            MemorySegment pixels,
            long at,
            long step,
            MemorySegment weights,
            long weightsAt,
            float[] block) {
        FloatVector s00 = FloatVector.zero(S);
        FloatVector s01 = FloatVector.zero(S);
        FloatVector s02 = FloatVector.zero(S);
        long at1 = at + step;
        FloatVector s10 = FloatVector.zero(S);
        FloatVector s11 = FloatVector.zero(S);
        FloatVector s12 = FloatVector.zero(S);
        long at2 = at + 2 * step;
        FloatVector s20 = FloatVector.zero(S);
        FloatVector s21 = FloatVector.zero(S);
        FloatVector s22 = FloatVector.zero(S);
        long at3 = at + 3 * step;
        FloatVector s30 = FloatVector.zero(S);
        FloatVector s31 = FloatVector.zero(S);
        FloatVector s32 = FloatVector.zero(S);
        long at4 = at + 4 * step;
        FloatVector s40 = FloatVector.zero(S);
        FloatVector s41 = FloatVector.zero(S);
        FloatVector s42 = FloatVector.zero(S);
        long at5 = at + 5 * step;
        FloatVector s50 = FloatVector.zero(S);
        FloatVector s51 = FloatVector.zero(S);
        FloatVector s52 = FloatVector.zero(S);
        long at6 = at + 6 * step;
        FloatVector s60 = FloatVector.zero(S);
        FloatVector s61 = FloatVector.zero(S);
        FloatVector s62 = FloatVector.zero(S);
        long at7 = at + 7 * step;
        FloatVector s70 = FloatVector.zero(S);
        FloatVector s71 = FloatVector.zero(S);
        FloatVector s72 = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            long first = terms[2 * k];
            long second = weightsAt + terms[2 * k + 1];
            FloatVector w0 = FloatVector.fromMemorySegment(S, weights, second, ORDER);
            FloatVector w1 = FloatVector.fromMemorySegment(S, weights, second + VECTOR, ORDER);
            FloatVector w2 = FloatVector.fromMemorySegment(S, weights, second + 2 * VECTOR, ORDER);
            FloatVector x0 = FloatVector.fromMemorySegment(S, pixels, at + first, ORDER);
            s00 = x0.fma(w0, s00);
            s01 = x0.fma(w1, s01);
            s02 = x0.fma(w2, s02);
            FloatVector x1 = FloatVector.fromMemorySegment(S, pixels, at1 + first, ORDER);
            s10 = x1.fma(w0, s10);
            s11 = x1.fma(w1, s11);
            s12 = x1.fma(w2, s12);
            FloatVector x2 = FloatVector.fromMemorySegment(S, pixels, at2 + first, ORDER);
            s20 = x2.fma(w0, s20);
            s21 = x2.fma(w1, s21);
            s22 = x2.fma(w2, s22);
            FloatVector x3 = FloatVector.fromMemorySegment(S, pixels, at3 + first, ORDER);
            s30 = x3.fma(w0, s30);
            s31 = x3.fma(w1, s31);
            s32 = x3.fma(w2, s32);
            FloatVector x4 = FloatVector.fromMemorySegment(S, pixels, at4 + first, ORDER);
            s40 = x4.fma(w0, s40);
            s41 = x4.fma(w1, s41);
            s42 = x4.fma(w2, s42);
            FloatVector x5 = FloatVector.fromMemorySegment(S, pixels, at5 + first, ORDER);
            s50 = x5.fma(w0, s50);
            s51 = x5.fma(w1, s51);
            s52 = x5.fma(w2, s52);
            FloatVector x6 = FloatVector.fromMemorySegment(S, pixels, at6 + first, ORDER);
            s60 = x6.fma(w0, s60);
            s61 = x6.fma(w1, s61);
            s62 = x6.fma(w2, s62);
            FloatVector x7 = FloatVector.fromMemorySegment(S, pixels, at7 + first, ORDER);
            s70 = x7.fma(w0, s70);
            s71 = x7.fma(w1, s71);
            s72 = x7.fma(w2, s72);
        }
        s00.intoArray(block, 0);
        s01.intoArray(block, LANES);
        s02.intoArray(block, 2 * LANES);
        s10.intoArray(block, 3 * LANES);
        s11.intoArray(block, 4 * LANES);
        s12.intoArray(block, 5 * LANES);
        s20.intoArray(block, 6 * LANES);
        s21.intoArray(block, 7 * LANES);
        s22.intoArray(block, 8 * LANES);
        s30.intoArray(block, 9 * LANES);
        s31.intoArray(block, 10 * LANES);
        s32.intoArray(block, 11 * LANES);
        s40.intoArray(block, 12 * LANES);
        s41.intoArray(block, 13 * LANES);
        s42.intoArray(block, 14 * LANES);
        s50.intoArray(block, 15 * LANES);
        s51.intoArray(block, 16 * LANES);
        s52.intoArray(block, 17 * LANES);
        s60.intoArray(block, 18 * LANES);
        s61.intoArray(block, 19 * LANES);
        s62.intoArray(block, 20 * LANES);
        s70.intoArray(block, 21 * LANES);
        s71.intoArray(block, 22 * LANES);
        s72.intoArray(block, 23 * LANES);
    }

    private static void eightByOne(
            long[] terms,
            int count,
            MemorySegment pixels,
            long at,
            long step,
            MemorySegment weights,
            long weightsAt,
            float[] block) {
        FloatVector s00 = FloatVector.zero(S);
        long at1 = at + step;
        FloatVector s10 = FloatVector.zero(S);
        long at2 = at + 2 * step;
        FloatVector s20 = FloatVector.zero(S);
        long at3 = at + 3 * step;
        FloatVector s30 = FloatVector.zero(S);
        long at4 = at + 4 * step;
        FloatVector s40 = FloatVector.zero(S);
        long at5 = at + 5 * step;
        FloatVector s50 = FloatVector.zero(S);
        long at6 = at + 6 * step;
        FloatVector s60 = FloatVector.zero(S);
        long at7 = at + 7 * step;
        FloatVector s70 = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            long first = terms[2 * k];
            long second = weightsAt + terms[2 * k + 1];
            FloatVector w0 = FloatVector.fromMemorySegment(S, weights, second, ORDER);
            FloatVector x0 = FloatVector.fromMemorySegment(S, pixels, at + first, ORDER);
            s00 = x0.fma(w0, s00);
            FloatVector x1 = FloatVector.fromMemorySegment(S, pixels, at1 + first, ORDER);
            s10 = x1.fma(w0, s10);
            FloatVector x2 = FloatVector.fromMemorySegment(S, pixels, at2 + first, ORDER);
            s20 = x2.fma(w0, s20);
            FloatVector x3 = FloatVector.fromMemorySegment(S, pixels, at3 + first, ORDER);
            s30 = x3.fma(w0, s30);
            FloatVector x4 = FloatVector.fromMemorySegment(S, pixels, at4 + first, ORDER);
            s40 = x4.fma(w0, s40);
            FloatVector x5 = FloatVector.fromMemorySegment(S, pixels, at5 + first, ORDER);
            s50 = x5.fma(w0, s50);
            FloatVector x6 = FloatVector.fromMemorySegment(S, pixels, at6 + first, ORDER);
            s60 = x6.fma(w0, s60);
            FloatVector x7 = FloatVector.fromMemorySegment(S, pixels, at7 + first, ORDER);
            s70 = x7.fma(w0, s70);
        }
        s00.intoArray(block, 0);
        s10.intoArray(block, LANES);
        s20.intoArray(block, 2 * LANES);
        s30.intoArray(block, 3 * LANES);
        s40.intoArray(block, 4 * LANES);
        s50.intoArray(block, 5 * LANES);
        s60.intoArray(block, 6 * LANES);
        s70.intoArray(block, 7 * LANES);
    }

    private static void oneByThree(
            long[] terms,
            int count,
            MemorySegment pixels,
            long at,
            MemorySegment weights,
            long weightsAt,
            float[] block) {
        FloatVector s00 = FloatVector.zero(S);
        FloatVector s01 = FloatVector.zero(S);
        FloatVector s02 = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            long first = terms[2 * k];
            long second = weightsAt + terms[2 * k + 1];
            FloatVector w0 = FloatVector.fromMemorySegment(S, weights, second, ORDER);
            FloatVector w1 = FloatVector.fromMemorySegment(S, weights, second + VECTOR, ORDER);
            FloatVector w2 = FloatVector.fromMemorySegment(S, weights, second + 2 * VECTOR, ORDER);
            FloatVector x0 = FloatVector.fromMemorySegment(S, pixels, at + first, ORDER);
            s00 = x0.fma(w0, s00);
            s01 = x0.fma(w1, s01);
            s02 = x0.fma(w2, s02);
        }
        s00.intoArray(block, 0);
        s01.intoArray(block, LANES);
        s02.intoArray(block, 2 * LANES);
    }

    private static void oneByOne(
            long[] terms,
            int count,
            MemorySegment pixels,
            long at,
            MemorySegment weights,
            long weightsAt,
            float[] block) {
        FloatVector s00 = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            long first = terms[2 * k];
            long second = weightsAt + terms[2 * k + 1];
            FloatVector w0 = FloatVector.fromMemorySegment(S, weights, second, ORDER);
            FloatVector x0 = FloatVector.fromMemorySegment(S, pixels, at + first, ORDER);
            s00 = x0.fma(w0, s00);
        }
        s00.intoArray(block, 0);
    }
}
