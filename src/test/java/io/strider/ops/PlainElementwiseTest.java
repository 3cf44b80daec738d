package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link PlainElementwise} and the functions it applies, against values worked out by hand. */
class PlainElementwiseTest {

    private static NdArray doubles(double... values) {
        return NdArray.ofDoubles(ElementType.FLOAT64, values, values.length);
    }

    private static NdArray whole(ElementType type, long... values) {
        return NdArray.ofLongs(type, values, values.length);
    }

    /** Six decimals of each, from tables. */
    @ParameterizedTest
    @CsvSource({
        "ABS, -1.5, 1.5",
        "NEG, -1.5, 1.5",
        "SIGN, -0.3, -1",
        "FLOOR, -1.5, -2",
        "CEIL, -1.5, -1",
        "ROUND, 2.5, 2",
        "ROUND, -1.5, -2",
        "RECIPROCAL, 4, 0.25",
        "SQRT, 2, 1.4142136",
        "EXP, 1, 2.7182818",
        "LOG, 10, 2.3025851",
        "ERF, 1, 0.8427008",
        "SIN, 1, 0.8414710",
        "COS, 1, 0.5403023",
        "TAN, 1, 1.5574077",
        "ASIN, 0.5, 0.5235988",
        "ACOS, 0.5, 1.0471976",
        "ATAN, 1, 0.7853982",
        "SINH, 1, 1.1752012",
        "COSH, 1, 1.5430806",
        "ASINH, 1, 0.8813736",
        "ASINH, -1e10, -23.7189981",
        "ACOSH, 2, 1.3169579",
        "ACOSH, 1e10, 23.7189981",
        "ATANH, 0.5, 0.5493061"
    })
    void elementaryFunctions(ElementaryFunction function, double x, double expected) {
        assertThat(function.apply(x)).isCloseTo(expected, within(5e-8));
        assertThat(function.apply(Double.NaN)).isNaN();
    }

    @ParameterizedTest
    @CsvSource({
        "RELU, -2, 0",
        "RELU, 2, 2",
        "SIGMOID, 1, 0.7310586",
        "TANH, 1, 0.7615942",
        "SOFTPLUS, 0, 0.6931472",
        "SOFTPLUS, 1000, 1000",
        "SOFTSIGN, -3, -0.75",
        "HARD_SWISH, 1, 0.6666667",
        "HARD_SWISH, -4, 0",
        "HARD_SWISH, 4, 4",
        "MISH, 1, 0.8650984",
        "GELU, 1, 0.8413447",
        "GELU_BY_TANH, 1, 0.8411920"
    })
    void activations(ActivationFunction.Plain function, double x, double expected) {
        assertThat(function.apply(x)).isCloseTo(expected, within(5e-8));
        assertThat(function.apply(Double.NaN)).isNaN();
    }

    @Test
    void activationsWithParameters() {
        assertThat(new ActivationFunction.LeakyRelu(0.5f).apply(-3)).isEqualTo(-1.5);
        assertThat(new ActivationFunction.LeakyRelu(0.5f).apply(3)).isEqualTo(3);
        ActivationFunction elu = new ActivationFunction.ExponentialLinear("Elu", 2, 3, 4);
        assertThat(elu.apply(2)).isEqualTo(6);
        assertThat(elu.apply(-4)).isCloseTo(6 * (Math.exp(-1) - 1), within(1e-12));
        ActivationFunction hard = new ActivationFunction.HardSigmoid(0.25f, 0.5f);
        assertThat(hard.apply(1)).isEqualTo(0.75);
        assertThat(hard.apply(9)).isEqualTo(1);
        assertThat(hard.apply(-9)).isZero();
        ActivationFunction swish = new ActivationFunction.Swish(2);
        assertThat(swish.apply(1)).isCloseTo(0.8807971, within(5e-8));
        ActivationFunction thresholded = new ActivationFunction.ThresholdedRelu(2);
        assertThat(thresholded.apply(2)).isZero();
        assertThat(thresholded.apply(2.5)).isEqualTo(2.5);
        ActivationFunction shrink = new ActivationFunction.Shrink(1, 0.5f);
        assertThat(shrink.apply(3)).isEqualTo(2.5);
        assertThat(shrink.apply(-3)).isEqualTo(-2.5);
        assertThat(shrink.apply(0.5)).isZero();
        ActivationFunction clamp = new ActivationFunction.Clamp(-1, 2);
        assertThat(clamp.apply(-5)).isEqualTo(-1);
        assertThat(clamp.apply(5)).isEqualTo(2);
    }

    @Test
    void wholeNumbersWrapAndKeepTheirSign() {
        NdArray least = whole(ElementType.INT8, -128, -3, 5);
        assertThat(PlainElementwise.map(ElementaryFunction.ABS, least))
                .isEqualTo(whole(ElementType.INT8, -128, 3, 5));
        assertThat(PlainElementwise.map(ElementaryFunction.NEG, least))
                .isEqualTo(whole(ElementType.INT8, -128, 3, -5));
        assertThat(PlainElementwise.map(ElementaryFunction.SIGN, whole(ElementType.UINT64, -1, 0)))
                .isEqualTo(whole(ElementType.UINT64, 1, 0));
        assertThat(PlainElementwise.map(ActivationFunction.Plain.RELU, least))
                .isEqualTo(whole(ElementType.INT8, 0, 0, 5));
        assertThat(ElementaryFunction.SQRT.accepts(ElementType.INT32)).isFalse();
        assertThat(ElementaryFunction.NEG.accepts(ElementType.UINT8)).isFalse();
        assertThat(ActivationFunction.Plain.RELU.accepts(ElementType.UINT8)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "ADD, UINT8, 250, 10, 4",
        "SUBTRACT, UINT8, 3, 5, 254",
        "MULTIPLY, INT16, 300, 300, 24464",
        "DIVIDE, INT32, -7, 2, -3",
        "DIVIDE, UINT64, -1, 2, 9223372036854775807",
        "MINIMUM, UINT64, -1, 3, 3",
        "MAXIMUM, UINT64, -1, 3, -1",
        "MINIMUM, INT64, -1, 3, -1",
        "POWER, INT32, -3, 3, -27",
        "POWER, INT32, -1, -3, -1",
        "POWER, INT32, 5, -1, 0",
        "POWER, INT32, 5, 0, 1",
        "FLOOR_REMAINDER, INT32, -7, 3, 2",
        "FLOOR_REMAINDER, INT32, 7, -3, -2",
        "FLOOR_REMAINDER, UINT64, -1, 10, 5",
        "REMAINDER, INT32, -7, 3, -1",
        "REMAINDER, UINT64, -1, 10, 5",
        "PARAMETRIC_RELU, INT32, -7, 3, -21",
        "PARAMETRIC_RELU, UINT64, -7, 3, -7",
        "AND, BOOL, 1, 0, 0",
        "OR, BOOL, 1, 0, 1",
        "XOR, BOOL, 1, 1, 0"
    })
    void pairsOfWholeNumbers(
            BinaryFunction function, ElementType type, long a, long b, long expected) {
        assertThat(function.accepts(type)).isTrue();
        assertThat(PlainElementwise.combine(function, whole(type, a), whole(type, b)))
                .isEqualTo(whole(type, expected));
    }

    @ParameterizedTest
    @CsvSource({
        "ADD, 1, 0.5, 1.5",
        "SUBTRACT, 1, 0.5, 0.5",
        "MULTIPLY, 3, 0.5, 1.5",
        "DIVIDE, 1, 0, Infinity",
        "MINIMUM, NaN, 0, NaN",
        "MAXIMUM, 1, NaN, NaN",
        "POWER, 2, 0.5, 1.4142135623730951",
        "REMAINDER, -7, 3, -1",
        "PARAMETRIC_RELU, -2, 0.25, -0.5",
        "PARAMETRIC_RELU, 2, 0.25, 2"
    })
    void pairsOfFloatingPointNumbers(BinaryFunction function, double a, double b, double expected) {
        assertThat(PlainElementwise.combine(function, doubles(a), doubles(b)))
                .isEqualTo(doubles(expected));
    }

    @Test
    void powersKeepTheTypeOfTheirBase() {
        NdArray base = whole(ElementType.INT32, 2, 3);
        NdArray exponent = doubles(0.5, 2);
        assertThat(PlainElementwise.combine(BinaryFunction.POWER, base, exponent))
                .isEqualTo(whole(ElementType.INT32, 1, 9));
    }

    @Test
    void aDivisorOfZeroIsRefused() {
        NdArray one = whole(ElementType.INT32, 1);
        NdArray zero = whole(ElementType.INT32, 0);
        for (BinaryFunction function :
                List.of(
                        BinaryFunction.DIVIDE,
                        BinaryFunction.REMAINDER,
                        BinaryFunction.FLOOR_REMAINDER)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PlainElementwise.combine(function, one, zero))
                    .withMessageStartingWith("divisor: 0");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        PlainElementwise.combine(
                                BinaryFunction.POWER, zero, whole(ElementType.INT32, -1)))
                .withMessageStartingWith("exponent: -1");
    }

    @Test
    void shapesBroadcastFromTheLastDimensionOn() {
        NdArray a = doubles(1, 2, 3, 4, 5, 6).reshape(2, 1, 3);
        NdArray b = doubles(10, 20).reshape(2, 1);
        assertThat(PlainElementwise.combine(BinaryFunction.ADD, a, b))
                .isEqualTo(
                        doubles(11, 12, 13, 21, 22, 23, 14, 15, 16, 24, 25, 26).reshape(2, 2, 3));
        assertThat(Broadcasting.shape(List.of(new long[] {0, 3}, new long[] {1, 1})))
                .containsExactly(0, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Broadcasting.shape(List.of(new long[] {2, 3}, new long[] {2})))
                .withMessage(
                        "shapes: [[2, 3], [2]] (expected: sizes alike or 1, from the last on)");
        assertThat(Broadcasting.fits(new long[] {3}, new long[] {2, 3})).isTrue();
        assertThat(Broadcasting.fits(new long[] {2, 3}, new long[] {3})).isFalse();
        assertThat(Broadcasting.fits(new long[] {2}, new long[] {1})).isFalse();
    }

    @Test
    void comparisons() {
        NdArray a = doubles(1, 2, Double.NaN);
        NdArray b = doubles(2, 2, Double.NaN);
        assertThat(truths(Comparison.EQUAL, a, b)).containsExactly(0, 1, 0);
        assertThat(truths(Comparison.LESS, a, b)).containsExactly(1, 0, 0);
        assertThat(truths(Comparison.LESS_OR_EQUAL, a, b)).containsExactly(1, 1, 0);
        assertThat(truths(Comparison.GREATER, a, b)).containsExactly(0, 0, 0);
        assertThat(truths(Comparison.GREATER_OR_EQUAL, a, b)).containsExactly(0, 1, 0);
        NdArray large = whole(ElementType.UINT64, -1);
        NdArray small = whole(ElementType.UINT64, 1);
        assertThat(truths(Comparison.GREATER, large, small)).containsExactly(1);
        assertThat(truths(Comparison.GREATER_OR_EQUAL, small, large)).containsExactly(0);
        assertThat(truths(Comparison.LESS, small, large)).containsExactly(1);
        assertThat(truths(Comparison.LESS_OR_EQUAL, large, small)).containsExactly(0);
        assertThat(truths(Comparison.EQUAL, large, small)).containsExactly(0);
        assertThat(Comparison.LESS.accepts(ElementType.BOOL)).isFalse();
    }

    private static long[] truths(Comparison comparison, NdArray a, NdArray b) {
        return PlainElementwise.compare(comparison, a, b).toLongs();
    }

    @Test
    void selectionBroadcastsAllThree() {
        NdArray condition = whole(ElementType.BOOL, 1, 0);
        NdArray x = doubles(1, 2).reshape(2, 1);
        assertThat(PlainElementwise.select(condition, x, doubles(9)))
                .isEqualTo(doubles(1, 9, 2, 9).reshape(2, 2));
        assertThat(
                        PlainElementwise.select(
                                condition,
                                whole(ElementType.UINT8, 7),
                                whole(ElementType.UINT8, 8)))
                .isEqualTo(whole(ElementType.UINT8, 7, 8));
    }

    @Test
    void foldsRoundOnlyAtTheEnd() {
        NdArray tiny = NdArray.ofDoubles(ElementType.FLOAT32, new double[] {0x1p-24}, 1);
        NdArray one = NdArray.ofDoubles(ElementType.FLOAT32, new double[] {1}, 1);
        NdArray sum = PlainElementwise.fold(BinaryFunction.ADD, List.of(one, tiny, tiny), false);
        assertThat(sum.getDouble(0)).isEqualTo(1 + 0x1p-23);
        assertThat(
                        PlainElementwise.fold(
                                BinaryFunction.ADD, List.of(doubles(1, 2), doubles(4)), true))
                .isEqualTo(doubles(2.5, 3));
        assertThat(
                        PlainElementwise.fold(
                                BinaryFunction.MAXIMUM,
                                List.of(
                                        whole(ElementType.UINT64, 1),
                                        whole(ElementType.UINT64, -1, 0)),
                                false))
                .isEqualTo(whole(ElementType.UINT64, -1, 1));
    }

    @Test
    void boundsMayBeAbsentAndTheUpperOneWins() {
        NdArray x = doubles(-2, 0, 2);
        NdArray low = doubles(-1);
        NdArray high = doubles(1);
        assertThat(PlainElementwise.clamp(x, null, null)).isEqualTo(x);
        assertThat(PlainElementwise.clamp(x, low, high)).isEqualTo(doubles(-1, 0, 1));
        assertThat(PlainElementwise.clamp(x, high, low)).isEqualTo(doubles(-1, -1, -1));
    }

    @Test
    void questionsAboutFloatingPointNumbers() {
        NdArray x = doubles(0, Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
        assertThat(PlainElementwise.isNaN(x).toLongs()).containsExactly(0, 1, 0, 0);
        assertThat(PlainElementwise.isInfinite(x, true, true).toLongs())
                .containsExactly(0, 0, 1, 1);
        assertThat(PlainElementwise.isInfinite(x, true, false).toLongs())
                .containsExactly(0, 0, 1, 0);
        assertThat(PlainElementwise.isInfinite(x, false, true).toLongs())
                .containsExactly(0, 0, 0, 1);
        assertThat(PlainElementwise.not(whole(ElementType.BOOL, 0, 1)))
                .isEqualTo(whole(ElementType.BOOL, 1, 0));
    }

    @Test
    void whatHasNoSuchFormSaysSo() {
        assertThat(BinaryFunction.AND.accepts(ElementType.FLOAT32)).isFalse();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> BinaryFunction.AND.apply(1.0, 1.0))
                .isInstanceOf(UnsupportedOperationException.class);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> ElementaryFunction.EXP.apply(1L, ElementType.INT32))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("Exp of int32");
    }
}
