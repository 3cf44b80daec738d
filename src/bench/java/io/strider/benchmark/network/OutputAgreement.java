package io.strider.benchmark.network;

import java.util.List;
import java.util.Optional;

/**
 * Compares two engines' outputs: every element may differ by at most {@value #TOLERANCE} of the
 * largest magnitude.
 */
final class OutputAgreement {
    static final double TOLERANCE = 1e-3;

    private OutputAgreement() {}

    /**
     * What is wrong with {@code actual}, if anything.
     *
     * @param expected what the other engine gave
     */
    static Optional<String> difference(float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return Optional.of(
                    "%d elements (expected: %d)".formatted(actual.length, expected.length));
        }
        double largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        if (!Double.isFinite(largest)) {
            return Optional.of("the largest magnitude is %s (expected: finite)".formatted(largest));
        }
        double worst = 0;
        int at = -1;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) actual[i] - expected[i]);
            if (!(difference <= worst)) { // NaN is the worst
                worst = difference;
                at = i;
                if (Double.isNaN(difference)) {
                    break;
                }
            }
        }
        if (worst <= TOLERANCE * largest) {
            return Optional.empty();
        }
        return Optional.of(
                "%s instead of %s at element %d of %d: differs by %.2g of the largest magnitude (expected: at most %s)"
                        .formatted(
                                actual[at],
                                expected[at],
                                at,
                                expected.length,
                                worst / largest,
                                TOLERANCE));
    }

    static float[] joined(List<float[]> parts) {
        float[] whole = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, whole, at, part.length);
            at += part.length;
        }
        return whole;
    }
}
