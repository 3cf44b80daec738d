package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** In plain loops. */
final class ScalarWeightedRuns implements WeightedRuns {
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
        for (long k = 0; k < length; k++) {
            float sum =
                    weights[first]
                            * source.getAtIndex(JAVA_FLOAT, from + offsets[first] * step + k);
            for (int t = first + 1; t < end; t++) {
                float value = source.getAtIndex(JAVA_FLOAT, from + offsets[t] * step + k);
                sum += weights[t] * value;
            }
            target.setAtIndex(JAVA_FLOAT, to + k, sum);
        }
    }
}
