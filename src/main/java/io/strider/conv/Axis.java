package io.strider.conv;

/**
 * One axis of a convolution, height or width: what both axes do alike is written here once.
 *
 * @param input elements of the input, without padding
 * @param kernel taps of the window
 * @param stride distance between two windows
 * @param dilation distance between two taps
 * @param before zeros in front of the input
 * @param after zeros behind the input
 * @param output windows that fit
 */
record Axis(
        long input, long kernel, long stride, long dilation, long before, long after, long output) {

    /** Checks every size; {@code name} ("Height" or "Width") stands in the messages. */
    static Axis of(
            String name,
            long input,
            long kernel,
            long stride,
            long dilation,
            long before,
            long after) {
        requirePositive("input" + name, input);
        requirePositive("kernel" + name, kernel);
        requirePositive("stride" + name, stride);
        requirePositive("dilation" + name, dilation);
        requireNotNegative("padding before, " + name.toLowerCase(java.util.Locale.ROOT), before);
        requireNotNegative("padding after, " + name.toLowerCase(java.util.Locale.ROOT), after);
        long padded;
        long extent;
        try {
            padded = Math.addExact(Math.addExact(input, before), after);
            extent = Math.addExact(Math.multiplyExact(dilation, kernel - 1), 1);
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    "input%s, kernel%s: %d with padding %d and %d, %d taps %d apart (expected: sizes that fit a long)"
                            .formatted(name, name, input, before, after, kernel, dilation),
                    overflow);
        }
        if (extent > padded) {
            throw new IllegalArgumentException(
                    "kernel%s: %d taps with dilation %d cover %d (expected: at most the padded input's %d)"
                            .formatted(name, kernel, dilation, extent, padded));
        }
        long output = (padded - extent) / stride + 1;
        return new Axis(input, kernel, stride, dilation, before, after, output);
    }

    /** The input element under tap {@code tap} of window {@code window}; may lie in the padding. */
    long at(long window, long tap) {
        return window * stride + tap * dilation - before;
    }

    /** The first window whose tap {@code tap} lies on or behind the input's first element. */
    long firstInside(long tap) {
        return Math.clamp(Math.ceilDiv(before - tap * dilation, stride), 0, output);
    }

    /** One behind the last window whose tap {@code tap} lies in front of the input's end. */
    long endInside(long tap) {
        return Math.clamp(Math.ceilDiv(input + before - tap * dilation, stride), 0, output);
    }

    /** Whether every window is one element of the input: no taps, strides or padding. */
    boolean isIdentity() {
        return kernel == 1 && stride == 1 && before == 0 && after == 0;
    }

    static long requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
        return value;
    }

    static long requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
        return value;
    }
}
