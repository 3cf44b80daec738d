package io.strider.conv;

/**
 * Zeros around the input: given for each side, or worked out from the sizes.
 *
 * <p>Immutable and thread-safe.
 */
public sealed interface Padding {

    /** No padding: {@code of(0, 0, 0, 0)}. */
    Padding NONE = new Sides(0, 0, 0, 0);

    /**
     * As many zeros as it takes for an output of ⌈input / stride⌉; where the number is odd the
     * extra one stands below and to the right (ONNX {@code SAME_UPPER}, TensorFlow {@code SAME},
     * and PyTorch's {@code 'same'} at stride 1).
     */
    Padding SAME = Automatic.SAME;

    /** Only windows that lie wholly within the input, which is to say none. */
    Padding VALID = Automatic.VALID;

    /**
     * Padding in pixels for each side, all at least 0.
     *
     * @throws IllegalArgumentException if one is negative
     */
    static Padding of(long top, long left, long bottom, long right) {
        return new Sides(top, left, bottom, right);
    }

    /**
     * The same padding above and below, and the same left and right, as PyTorch takes it.
     *
     * @throws IllegalArgumentException if one is negative
     */
    static Padding of(long vertical, long horizontal) {
        return new Sides(vertical, horizontal, vertical, horizontal);
    }

    /**
     * The four sides of an input.
     *
     * @param top rows of zeros above
     * @param left columns of zeros to the left
     * @param bottom rows of zeros below
     * @param right columns of zeros to the right
     */
    record Sides(long top, long left, long bottom, long right) implements Padding {
        public Sides {
            Axis.requireNotNegative("paddingTop", top);
            Axis.requireNotNegative("paddingLeft", left);
            Axis.requireNotNegative("paddingBottom", bottom);
            Axis.requireNotNegative("paddingRight", right);
        }
    }

    /** Padding that follows from the sizes of input and window. */
    enum Automatic implements Padding {
        /** See {@link Padding#SAME}. */
        SAME,
        /** See {@link Padding#VALID}. */
        VALID
    }

    /** The zeros that {@link #SAME} adds to one axis, in front and behind together. */
    static long sameTotal(long input, long kernel, long stride, long dilation) {
        if (input <= 0 || kernel <= 0 || stride <= 0 || dilation <= 0) {
            return 0; // refused with its name when the geometry is built
        }
        try {
            long extent = Math.addExact(Math.multiplyExact(dilation, kernel - 1), 1);
            long lastWindow = (Math.ceilDiv(input, stride) - 1) * stride;
            return Math.max(0, Math.addExact(lastWindow, extent) - input);
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    "padding: same, with %d taps %d apart over %d (expected: sizes that fit a long)"
                            .formatted(kernel, dilation, input),
                    overflow);
        }
    }
}
