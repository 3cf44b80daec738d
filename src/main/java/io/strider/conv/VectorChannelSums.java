package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** With the Vector API. */
final class VectorChannelSums implements ChannelSums {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int LANES = S.length();
    private static final long VECTOR = LANES * (long) Float.BYTES;

    private static final ThreadLocal<float[]> BLOCKS =
            ThreadLocal.withInitial(() -> new float[4 * LANES]);

    @Override
    public double sum(MemorySegment from, long at, long count) {
        float[] block = BLOCKS.get();
        double sum = 0;
        long most = (long) BLOCK * LANES;
        for (long done = 0; done < count; done += most) {
            int turn = (int) Math.min(most, count - done);
            lanes(from, (at + done) * Float.BYTES, turn / (4 * LANES), block);
            for (int lane = 0; lane < 4 * LANES; lane++) {
                sum += block[lane];
            }
            for (int k = turn - turn % (4 * LANES); k < turn; k++) {
                sum += Runs.get(from, at + done + k);
            }
        }
        return sum;
    }

    /** block[lane] = Σ of every 4·LANES-th float. */
    private static void lanes(MemorySegment from, long at, int turns, float[] block) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = FloatVector.zero(S);
        FloatVector s2 = FloatVector.zero(S);
        FloatVector s3 = FloatVector.zero(S);
        for (int k = 0; k < turns; k++) {
            long here = at + k * (4 * VECTOR);
            s0 = s0.add(FloatVector.fromMemorySegment(S, from, here, ORDER));
            s1 = s1.add(FloatVector.fromMemorySegment(S, from, here + VECTOR, ORDER));
            s2 = s2.add(FloatVector.fromMemorySegment(S, from, here + 2 * VECTOR, ORDER));
            s3 = s3.add(FloatVector.fromMemorySegment(S, from, here + 3 * VECTOR, ORDER));
        }
        s0.intoArray(block, 0);
        s1.intoArray(block, LANES);
        s2.intoArray(block, 2 * LANES);
        s3.intoArray(block, 3 * LANES);
    }

    @Override
    public void addPixels(
            MemorySegment from, long at, long step, long pixels, int channels, double[] sums) {
        float[] block = BLOCKS.get();
        for (long done = 0; done < pixels; done += BLOCK) {
            int turn = (int) Math.min(BLOCK, pixels - done);
            long first = (at + done * step) * Float.BYTES;
            int c = 0;
            for (; c + 4 * LANES <= channels; c += 4 * LANES) {
                four(from, first + c * 4L, step * Float.BYTES, turn, block);
                add(block, 4 * LANES, sums, c);
            }
            for (; c < channels; c += LANES) {
                int width = Math.min(LANES, channels - c);
                one(from, first + c * 4L, step * Float.BYTES, turn, width, block);
                add(block, width, sums, c);
            }
        }
    }

    private static void add(float[] block, int count, double[] sums, int at) {
        for (int k = 0; k < count; k++) {
            sums[at + k] += block[k];
        }
    }

    private static void four(MemorySegment from, long at, long step, int pixels, float[] block) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = FloatVector.zero(S);
        FloatVector s2 = FloatVector.zero(S);
        FloatVector s3 = FloatVector.zero(S);
        for (int pixel = 0; pixel < pixels; pixel++) {
            long here = at + pixel * step;
            s0 = s0.add(FloatVector.fromMemorySegment(S, from, here, ORDER));
            s1 = s1.add(FloatVector.fromMemorySegment(S, from, here + VECTOR, ORDER));
            s2 = s2.add(FloatVector.fromMemorySegment(S, from, here + 2 * VECTOR, ORDER));
            s3 = s3.add(FloatVector.fromMemorySegment(S, from, here + 3 * VECTOR, ORDER));
        }
        s0.intoArray(block, 0);
        s1.intoArray(block, LANES);
        s2.intoArray(block, 2 * LANES);
        s3.intoArray(block, 3 * LANES);
    }

    private static void one(
            MemorySegment from, long at, long step, int pixels, int width, float[] block) {
        VectorMask<Float> mask = S.indexInRange(0, width);
        FloatVector sum = FloatVector.zero(S);
        for (int pixel = 0; pixel < pixels; pixel++) {
            long here = at + pixel * step;
            sum = sum.add(FloatVector.fromMemorySegment(S, from, here, ORDER, mask));
        }
        sum.intoArray(block, 0);
    }
}
