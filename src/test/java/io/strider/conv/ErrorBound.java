package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.strider.tensor.Tensor;

/**
 * How far a float32 result may be from the true sum: |diff| ≤ γ_K·Σ|a||b| with γ_K = K·u / (1 −
 * K·u), u = 2⁻²⁴ and K the terms of a sum (Higham, <i>Accuracy and Stability of Numerical
 * Algorithms</i>, 3.1), whatever the order of summation.
 */
final class ErrorBound {
    static final double UNIT = 0x1p-24;

    private ErrorBound() {}

    static double gamma(long terms) {
        return terms * UNIT / (1 - terms * UNIT);
    }

    /** Terms of one sum of the output. */
    static long outputTerms(Conv2dGeometry geometry, boolean bias) {
        return geometry.productsPerOutput() + (bias ? 1 : 0);
    }

    /** What the bound of an algorithm's outputs is made of: γ of so many terms, of these sizes. */
    record Output(@SuppressWarnings("ArrayRecordComponent") double[] magnitudes, long terms) {}

    /**
     * The bound of an algorithm's outputs.
     *
     * @param b empty for no bias
     * @param magnitudes Σ|a||b| with the bias, which is right for all but WINOGRAD
     */
    static Output output(
            Algorithm algorithm,
            Conv2dGeometry geometry,
            double[] x,
            double[] w,
            double[] b,
            double[] magnitudes) {
        if (algorithm != Algorithm.WINOGRAD) {
            return new Output(magnitudes, outputTerms(geometry, b.length > 0));
        }
        double[] sizes = WinogradBound.magnitudes(Preparation.tile(geometry), geometry, x, w);
        int positions = Math.toIntExact(geometry.positions());
        for (int at = 0; at < sizes.length && b.length > 0; at++) {
            sizes[at] += Math.abs(b[at / positions % b.length]);
        }
        return new Output(sizes, geometry.inChannels() + WinogradBound.ROUNDINGS);
    }

    /** Terms of one sum of the input's gradient. */
    static long inputGradientTerms(Conv2dGeometry geometry) {
        return geometry.outChannelsPerGroup() * geometry.kernelHeight() * geometry.kernelWidth();
    }

    /** Terms of one sum of the weights' and of the bias's gradient. */
    static long weightGradientTerms(Conv2dGeometry geometry) {
        return geometry.batch() * geometry.positions();
    }

    /** Every element within γ of {@code terms} times its magnitude Σ|a||b|. */
    static void assertWithin(
            String what, Tensor actual, double[] expected, double[] magnitudes, long terms) {
        float[] values = actual.toArray();
        assertThat(values).as(what).hasSameSizeAs(expected).hasSameSizeAs(magnitudes);
        double gamma = gamma(terms);
        for (int at = 0; at < values.length; at++) {
            double bound = gamma * magnitudes[at];
            if (!(Math.abs(values[at] - expected[at]) <= bound)) { // negated, so that NaN fails
                fail(
                        "%s: element %d is %s (expected: %s ± %s)",
                        what, at, values[at], expected[at], bound);
            }
        }
    }

    /** Every element equal; zeros of both signs are. */
    static void assertExact(String what, Tensor actual, double[] expected) {
        assertWithin(what, actual, expected, new double[expected.length], 0);
    }

    static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int at = 0; at < values.length; at++) {
            result[at] = values[at];
        }
        return result;
    }

    static double[] doubles(Tensor tensor) {
        return doubles(tensor.toArray());
    }

    static double[] magnitudes(double[] values) {
        double[] result = new double[values.length];
        for (int at = 0; at < values.length; at++) {
            result[at] = Math.abs(values[at]);
        }
        return result;
    }

    static float[] magnitudes(float[] values) {
        float[] result = new float[values.length];
        for (int at = 0; at < values.length; at++) {
            result[at] = Math.abs(values[at]);
        }
        return result;
    }
}
