package io.strider.conv;

import io.strider.blas.VectorSupport;
import io.strider.blas.WarmUp;
import java.lang.foreign.MemorySegment;

/**
 * Copies runs of channels into a tile of patches: the inner loop of im2col on channels-last
 * pictures. Offsets and steps count floats.
 */
interface PatchRuns {

    /**
     * Copies {@code runs} runs of {@code length} floats, the first from index {@code from} to index
     * {@code to}, each further one {@code fromStep} and {@code toStep} behind.
     */
    void copy(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long runs,
            long length);

    /** The quicker of the two, with a look at whether vectors are compiled yet. */
    static PatchRuns best() {
        if (!VectorSupport.isEnabled()) {
            return new ScalarPatchRuns();
        }
        return WarmUp.isAsked() ? new ColdPatchRuns() : new VectorPatchRuns();
    }
}
