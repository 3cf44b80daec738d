package io.strider.graph.operator;

import static io.strider.graph.operator.SmallArrays.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.strider.ops.ReductionFunction;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reductions, the place of extrema and softmax against values worked out by hand. */
class ReductionOperatorsTest {
    private static final NdArray X =
            NdArray.ofDoubles(ElementType.FLOAT64, new double[] {1, -2, 3, 4, 5, -6}, 2, 3);

    private static NdArray doubles(double... values) {
        return NdArray.ofDoubles(ElementType.FLOAT64, values, values.length);
    }

    @ParameterizedTest
    @CsvSource({
        "SUM, 2, 3",
        "MEAN, 0.6666666666666666, 1",
        "MAXIMUM, 3, 5",
        "MINIMUM, -2, -6",
        "L1, 6, 15",
        "L2, 3.7416573867739413, 8.774964387392123",
        "PRODUCT, -6, -120",
        "SUM_OF_SQUARES, 14, 77",
        "LOG_OF_SUM, 0.6931471805599453, 1.0986122886681098",
        "LOG_OF_SUM_OF_EXPONENTIALS, 3.1328452337, 5.3132738974"
    })
    void rows(ReductionFunction function, double first, double second) {
        NdArray y = result(new Reduction(function, false, false), X, NdArray.ofIndices(-1));
        assertThat(y.shape()).containsExactly(2);
        assertThat(y.getDouble(0)).isCloseTo(first, within(1e-9));
        assertThat(y.getDouble(1)).isCloseTo(second, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({
        "SUM, INT8, 100, 100, -56",
        "MEAN, INT32, -3, -4, -3",
        "MAXIMUM, UINT64, -1, 5, -1",
        "MINIMUM, UINT64, -1, 5, 5",
        "MAXIMUM, BOOL, 0, 1, 1",
        "MINIMUM, BOOL, 0, 1, 0",
        "MAXIMUM, INT64, -1, -5, -1",
        "L1, INT32, -3, 4, 7",
        "L1, UINT64, -3, 4, 1",
        "L2, INT32, -3, 4, 5",
        "PRODUCT, INT32, -3, 4, -12",
        "SUM_OF_SQUARES, INT32, -3, 4, 25",
        "LOG_OF_SUM, INT32, 10, 20, 3"
    })
    void wholeNumbers(ReductionFunction function, ElementType type, long a, long b, long expected) {
        NdArray x = NdArray.ofLongs(type, new long[] {a, b}, 2);
        assertThat(result(new Reduction(function, false, false), x))
                .isEqualTo(NdArray.ofLongs(type, new long[] {expected}));
    }

    @Test
    void dimensionsStayOrGoAndNoAxesMeanAllOrNone() {
        NdArray axes = NdArray.ofIndices(0);
        assertThat(result(new Reduction(ReductionFunction.SUM, true, false), X, axes))
                .isEqualTo(doubles(5, 3, -3).reshape(1, 3));
        assertThat(result(new Reduction(ReductionFunction.SUM, true, false), X))
                .isEqualTo(doubles(5).reshape(1, 1));
        NdArray none = NdArray.ofIndices();
        assertThat(result(new Reduction(ReductionFunction.L1, false, true), X, none))
                .isEqualTo(doubles(1, 2, 3, 4, 5, 6).reshape(2, 3));
    }

    @Test
    void nothingHasTheNeutralElement() {
        NdArray empty = NdArray.ofDoubles(ElementType.FLOAT32, new double[0], 2, 0);
        NdArray axes = NdArray.ofIndices(1);
        assertThat(sum(ReductionFunction.SUM, empty, axes)).isZero();
        assertThat(sum(ReductionFunction.PRODUCT, empty, axes)).isEqualTo(1);
        assertThat(sum(ReductionFunction.MEAN, empty, axes)).isNaN();
        assertThat(sum(ReductionFunction.MAXIMUM, empty, axes)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(sum(ReductionFunction.LOG_OF_SUM_OF_EXPONENTIALS, empty, axes))
                .isEqualTo(Double.NEGATIVE_INFINITY);
        NdArray whole = NdArray.ofLongs(ElementType.INT8, new long[0], 2, 0);
        assertThat(sum(ReductionFunction.MINIMUM, whole, axes)).isEqualTo(127);
        assertThat(sum(ReductionFunction.MEAN, whole, axes)).isZero();
    }

    private static double sum(ReductionFunction function, NdArray x, NdArray axes) {
        return result(new Reduction(function, false, false), x, axes).getDouble(1);
    }

    @Test
    void badAxesAreRefused() {
        Reduction sum = new Reduction(ReductionFunction.SUM, true, false);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(sum, X, NdArray.ofIndices(2)))
                .withMessage("axes: 2 (expected: -2 to 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(sum, X, NdArray.ofIndices(1, -1)))
                .withMessage("axes: -1 twice (expected: each once)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(sum, X, NdArray.ofIndices(1, 0).reshape(1, 2)))
                .withMessage("axes: int64[1, 2] (expected: one dimension)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(sum, X, doubles(1)))
                .withMessageStartingWith("axes: float64[1] (expected: int64");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(sum, X.cast(ElementType.BOOL)))
                .withMessage("x: bool[2, 3] (expected: elements that ReduceSum takes)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(sum, doubles(1).reshape(), NdArray.ofIndices(0)))
                .withMessage("axes: 0 (expected: none, as the rank is 0)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(sum))
                .withMessage("inputs: 0 (expected: 1 to 2)");
    }

    @Test
    void placesOfExtrema() {
        NdArray x = doubles(2, 7, 7, -3, Double.NaN, 1, 4, -3, Double.NaN).reshape(3, 3);
        assertThat(places(x, true, 1, false)).containsExactly(1, 1, 2);
        assertThat(places(x, true, 1, true)).containsExactly(2, 1, 2);
        assertThat(places(x, false, 0, false)).containsExactly(1, 1, 2);
        NdArray unsigned = NdArray.ofLongs(ElementType.UINT64, new long[] {1, -1}, 2);
        assertThat(places(unsigned, true, -1, false)).containsExactly(1);
        NdArray signed = NdArray.ofIndices(1, -1);
        assertThat(places(signed, false, 0, false)).containsExactly(1);
        assertThat(result(new ArgExtremum(true, 0, true, false), x).shape()).containsExactly(1, 3);
        assertThat(result(new ArgExtremum(true, 1, false, false), x.reshape(3, 3, 1)).shape())
                .containsExactly(3, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        places(
                                NdArray.ofDoubles(ElementType.FLOAT32, new double[0], 2, 0),
                                true,
                                1,
                                false))
                .withMessage("x: float32[2, 0] (expected: a size above 0 at axis 1)");
        assertThat(new ArgExtremum(false, 1, true, true).name()).isEqualTo("ArgMin");
    }

    private static long[] places(NdArray x, boolean largest, long axis, boolean last) {
        return result(new ArgExtremum(largest, axis, false, last), x).toLongs();
    }

    @Test
    void softmaxIsOfOneDimensionOrOfAllFromOneOn() {
        NdArray x = doubles(0, Math.log(3), 0, 0).reshape(2, 2);
        assertNear(softmax(Softmax.Kind.SHARE, -1, false, x), 0.25, 0.75, 0.5, 0.5);
        assertNear(softmax(Softmax.Kind.SHARE, 0, false, x), 0.5, 0.75, 0.5, 0.25);
        assertNear(softmax(Softmax.Kind.SHARE, 0, true, x), 1 / 6d, 0.5, 1 / 6d, 1 / 6d);
        assertNear(softmax(Softmax.Kind.SHARE, 2, true, x), 1, 1, 1, 1);
        double half = Math.log(0.5);
        assertNear(
                softmax(Softmax.Kind.LOGARITHM, 1, false, x),
                Math.log(0.25),
                Math.log(0.75),
                half,
                half);
        assertNear(softmax(Softmax.Kind.LARGEST, 1, false, x), 0, 1, 1, 0);
        assertNear(softmax(Softmax.Kind.LARGEST, 0, true, x), 0, 1, 0, 0);
        NdArray large = doubles(1e300, 1e300);
        assertNear(softmax(Softmax.Kind.SHARE, 0, false, large), 0.5, 0.5);
        NdArray empty = NdArray.ofDoubles(ElementType.FLOAT32, new double[0], 2, 0);
        assertThat(softmax(Softmax.Kind.SHARE, 1, false, empty)).isEqualTo(empty);
        assertThat(softmax(Softmax.Kind.LARGEST, 1, false, empty)).isEqualTo(empty);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> softmax(Softmax.Kind.SHARE, 2, false, x))
                .withMessage("axis: 2 (expected: -2 to 1)");
    }

    private static NdArray softmax(Softmax.Kind kind, long axis, boolean trailing, NdArray x) {
        return result(new Softmax(kind, axis, trailing), x);
    }

    private static void assertNear(NdArray actual, double... expected) {
        assertThat(actual.toDoubles()).containsExactly(expected, within(1e-12));
    }
}
