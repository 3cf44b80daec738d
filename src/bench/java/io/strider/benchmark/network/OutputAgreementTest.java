package io.strider.benchmark.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutputAgreementTest {
    private static final float[] EXPECTED = {1, -10, 0.5f};

    @Test
    void aThousandthOfTheLargestMagnitudeIsAllowed() {
        assertThat(OutputAgreement.difference(EXPECTED, new float[] {1.009f, -10, 0.5f})).isEmpty();
        assertThat(OutputAgreement.difference(EXPECTED, new float[] {1, -10, 0.511f}))
                .hasValueSatisfying(wrong ->
                        assertThat(wrong).contains("0.511 instead of 0.5", "element 2 of 3"));
    }

    @Test
    void whatIsNoNumberDiffers() {
        assertThat(OutputAgreement.difference(EXPECTED, new float[] {1, Float.NaN, 0.5f}))
                .hasValueSatisfying(wrong -> assertThat(wrong).contains("NaN instead of -10.0"));
        float[] infinite = {1, Float.POSITIVE_INFINITY};
        assertThat(OutputAgreement.difference(infinite, infinite)).isPresent();
        float[] none = {1, Float.NaN};
        assertThat(OutputAgreement.difference(none, new float[] {1, 1})).isPresent();
    }

    @Test
    void anotherCountDiffers() {
        assertThat(OutputAgreement.difference(EXPECTED, new float[] {1, -10})).isPresent();
    }

    @Test
    void nothingAgreesWithNothing() {
        assertThat(OutputAgreement.difference(new float[2], new float[2])).isEmpty();
    }
}
