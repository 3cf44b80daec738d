package io.strider.ops;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** With the Vector API; the same results bit by bit as the plain loops. */
final class VectorWeightedRuns implements WeightedRuns {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    @Override
    public void sum(
            MemorySegment source,
            long from,
            long step,
            int[] offsets,
            float[] weights,
            int first,
            int end,
            MemorySegment target,
            long to,
            long length) {
        long whole = length - length % LANES;
        if (end - first == 1 && weights[first] == 1) {
            long at = from + offsets[first] * step;
            one(source, at * Float.BYTES, target, to * Float.BYTES, whole);
        } else if (end - first == 2) {
            two(
                    source,
                    (from + offsets[first] * step) * Float.BYTES,
                    (from + offsets[first + 1] * step) * Float.BYTES,
                    weights[first],
                    weights[first + 1],
                    target,
                    to * Float.BYTES,
                    whole);
        } else {
            for (long k = 0; k < whole; k += LANES) {
                long at = from + offsets[first] * step + k;
                FloatVector sum =
                        FloatVector.fromMemorySegment(S, source, at * Float.BYTES, ORDER)
                                .mul(weights[first]);
                for (int t = first + 1; t < end; t++) {
                    long next = from + offsets[t] * step + k;
                    sum =
                            FloatVector.fromMemorySegment(S, source, next * Float.BYTES, ORDER)
                                    .fma(FloatVector.broadcast(S, weights[t]), sum);
                }
                sum.intoMemorySegment(target, (to + k) * Float.BYTES, ORDER);
            }
        }
        if (whole < length) {
            VectorMask<Float> mask = S.indexInRange(whole, length);
            long at = from + offsets[first] * step + whole;
            FloatVector sum =
                    FloatVector.fromMemorySegment(S, source, at * Float.BYTES, ORDER, mask)
                            .mul(weights[first]);
            for (int t = first + 1; t < end; t++) {
                long next = from + offsets[t] * step + whole;
                sum =
                        FloatVector.fromMemorySegment(S, source, next * Float.BYTES, ORDER, mask)
                                .fma(FloatVector.broadcast(S, weights[t]), sum);
            }
            sum.intoMemorySegment(target, (to + whole) * Float.BYTES, ORDER, mask);
        }
    }

    private static void one(
            MemorySegment source, long read, MemorySegment target, long write, long length) {
        for (long k = 0; k < length; k += LANES) {
            FloatVector.fromMemorySegment(S, source, read + k * 4L, ORDER)
                    .intoMemorySegment(target, write + k * 4L, ORDER);
        }
    }

    private static void two(
            MemorySegment source,
            long read,
            long other,
            float weight,
            float otherWeight,
            MemorySegment target,
            long write,
            long length) {
        FloatVector first = FloatVector.broadcast(S, weight);
        FloatVector second = FloatVector.broadcast(S, otherWeight);
        for (long k = 0; k < length; k += LANES) {
            FloatVector product =
                    FloatVector.fromMemorySegment(S, source, read + k * 4L, ORDER).mul(first);
            FloatVector.fromMemorySegment(S, source, other + k * 4L, ORDER)
                    .fma(second, product)
                    .intoMemorySegment(target, write + k * 4L, ORDER);
        }
    }
}
