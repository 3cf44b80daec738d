package io.strider.conv;

import java.lang.foreign.MemorySegment;

/** One run after the other, plainly. */
final class ScalarPatchRuns implements PatchRuns {
    @Override
    public void copy(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long runs,
            long length) {
        for (long run = 0; run < runs; run++) {
            Runs.copy(source, from + run * fromStep, 1, target, to + run * toStep, length);
        }
    }
}
