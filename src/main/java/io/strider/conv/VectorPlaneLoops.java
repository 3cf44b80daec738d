package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** {@link PlaneLoops} by the Vector API: neighbouring outputs of one channel make a vector. */
final class VectorPlaneLoops implements PlaneLoops {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final long VECTOR = S.vectorByteSize();
    private static final ThreadLocal<float[]> SUMS =
            ThreadLocal.withInitial(() -> new float[LANES]);
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    @Override
    public void sums(
            DepthwisePlane layout,
            MemorySegment weights,
            long weightsAt,
            long weightStep,
            float bias,
            MemorySegment plane,
            long planeAt,
            MemorySegment sums,
            long sumsAt,
            int count) {
        int taps = layout.taps();
        for (int k = 0; k < count; k += 4 * LANES) {
            long at = (planeAt + k) * Float.BYTES;
            FloatVector s0 = FloatVector.broadcast(S, bias);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int tap = 0; tap < taps; tap++) {
                FloatVector w =
                        FloatVector.broadcast(S, Runs.get(weights, weightsAt + tap * weightStep));
                long from = at + layout.tapAt(tap) * Float.BYTES;
                s0 = FloatVector.fromMemorySegment(S, plane, from, ORDER).fma(w, s0);
                s1 = FloatVector.fromMemorySegment(S, plane, from + VECTOR, ORDER).fma(w, s1);
                s2 = FloatVector.fromMemorySegment(S, plane, from + 2 * VECTOR, ORDER).fma(w, s2);
                s3 = FloatVector.fromMemorySegment(S, plane, from + 3 * VECTOR, ORDER).fma(w, s3);
            }
            long to = (sumsAt + k) * Float.BYTES;
            s0.intoMemorySegment(sums, to, ORDER);
            s1.intoMemorySegment(sums, to + VECTOR, ORDER);
            s2.intoMemorySegment(sums, to + 2 * VECTOR, ORDER);
            s3.intoMemorySegment(sums, to + 3 * VECTOR, ORDER);
        }
    }

    @Override
    public void gradients(
            DepthwisePlane layout,
            MemorySegment gy,
            long gyAt,
            int rows,
            MemorySegment plane,
            long planeAt,
            MemorySegment gradients,
            long gradientsAt) {
        int width = layout.window.outWidth;
        int whole = S.loopBound(width);
        long pitch = (long) layout.pitch * Float.BYTES;
        VectorMask<Float> rest = S.indexInRange(whole, width);
        float[] lanes = SUMS.get();
        for (int tap = 0; tap < layout.taps(); tap++) {
            FloatVector even = FloatVector.zero(S);
            FloatVector odd = FloatVector.zero(S);
            FloatVector last = FloatVector.zero(S);
            long g = gyAt * Float.BYTES;
            long x = (planeAt + layout.tapAt(tap)) * Float.BYTES;
            for (int p = 0; p < rows; p++) {
                int q = 0;
                for (; q <= whole - 2 * LANES; q += 2 * LANES) {
                    long at = (long) q * Float.BYTES;
                    even =
                            FloatVector.fromMemorySegment(S, plane, x + at, ORDER)
                                    .fma(FloatVector.fromMemorySegment(S, gy, g + at, ORDER), even);
                    odd =
                            FloatVector.fromMemorySegment(S, plane, x + at + VECTOR, ORDER)
                                    .fma(
                                            FloatVector.fromMemorySegment(
                                                    S, gy, g + at + VECTOR, ORDER),
                                            odd);
                }
                if (q < whole) {
                    long at = (long) q * Float.BYTES;
                    even =
                            FloatVector.fromMemorySegment(S, plane, x + at, ORDER)
                                    .fma(FloatVector.fromMemorySegment(S, gy, g + at, ORDER), even);
                }
                // Both are masked: a NaN behind the row must not meet the zero.
                long at = (long) whole * Float.BYTES;
                last =
                        FloatVector.fromMemorySegment(S, plane, x + at, ORDER, rest)
                                .fma(
                                        FloatVector.fromMemorySegment(S, gy, g + at, ORDER, rest),
                                        last);
                g += pitch;
                x += pitch;
            }
            even.add(odd).add(last).intoArray(lanes, 0);
            long to = gradientsAt + (long) tap * layout.window.pitch;
            Runs.set(gradients, to, Runs.get(gradients, to) + total(lanes));
        }
    }

    /** Not by reduceLanes, whose order of summation differs between interpreter and compiler. */
    private static float total(float[] lanes) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int lane = 0; lane < half; lane++) {
                lanes[lane] += lanes[half + lane];
            }
        }
        return lanes[0];
    }

    @Override
    public void copy(
            MemorySegment from, long fromAt, long step, MemorySegment to, long toAt, int count) {
        if (step != 1 || count > 2 * LANES) { // from there on the JDK's copy is the quicker one
            Runs.copy(from, fromAt, step, to, toAt, count);
            return;
        }
        long read = fromAt * Float.BYTES;
        long write = toAt * Float.BYTES;
        int k = 0;
        for (; k <= count - LANES; k += LANES) {
            long at = (long) k * Float.BYTES;
            FloatVector.fromMemorySegment(S, from, read + at, ORDER)
                    .intoMemorySegment(to, write + at, ORDER);
        }
        if (k < count) {
            VectorMask<Float> rest = S.indexInRange(k, count);
            long at = (long) k * Float.BYTES;
            FloatVector.fromMemorySegment(S, from, read + at, ORDER, rest)
                    .intoMemorySegment(to, write + at, ORDER, rest);
        }
    }
}
