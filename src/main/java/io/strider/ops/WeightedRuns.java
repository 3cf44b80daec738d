package io.strider.ops;

import io.strider.blas.VectorSupport;
import java.lang.foreign.MemorySegment;

/** The inner loop of resizing: weighted sums of runs of neighbours. Positions count floats. */
interface WeightedRuns {
    /**
     * target[to + k] = Σ weights[t] · source[from + offsets[t]·step + k] for t from {@code first}
     * to {@code end} (exclusive, at least one) and k from 0 to {@code length} (exclusive).
     */
    void sum(
            MemorySegment source,
            long from,
            long step,
            int[] offsets,
            float[] weights,
            int first,
            int end,
            MemorySegment target,
            long to,
            long length);

    /** The quicker of the two. */
    static WeightedRuns best() {
        return VectorSupport.isEnabled() ? new VectorWeightedRuns() : new ScalarWeightedRuns();
    }
}
