package io.strider.conv;

/**
 * One axis of the gradient by the input, for the elements phase, phase + stride, … of the input:
 * the same taps reach all of them, and their gradient is a convolution of gy by these taps in
 * reverse, with stride 1.
 *
 * <p>Tap i reaches element e = stride·k + phase from window (e + before − i·dilation) / stride if
 * that is whole. The taps for which it is are {@code firstTap}, firstTap + tapStep, …; from one to
 * the next the window moves back by dilation / gcd(stride, dilation).
 *
 * <p>Where the first or last windows reach none of these elements, the convolution would have
 * negative padding: gy is then cropped to {@code from} … {@code to}.
 *
 * @param elements elements of the input in this phase
 * @param firstTap smallest tap that reaches them
 * @param tapStep distance of such taps
 * @param taps how many there are
 * @param dilation of the convolution over gy
 * @param from first window it reads
 * @param to one behind the last
 * @param before its padding in front
 * @param after its padding behind
 */
record GradientPhase(
        long elements,
        long firstTap,
        long tapStep,
        long taps,
        long dilation,
        long from,
        long to,
        long before,
        long after) {

    static GradientPhase of(Axis axis, long phase) {
        long elements = Math.ceilDiv(axis.input() - phase, axis.stride());
        long divisor = gcd(axis.stride(), axis.dilation());
        long tapStep = axis.stride() / divisor;
        long dilation = axis.dilation() / divisor;
        long first = 0;
        while (first < Math.min(tapStep, axis.kernel())
                && Math.floorMod(phase + axis.before() - first * axis.dilation(), axis.stride())
                        != 0) {
            first++;
        }
        if (first == Math.min(tapStep, axis.kernel())) {
            return new GradientPhase(elements, 0, tapStep, 0, dilation, 0, 0, 0, 0);
        }
        long taps = Math.ceilDiv(axis.kernel() - first, tapStep);
        // the window in which the first tap reaches the first element
        long window = (phase + axis.before() - first * axis.dilation()) / axis.stride();
        long before = (taps - 1) * dilation - window;
        long after = elements + window - axis.output();
        long from = Math.max(0, -before);
        long to = axis.output() - Math.max(0, -after);
        return new GradientPhase(
                elements,
                first,
                tapStep,
                taps,
                dilation,
                from,
                to,
                Math.max(0, before),
                Math.max(0, after));
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** Whether nothing reaches these elements: their gradient is zero. */
    boolean isEmpty() {
        return taps == 0 || from >= to;
    }

    /** The tap of the weights that is tap {@code tap} of the convolution over gy. */
    long tap(long tap) {
        return firstTap + (taps - 1 - tap) * tapStep;
    }
}
