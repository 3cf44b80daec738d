package io.strider.ops;

import io.strider.blas.VectorSupport;
import io.strider.blas.WarmUp;
import java.lang.foreign.MemorySegment;

/**
 * Arithmetic on rows of floats that lie one behind another, each operand's rows some floats apart;
 * 0 apart repeats a row. Positions count floats. Stateless. An output may be an input's memory at
 * the same places.
 */
interface RowLoops {
    /** The quicker ones of those that this JVM can run. */
    static RowLoops best() {
        if (!VectorSupport.isEnabled()) {
            return new ScalarRowLoops();
        }
        return WarmUp.isAsked() ? new ColdRowLoops() : new VectorRowLoops();
    }

    /**
     * y = f(a, b).
     *
     * @param function one that {@link #supports} says yes to
     * @param aAt where the first row starts
     * @param aStep from row to row
     */
    void combine(
            BinaryFunction function,
            MemorySegment a,
            long aAt,
            long aStep,
            MemorySegment b,
            long bAt,
            long bStep,
            MemorySegment y,
            long yAt,
            long yStep,
            long rows,
            int columns);

    /**
     * y = min(max(x · scale + shift, low), high), with one rounding before the bounds. NaN stays
     * NaN.
     *
     * @param scale one row, from {@code scaleAt} on
     * @param shift one row, from {@code shiftAt} on
     */
    void affine(
            MemorySegment x,
            long xAt,
            long xStep,
            MemorySegment scale,
            long scaleAt,
            MemorySegment shift,
            long shiftAt,
            float low,
            float high,
            MemorySegment y,
            long yAt,
            long yStep,
            long rows,
            int columns);

    /** Whether {@link #combine} can do it. */
    static boolean supports(BinaryFunction function) {
        return switch (function) {
            case ADD, SUBTRACT, MULTIPLY, DIVIDE, MINIMUM, MAXIMUM, PARAMETRIC_RELU -> true;
            default -> false;
        };
    }
}
