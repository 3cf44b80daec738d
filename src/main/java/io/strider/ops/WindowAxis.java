package io.strider.ops;

/**
 * One axis of a window that slides over an input: element {@code window · stride + tap · dilation −
 * before} of the input lies under tap {@code tap} of window {@code window}; what falls outside is
 * padding. Immutable and thread-safe.
 *
 * @param input elements of the input, at least 0
 * @param kernel taps of the window, at least 1
 * @param stride distance of two windows, at least 1
 * @param dilation distance of two taps, at least 1
 * @param before padding in front of the input, at least 0
 * @param after padding behind the input, at least 0
 * @param output windows, at least 0
 */
public record WindowAxis(
        long input, long kernel, long stride, long dilation, long before, long after, long output) {

    /** Where an odd amount of padding that follows from the sizes has its extra element. */
    public enum Extra {
        /** In front of the input. */
        BEFORE,
        /** Behind the input. */
        AFTER
    }

    /**
     * Checks the numbers, and that every position from the first window's first tap to the last
     * window's last fits a long.
     *
     * @throws IllegalArgumentException naming the number that is out of its range
     */
    public WindowAxis {
        require("input", input, 0);
        require("kernel", kernel, 1);
        require("stride", stride, 1);
        require("dilation", dilation, 1);
        require("pads", before, 0);
        require("pads", after, 0);
        require("output", output, 0);
        try {
            long padded = Math.addExact(Math.addExact(input, before), after);
            long extent = extent(kernel, dilation);
            long last = Math.addExact(Math.multiplyExact(output, stride), extent);
            Math.addExact(Math.addExact(last, padded), Math.max(stride, dilation));
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    ("input, kernel, stride, dilation, pads: %d, %d, %d, %d, %d and %d (expected:"
                                    + " sizes that fit a long)")
                            .formatted(input, kernel, stride, dilation, before, after),
                    overflow);
        }
    }

    private static void require(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s: %d (expected: >= %d)".formatted(name, value, least));
        }
    }

    /** Elements from a window's first tap to its last: dilation · (kernel − 1) + 1. */
    private static long extent(long kernel, long dilation) {
        return Math.addExact(Math.multiplyExact(dilation, kernel - 1), 1);
    }

    /**
     * All windows that fit the padded input, ⌊(before + input + after − extent) / stride⌋ + 1.
     *
     * @param ceiling whether one more window is taken where the rest of the input would be left
     *     out; only if it starts inside the input or the padding in front of it
     * @throws IllegalArgumentException if a number is out of its range, or no window fits
     */
    public static WindowAxis padded(
            long input,
            long kernel,
            long stride,
            long dilation,
            long before,
            long after,
            boolean ceiling) {
        WindowAxis none = new WindowAxis(input, kernel, stride, dilation, before, after, 0);
        long room = before + input + after - none.extent();
        if (room < 0) {
            throw new IllegalArgumentException(
                    "kernel: %d taps %d apart cover %d (expected: at most the padded input's %d)"
                            .formatted(kernel, dilation, none.extent(), before + input + after));
        }
        long output = room / stride + 1;
        if (ceiling && room % stride != 0 && output * stride < input + before) {
            output++;
        }
        return none.withOutput(output);
    }

    /**
     * ⌈input / stride⌉ windows, and as much padding as that takes.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public static WindowAxis same(
            long input, long kernel, long stride, long dilation, Extra extra) {
        require("input", input, 1);
        WindowAxis none = new WindowAxis(input, kernel, stride, dilation, 0, 0, 0);
        long output = Math.ceilDiv(input, stride);
        long total = Math.max(0, (output - 1) * stride + none.extent() - input);
        long less = total / 2;
        return extra == Extra.AFTER
                ? new WindowAxis(input, kernel, stride, dilation, less, total - less, output)
                : new WindowAxis(input, kernel, stride, dilation, total - less, less, output);
    }

    /**
     * One window over the whole input.
     *
     * @throws IllegalArgumentException if the input is empty
     */
    public static WindowAxis whole(long input) {
        require("input", input, 1);
        return new WindowAxis(input, input, 1, 1, 0, 0, 1);
    }

    private WindowAxis withOutput(long windows) {
        return new WindowAxis(input, kernel, stride, dilation, before, after, windows);
    }

    /** Elements from a window's first tap to its last: dilation · (kernel − 1) + 1. */
    public long extent() {
        return dilation * (kernel - 1) + 1;
    }

    /** The input element under a window's tap; may lie in the padding. */
    public long at(long window, long tap) {
        return window * stride + tap * dilation - before;
    }

    /** The first tap of a window that lies on or behind the input's first element. */
    public long firstTap(long window) {
        return Math.clamp(Math.ceilDiv(-at(window, 0), dilation), 0L, kernel);
    }

    /** One behind the last tap of a window that lies in front of the input's end. */
    public long endTap(long window) {
        return Math.clamp(Math.ceilDiv(input - at(window, 0), dilation), firstTap(window), kernel);
    }

    /** Taps of a window that lie on the input or its padding, not beyond. */
    public long paddedTaps(long window) {
        return Math.clamp(Math.ceilDiv(input + after - at(window, 0), dilation), 0L, kernel);
    }
}
