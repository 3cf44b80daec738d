package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Exponentials}, both forms, against double over the whole range of floats. */
class ExponentialsTest {

    static Stream<Exponentials> forms() {
        return Stream.of(new ScalarExponentials(), new VectorExponentials());
    }

    /** A function of arrays. */
    private interface Arrays {
        void apply(float[] x, int count);
    }

    /** Floats of all magnitudes and both signs whose bits are a prime apart. */
    private static double greatestError(
            Arrays function, DoubleUnaryOperator exact, float most, float least) {
        float[] x = new float[1024];
        float[] given = new float[1024];
        double greatest = 0;
        int filled = 0;
        for (long bits = 0; bits < 1L << 32; bits += 5003) {
            float value = Float.intBitsToFloat((int) bits);
            if (value <= most) {
                given[filled++] = value;
            }
            if (filled == x.length || bits + 5003 >= 1L << 32) {
                System.arraycopy(given, 0, x, 0, filled);
                function.apply(x, filled);
                for (int k = 0; k < filled; k++) {
                    double expected = exact.applyAsDouble(given[k]);
                    double unit = Math.max(Math.ulp((float) expected), least);
                    double error = (float) expected == x[k] ? 0 : Math.abs(x[k] - expected) / unit;
                    greatest = Math.max(greatest, Double.isNaN(error) ? 1e9 : error);
                }
                filled = 0;
            }
        }
        return greatest;
    }

    @ParameterizedTest
    @MethodSource("forms")
    void exponentialsAreWithinTwoUnits(Exponentials form) {
        assertThat(greatestError(form::exp, Math::exp, Float.POSITIVE_INFINITY, 0))
                .isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void exponentialsLessOneAreWithinThreeUnits(Exponentials form) {
        assertThat(greatestError(form::expm1, Math::expm1, 88, 0)).isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void errorFunctionsAreWithinFourUnits(Exponentials form) {
        float[] scratch = new float[1024];
        assertThat(
                        greatestError(
                                (x, count) -> form.erf(x, scratch, count),
                                ErrorFunction::erf,
                                Float.POSITIVE_INFINITY,
                                0))
                .isLessThanOrEqualTo(4);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void specialValuesComeOutAsTheyShould(Exponentials form) {
        float[] x = new float[32];
        float[] scratch = new float[32];
        float[] special = {
            Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, 0, -0f, 200, -200
        };
        System.arraycopy(special, 0, x, 0, special.length);
        form.exp(x, special.length);
        assertThat(x).startsWith(Float.NaN, 0, Float.POSITIVE_INFINITY, 1, 1);
        assertThat(x[5]).isInfinite();
        assertThat(x[6]).isZero();
        System.arraycopy(special, 0, x, 0, special.length);
        form.erf(x, scratch, special.length);
        assertThat(x).startsWith(Float.NaN, -1, 1, 0, -0f, 1, -1);
        System.arraycopy(special, 0, x, 0, 2);
        x[2] = 0;
        form.expm1(x, 3);
        assertThat(x).startsWith(Float.NaN, -1, 0);
    }
}
