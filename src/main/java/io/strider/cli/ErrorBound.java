package io.strider.cli;

import io.strider.conv.Algorithm;
import io.strider.conv.Conv2d;
import io.strider.conv.Conv2dGeometry;
import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * How far float32 results may lie from the exact ones: for a sum of K products a·b, computed in any
 * order, |difference| ≤ γ<sub>K</sub> · Σ|a||b| with γ<sub>K</sub> = K·u / (1 − K·u) and u = 2⁻²⁴
 * (Higham, <i>Accuracy and Stability of Numerical Algorithms</i>, section 3.1).
 *
 * @param products K
 * @param magnitudes Σ|a||b| of each element, row-major
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record ErrorBound(long products, float[] magnitudes) {
    private static final double UNIT_ROUNDOFF = 0x1p-24;

    /** The bounds of all results of a convolution. */
    record OfCase(ErrorBound y, ErrorBound gx, ErrorBound gw, ErrorBound gb) {}

    /**
     * How far results lie from what was expected.
     *
     * @param largest the largest |difference|
     * @param share the largest |difference| / bound; at most 1 if all is well. NaN if a result is
     */
    record Deviation(double largest, double share) {
        /** Whether every element is within its bound. */
        boolean isWithin() {
            return share <= 1; // not so for NaN
        }

        /** Whether every element is equal to what was expected. */
        boolean isExact() {
            return largest == 0;
        }
    }

    /** γ of so many products. */
    static double gamma(long products) {
        return products * UNIT_ROUNDOFF / (1 - products * UNIT_ROUNDOFF);
    }

    /**
     * The bounds for a convolution: its sums over the operands' absolute values, by {@link
     * Algorithm#DIRECT}.
     */
    static OfCase of(GoldenCase golden, GoldenCase.Arrays arrays) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = absolute(arrays.x(), arena);
            Tensor w = absolute(arrays.w(), arena);
            Tensor bias = arrays.b();
            Tensor b = bias == null ? null : absolute(bias, arena);
            Tensor gy = absolute(arrays.gy(), arena);
            Conv2d direct = golden.convolution(Algorithm.DIRECT);
            Conv2dGeometry g = direct.geometry(x.shape(), w.shape());
            long taps = g.kernelHeight() * g.kernelWidth();
            long outputs = g.batch() * g.positions();
            return new OfCase(
                    new ErrorBound(
                            g.productsPerOutput() + (b == null ? 0 : 1),
                            direct.forward(x, w, b, arena).toArray()),
                    new ErrorBound(
                            g.outChannelsPerGroup() * taps,
                            direct.backwardInput(w, gy, x.shape(), arena).toArray()),
                    new ErrorBound(
                            outputs, direct.backwardWeight(x, gy, w.shape(), arena).toArray()),
                    new ErrorBound(outputs, direct.backwardBias(gy, arena).toArray()));
        }
    }

    private static Tensor absolute(Tensor t, Arena arena) {
        float[] values = t.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        return Tensor.of(arena, values, t.shape());
    }

    /**
     * Compares results with what they should be.
     *
     * @throws IllegalStateException if the shapes differ
     */
    Deviation deviation(Tensor actual, Npy.Doubles expected) {
        if (!Arrays.equals(actual.shape(), expected.shape())) {
            throw new IllegalStateException(
                    "result of shape %s (expected: %s)"
                            .formatted(
                                    Arrays.toString(actual.shape()),
                                    Arrays.toString(expected.shape())));
        }
        float[] values = actual.toArray();
        double gamma = gamma(products);
        double largest = 0;
        double share = 0;
        for (int i = 0; i < values.length; i++) {
            double difference = Math.abs(values[i] - expected.values()[i]);
            double bound = gamma * magnitudes[i];
            largest = Math.max(largest, difference); // NaN stays
            share = Math.max(share, difference == 0 ? 0 : difference / bound);
        }
        return new Deviation(largest, share);
    }
}
