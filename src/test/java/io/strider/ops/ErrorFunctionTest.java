package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** {@link ErrorFunction} against figures of Abramowitz and Stegun, table 7.1, and beyond. */
class ErrorFunctionTest {
    @Test
    void tabulatedValuesComeOut() {
        assertThat(ErrorFunction.erf(0.02)).isCloseTo(0.0225645747, within(5e-11));
        assertThat(ErrorFunction.erf(0.5)).isCloseTo(0.5204998778, within(5e-11));
        assertThat(ErrorFunction.erf(1)).isCloseTo(0.8427007929, within(5e-11));
        assertThat(ErrorFunction.erf(-2)).isCloseTo(-0.9953222650, within(5e-11));
        assertThat(ErrorFunction.erf(5.9)).isEqualTo(1, within(1e-15));
        assertThat(ErrorFunction.erf(-1e300)).isEqualTo(-1);
        assertThat(ErrorFunction.erf(0)).isZero();
        assertThat(ErrorFunction.erf(Double.NaN)).isNaN();
    }
}
