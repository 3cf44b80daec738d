package io.strider.graph.operator;

import static io.strider.graph.operator.SmallArrays.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.strider.graph.PlainRun;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The normalisations against values worked out by hand. */
class NormalizationOperatorsTest {
    private static NdArray doubles(double... values) {
        return NdArray.ofDoubles(ElementType.FLOAT64, values, values.length);
    }

    private static void assertNear(NdArray actual, double... expected) {
        assertThat(actual.toDoubles()).containsExactly(expected, within(1e-12));
    }

    @Test
    void batchNormalisationIsByChannel() {
        NdArray x = doubles(1, 2, 3, 4, 5, 6, 7, 8).reshape(2, 2, 2);
        BatchNormalization batch = new BatchNormalization(0.25, 0.9, false);
        NdArray y =
                result(batch, x, doubles(2, 3), doubles(1, -1), doubles(1, 4), doubles(0.75, 3.75));
        assertNear(y, 1, 3, -2.5, -1, 9, 11, 3.5, 5);
        List<NdArray> affine =
                batch.affine(doubles(2, 3), doubles(1, -1), doubles(1, 4), doubles(0.75, 3.75));
        assertNear(affine.getFirst(), 2, 1.5);
        assertNear(affine.getLast(), -1, -7);
    }

    @Test
    void batchNormalisationInTrainingMovesTheStatistics() {
        NdArray x = doubles(1, 3, 5, 9).reshape(2, 2);
        List<NdArray> results =
                PlainRun.results(
                        new BatchNormalization(0, 0.75, true),
                        List.of(x, doubles(1, 1), doubles(0, 10), doubles(0, 0), doubles(8, 0)),
                        3);
        assertNear(results.get(0), -1, 9, 1, 11);
        assertNear(results.get(1), 0.75, 1.5);
        assertNear(results.get(2), 7, 2.25);
    }

    @Test
    void batchNormalisationChecksItsInputs() {
        BatchNormalization batch = new BatchNormalization(0, 0.9, false);
        NdArray x = doubles(1, 2).reshape(1, 2);
        NdArray two = doubles(1, 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(batch, x, two, two, two, doubles(1)))
                .withMessage("variance: float64[1] (expected: shape [2])");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(batch, two, two, two, two, two))
                .withMessage("x: float64[2] (expected: rank >= 2, N×C×…)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(batch, x, two, two, two))
                .withMessage("inputs: 4 (expected: 5)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(batch, x, two, null, two, two))
                .withMessage("shift: missing (expected: input 2)");
    }

    @Test
    void everyChannelOfEveryImageOnItsOwn() {
        NdArray x = doubles(1, 3, 10, 30, 0, 0, -4, 4).reshape(2, 2, 2);
        GroupNormalization instance = new GroupNormalization(GroupNormalization.EVERY_CHANNEL, 0);
        assertThat(instance.name()).isEqualTo("InstanceNormalization");
        NdArray y = result(new GroupNormalization(0, 1e-30), x, doubles(1, 2), doubles(0, 5));
        assertNear(y, -1, 1, 3, 7, 0, 0, 3, 7);
    }

    @Test
    void groupsHaveAScaleEachOrEveryChannelHas() {
        NdArray x = doubles(1, 3, 10, 30).reshape(1, 4);
        GroupNormalization groups = new GroupNormalization(2, 0);
        assertNear(result(groups, x, doubles(1, 2), doubles(0, 5)), -1, 1, 3, 7);
        assertNear(result(groups, x, doubles(1, 2, 3, 4), doubles(0, 0, 0, 1)), -1, 2, -3, 5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new GroupNormalization(3, 0), x, x, x))
                .withMessage("num_groups: 3 (expected: a divisor of 4 channels)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(groups, x, doubles(1, 2, 3), doubles(1, 2, 3)))
                .withMessage("scale: float64[3] (expected: shape [4])");
        NdArray empty = NdArray.ofDoubles(ElementType.FLOAT64, new double[0], 0, 4);
        assertThat(result(groups, empty, doubles(1, 2), doubles(1, 2))).isEqualTo(empty);
    }

    @Test
    void layerNormalisationGivesItsStatistics() {
        NdArray x = doubles(1, 3, 10, 30).reshape(2, 2);
        List<NdArray> results =
                PlainRun.results(
                        new LayerNormalization(-1, 0, ElementType.FLOAT32),
                        List.of(x, doubles(1, 2), doubles(5)),
                        3);
        assertNear(results.get(0), 4, 7, 4, 7);
        assertThat(results.get(1))
                .isEqualTo(NdArray.ofDoubles(ElementType.FLOAT32, new double[] {2, 20}, 2, 1));
        assertThat(results.get(2).getDouble(1)).isCloseTo(0.1, within(1e-8));
        NdArray whole = result(new LayerNormalization(0, 0, ElementType.FLOAT32), x, doubles(1));
        assertThat(whole.getDouble(0)).isCloseTo(-10 / Math.sqrt(131.5), within(1e-12));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        result(
                                new LayerNormalization(-1, 0, ElementType.FLOAT32),
                                x,
                                doubles(1, 2, 3)))
                .withMessage("scale: float64[3] (expected: a shape that repeats to float64[2, 2])");
    }

    @Test
    void rootMeanSquares() {
        NdArray x = doubles(1, 7, 0, 0).reshape(2, 2);
        NdArray y = result(new RootMeanSquareNormalization(1, 1e-18), x, doubles(5, 10));
        assertNear(y, 1, 14, 0, 0);
    }

    @Test
    void localResponsesTakeMoreChannelsBehindThanBefore() {
        NdArray x = doubles(1, 2, 3, 4).reshape(1, 4);
        NdArray y = result(new LocalResponseNormalization(2, 2, 1, 1), x);
        assertNear(y, 1 / 6d, 2 / 14d, 3 / 26d, 4 / 17d);
        NdArray all = result(new LocalResponseNormalization(Integer.MAX_VALUE, 0, 1, 2), x);
        assertNear(all, 0.5, 1, 1.5, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LocalResponseNormalization(0, 1, 1, 1))
                .withMessage("size: 0 (expected: >= 1)");
    }

    @Test
    void lengthsAndMagnitudesBecomeOne() {
        NdArray x = doubles(3, 0, -4, 0).reshape(2, 2);
        assertNear(result(new LpNormalization(0, 2), x), 0.6, 0, -0.8, 0);
        assertNear(result(new LpNormalization(-2, 1), x), 3 / 7d, 0, -4 / 7d, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LpNormalization(0, 3))
                .withMessage("p: 3 (expected: 1 or 2)");
    }

    @Test
    void meansBecomeZeroAndDeviationsOne() {
        NdArray x = doubles(1, 3, 10, 30).reshape(2, 2);
        NdArray y = result(new MeanVarianceNormalization(List.of(-1L)), x);
        assertThat(y.toDoubles()).containsExactly(new double[] {-1, 1, -1, 1}, within(2e-9));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(new MeanVarianceNormalization(List.of(2L)), x))
                .withMessage("axes: 2 (expected: -2 to 1)");
    }

    @Test
    void channelsAreScaledShiftedAndClamped() {
        NdArray x = doubles(1, 2, 3, 4).reshape(1, 2, 2);
        assertNear(result(new ChannelAffine(0, 6), x, doubles(1, 2), doubles(-3, 1)), 0, 0, 6, 6);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ChannelAffine(1, Float.NaN))
                .withMessage("low, high: 1.0, NaN (expected: low <= high, neither NaN)");
    }
}
