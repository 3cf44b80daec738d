package io.strider.ops;

import io.strider.blas.VectorSupport;
import java.lang.foreign.MemorySegment;

/**
 * The inner loops of moving float32 elements. Positions and steps count floats; nothing is checked
 * but that all lies inside the segments, which do not overlap.
 */
interface RunCopies {
    /**
     * Copies {@code runs} runs of {@code length} neighbours, the first from {@code from} to {@code
     * to}, each further one {@code fromStep} and {@code toStep} behind.
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

    /** Writes one value to {@code runs} runs of {@code length} neighbours. */
    void fill(float value, MemorySegment target, long to, long toStep, long runs, long length);

    /**
     * Turns a matrix: element (row, column) of {@code rows} × {@code columns} goes from {@code from
     * + row·fromStep + column} to {@code to + column·toStep + row}.
     */
    void transpose(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long rows,
            long columns);

    /** The quicker of the two. */
    static RunCopies best() {
        return VectorSupport.isEnabled() ? new VectorRunCopies() : new ScalarRunCopies();
    }
}
