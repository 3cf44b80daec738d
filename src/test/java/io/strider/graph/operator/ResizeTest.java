package io.strider.graph.operator;

import static io.strider.graph.operator.Arrays32.counting;
import static io.strider.graph.operator.Arrays32.floats;
import static io.strider.graph.operator.Arrays32.indices;
import static io.strider.graph.operator.Arrays32.result;
import static io.strider.graph.operator.Arrays32.row;
import static io.strider.graph.operator.Arrays32.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.graph.operator.Resize.AspectRatio;
import io.strider.ops.ResizeSampling;
import io.strider.ops.ResizeSampling.Coordinates;
import io.strider.ops.ResizeSampling.Filter;
import io.strider.ops.ResizeSampling.Nearest;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sizes, scales, axes, regions; how places are found is tested with the sampling. */
class ResizeTest {
    private static Resize resize(
            Filter filter, Coordinates coordinates, AspectRatio policy, long... axes) {
        ResizeSampling sampling =
                new ResizeSampling(filter, coordinates, Nearest.FLOOR, -0.75, false, false);
        return new Resize(sampling, Arrays.stream(axes).boxed().toList(), policy, 100);
    }

    private static final Resize NEAREST =
            resize(Filter.NEAREST, Coordinates.ASYMMETRIC, AspectRatio.STRETCH);

    @Test
    void byScalesAndBySizes() {
        NdArray data = floats(shape(1, 1, 2, 2), 1, 2, 3, 4);
        NdArray wanted =
                floats(
                        shape(1, 1, 4, 6),
                        1,
                        1,
                        1,
                        2,
                        2,
                        2,
                        1,
                        1,
                        1,
                        2,
                        2,
                        2,
                        3,
                        3,
                        3,
                        4,
                        4,
                        4,
                        3,
                        3,
                        3,
                        4,
                        4,
                        4);
        assertThat(result(NEAREST, data, null, row(1, 1, 2, 3))).isEqualTo(wanted);
        assertThat(result(NEAREST, data, null, null, indices(1, 1, 4, 6))).isEqualTo(wanted);
        assertThat(result(NEAREST, data, row(), row(), indices(1, 1, 4, 6))).isEqualTo(wanted);
    }

    /** 7 · float(15/7) is 14.9999995 in double; exporters mean 15. */
    @Test
    void scaledSizesAreRoundedAsFloats() {
        NdArray scale = row(15f / 7f);
        assertThat(result(NEAREST, counting(7), null, scale).shape()).containsExactly(15);
        assertThat(result(NEAREST, counting(7), null, row(0.5)).shape()).containsExactly(3);
    }

    @Test
    void axesAreThoseNamed() {
        Resize resize = resize(Filter.NEAREST, Coordinates.ASYMMETRIC, AspectRatio.STRETCH, -1, 0);
        assertThat(result(resize, floats(shape(1, 1, 2), 1, 2), null, row(2, 3)))
                .isEqualTo(floats(shape(3, 1, 4), 1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2));
    }

    @Test
    void theRatioOfTheAxesMayBeKept() {
        NdArray data = counting(3, 5);
        NdArray sizes = indices(7, 6);
        Resize larger = resize(Filter.LINEAR, Coordinates.HALF_PIXEL, AspectRatio.NOT_LARGER, 0, 1);
        Resize smaller =
                resize(Filter.LINEAR, Coordinates.HALF_PIXEL, AspectRatio.NOT_SMALLER, 0, 1);
        // Scales 7/3 and 6/5: 3.6 and 6, or 7 and 11 + 2/3.
        assertThat(result(larger, data, null, null, sizes).shape()).containsExactly(4, 6);
        assertThat(result(smaller, data, null, null, sizes).shape()).containsExactly(7, 12);
    }

    @Test
    void aRegionOfInterest() {
        Resize crop = resize(Filter.LINEAR, Coordinates.TF_CROP_AND_RESIZE, AspectRatio.STRETCH);
        // Rows at 0 and 1, columns at 1, 2 and 3, the last beyond the data.
        assertThat(result(crop, counting(2, 3), row(0, 0.5, 1, 1.5), null, indices(2, 3)))
                .isEqualTo(floats(shape(2, 3), 1, 2, 100, 4, 5, 100));
    }

    @Test
    void emptyStaysEmpty() {
        assertThat(result(NEAREST, floats(shape(0, 3)), null, row(2, 2)).shape())
                .containsExactly(0, 6);
        assertThat(result(NEAREST, counting(2, 3), null, null, indices(0, 1)).shape())
                .containsExactly(0, 1);
        assertThat(result(NEAREST, indices(1, 2), null, row(0.1)).count()).isZero();
    }

    private static Arguments bad(String expected, Resize resize, @Nullable NdArray... inputs) {
        return Arguments.of(resize, inputs, expected);
    }

    static Stream<Arguments> refused() {
        NdArray data = counting(2, 3);
        Resize twice = resize(Filter.LINEAR, Coordinates.ASYMMETRIC, AspectRatio.STRETCH, 0, -2);
        Resize crop = resize(Filter.LINEAR, Coordinates.TF_CROP_AND_RESIZE, AspectRatio.STRETCH);
        return Stream.of(
                bad("neither", NEAREST, data),
                bad("both", NEAREST, data, null, row(1, 1), indices(2, 3)),
                bad("scales: 1 elements", NEAREST, data, null, row(1)),
                bad("sizes: -1", NEAREST, data, null, null, indices(-1, 3)),
                bad("scales: -1", NEAREST, data, null, row(-1, 1)),
                bad("scales: NaN", NEAREST, data, null, row(Double.NaN, 1)),
                bad("scales: Infinity", NEAREST, data, null, row(Double.POSITIVE_INFINITY, 1)),
                bad("sizes", NEAREST, data, null, null, indices(1L << 33, 1)),
                bad("sizes", NEAREST, floats(shape(0, 3)), null, null, indices(1, 3)),
                bad("each axis once", twice, data, null, row(1, 1)),
                bad("roi", crop, data, null, row(1, 1)),
                bad("roi: 2 elements", crop, data, row(0, 1), row(1, 1)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithArgumentAndRule(Resize resize, NdArray[] inputs, String expected) {
        assertThatThrownBy(() -> result(resize, inputs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void picturesAreResizedQuickly() {
        Random random = new Random(3);
        NdArray data = Arrays32.random(random, 2, 5, 6, 7);
        for (Filter filter : Filter.values()) {
            Resize resize = resize(filter, Coordinates.HALF_PIXEL, AspectRatio.STRETCH);
            List<@Nullable NdArray> inputs = Arrays.asList(data, null, null, indices(2, 5, 9, 4));
            NdArray wanted = result(resize, data, null, null, indices(2, 5, 9, 4));
            NdArray got = FixedRequest.run(resize, inputs, 1, random).get(0);
            assertThat(got.shape()).isEqualTo(wanted.shape());
            for (int i = 0; i < got.count(); i++) {
                // Two sums of at most 4 terms below 100,000, weights summing to at most 1.42 each.
                assertThat(Math.abs(got.getDouble(i) - wanted.getDouble(i)))
                        .as("%s, element %s", filter, i)
                        .isLessThanOrEqualTo(12 * 0x1p-24 * 1.42 * 1.42 * 100_000);
            }
        }
    }

    @Test
    void nothingQuickForOtherRanksOrChannels() {
        List<NdArray> line = Arrays.asList(counting(3, 4), null, null, indices(3, 8));
        assertThat(NEAREST.kernel(FixedRequest.of(NEAREST, line, 1))).isNull();
        List<NdArray> channels =
                Arrays.asList(counting(1, 2, 3, 4), null, null, indices(1, 4, 3, 4));
        assertThat(NEAREST.kernel(FixedRequest.of(NEAREST, channels, 1))).isNull();
        List<NdArray> empty = Arrays.asList(counting(1, 2, 3, 4), null, null, indices(1, 2, 0, 4));
        assertThat(NEAREST.kernel(FixedRequest.of(NEAREST, empty, 1))).isNull();
        List<NdArray> picture =
                Arrays.asList(counting(1, 2, 3, 4), null, null, indices(1, 2, 6, 4));
        assertThat(NEAREST.kernel(FixedRequest.of(NEAREST, picture, 1)).description()).isNotEmpty();
    }
}
