package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.strider.ops.ResizeSampling.Axis;
import io.strider.ops.ResizeSampling.Coordinates;
import io.strider.ops.ResizeSampling.Filter;
import io.strider.ops.ResizeSampling.Nearest;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Single axes, their results worked out by hand from ONNX's formulas. */
class ResizeSamplingTest {
    private static final double[] RAMP = {10, 20, 30, 40};

    private static double[] resized(ResizeSampling sampling, Axis axis, double... values) {
        NdArray array = NdArray.ofDoubles(ElementType.FLOAT64, values, values.length);
        return PlainResize.apply(array, List.of(sampling.taps(axis)), -1).toDoubles();
    }

    private static ResizeSampling sampling(Filter filter, Coordinates coordinates) {
        return new ResizeSampling(
                filter, coordinates, Nearest.ROUND_PREFER_FLOOR, -0.75, false, false);
    }

    private static Axis axis(long input, long output) {
        return new Axis(input, output, (double) output / input, output, 0, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "HALF_PIXEL, '10 12.5 17.5 22.5 27.5 32.5 37.5 40'",
        "PYTORCH_HALF_PIXEL, '10 12.5 17.5 22.5 27.5 32.5 37.5 40'",
        "HALF_PIXEL_SYMMETRIC, '10 12.5 17.5 22.5 27.5 32.5 37.5 40'",
        "ASYMMETRIC, '10 15 20 25 30 35 40 40'",
        "TF_HALF_PIXEL_FOR_NN, '12.5 17.5 22.5 27.5 32.5 37.5 40 40'",
    })
    void linearToTheDouble(Coordinates coordinates, String wanted) {
        double[] numbers =
                List.of(wanted.split(" ")).stream().mapToDouble(Double::parseDouble).toArray();
        assertThat(resized(sampling(Filter.LINEAR, coordinates), axis(4, 8), RAMP))
                .isEqualTo(numbers);
    }

    @Test
    void alignedCornersStay() {
        ResizeSampling sampling = sampling(Filter.LINEAR, Coordinates.ALIGN_CORNERS);
        assertThat(resized(sampling, axis(4, 7), RAMP)).containsExactly(10, 15, 20, 25, 30, 35, 40);
        assertThat(resized(sampling, axis(4, 1), RAMP)).containsExactly(10);
        // A fractional length of 2.4: places 0 and 3 / 1.4.
        double[] fractional = resized(sampling, new Axis(4, 2, 0.6, 2.4, 0, 1), RAMP);
        assertThat(fractional[1]).isCloseTo(10 + 30 / 1.4, within(1e-12));
    }

    @Test
    void oneElementOfPytorchIsTheFirst() {
        assertThat(
                        resized(
                                sampling(Filter.LINEAR, Coordinates.PYTORCH_HALF_PIXEL),
                                axis(4, 1),
                                RAMP))
                .containsExactly(10);
        assertThat(resized(sampling(Filter.LINEAR, Coordinates.HALF_PIXEL), axis(4, 1), RAMP))
                .containsExactly(25);
    }

    @Test
    void symmetricKeepsTheMiddleWhereTheScaleIsFractional() {
        // Length 2.5, of which 2 are kept: places are those of half_pixel moved by 2·(1 − 2/2.5).
        ResizeSampling sampling = sampling(Filter.LINEAR, Coordinates.HALF_PIXEL_SYMMETRIC);
        double[] result = resized(sampling, new Axis(4, 2, 0.625, 2.5, 0, 1), RAMP);
        assertThat(result[0]).isCloseTo(17, within(1e-12));
        assertThat(result[1]).isCloseTo(33, within(1e-12));
    }

    @Test
    void aRegionMayReachOutside() {
        ResizeSampling sampling = sampling(Filter.LINEAR, Coordinates.TF_CROP_AND_RESIZE);
        // Places from 3·0.5 to 3·1.5 in three steps of 1.5.
        assertThat(resized(sampling, new Axis(4, 3, 0.75, 3, 0.5, 1.5), RAMP))
                .containsExactly(25, 40, -1);
        assertThat(resized(sampling, new Axis(4, 1, 0.25, 1, 0.25, 0.75), RAMP))
                .containsExactly(25);
        assertThat(resized(sampling, new Axis(4, 1, 0.25, 1, Double.NaN, 1), RAMP))
                .containsExactly(-1);
    }

    @ParameterizedTest
    @CsvSource({
        "ROUND_PREFER_FLOOR, '10 10 20 20 30 30 40 40', '10 30', '10 20 30 30 40'",
        "ROUND_PREFER_CEIL, '10 20 20 30 30 40 40 40', '10 30', '10 20 30 30 40'",
        "FLOOR, '10 10 20 20 30 30 40 40', '10 30', '10 10 20 30 40'",
        "CEIL, '10 20 20 30 30 40 40 40', '10 30', '10 20 30 40 40'",
        "SIMPLE, '10 10 20 20 30 30 40 40', '10 30', '10 10 20 30 40'",
    })
    void nearest(Nearest rounding, String doubled, String halved, String five) {
        ResizeSampling sampling =
                new ResizeSampling(
                        Filter.NEAREST, Coordinates.ASYMMETRIC, rounding, 0, false, false);
        assertThat(text(resized(sampling, axis(4, 8), RAMP))).isEqualTo(doubled);
        assertThat(text(resized(sampling, axis(4, 2), RAMP))).isEqualTo(halved);
        // Places 0, 0.8, 1.6, 2.4, 3.2.
        assertThat(text(resized(sampling, axis(4, 5), RAMP))).isEqualTo(five);
    }

    private static String text(double[] values) {
        StringBuilder text = new StringBuilder();
        for (double value : values) {
            text.append(text.isEmpty() ? "" : " ").append((long) value);
        }
        return text.toString();
    }

    @Test
    void simpleRoundsUpWhereTheAxisShrinks() {
        ResizeSampling sampling =
                new ResizeSampling(
                        Filter.NEAREST, Coordinates.ASYMMETRIC, Nearest.SIMPLE, 0, false, false);
        // Places 0, 4/3, 8/3.
        assertThat(text(resized(sampling, axis(4, 3), RAMP))).isEqualTo("10 30 40");
    }

    /** Keys' kernel at distances 1¼, ¼, ¾, 1¾ for a = −¾, computed on paper. */
    @Test
    void cubicWeights() {
        ResizeTaps taps = sampling(Filter.CUBIC, Coordinates.HALF_PIXEL).taps(axis(6, 12));
        // Output 5 stands for place 2.25.
        assertThat(taps.count(5)).isEqualTo(4);
        double[] wanted = {-0.10546875, 0.87890625, 0.26171875, -0.03515625};
        for (int tap = 0; tap < 4; tap++) {
            assertThat(taps.index(5, tap)).isEqualTo(1 + tap);
            assertThat(taps.weight(5, tap)).isCloseTo(wanted[tap], within(1e-12));
        }
    }

    @Test
    void excludedNeighboursLeaveTheirWeightToTheOthers() {
        ResizeSampling sampling =
                new ResizeSampling(
                        Filter.CUBIC, Coordinates.HALF_PIXEL, Nearest.FLOOR, -0.75, true, false);
        // Output 0 stands for place −0.25: indices −2 to 1, of which 0 and 1 remain.
        ResizeTaps taps = sampling.taps(axis(6, 12));
        double sum = 0.87890625 - 0.10546875;
        assertThat(taps.count(0)).isEqualTo(2);
        assertThat(taps.weight(0, 0)).isCloseTo(0.87890625 / sum, within(1e-12));
        assertThat(taps.weight(0, 1)).isCloseTo(-0.10546875 / sum, within(1e-12));
    }

    /** The values of ONNX's documentation for 4 × 4 counting numbers at scale 0.6. */
    @Test
    void antialiasedAsInOnnxDocumentation() {
        double[] values = new double[16];
        for (int i = 0; i < 16; i++) {
            values[i] = i + 1;
        }
        NdArray array = NdArray.ofDoubles(ElementType.FLOAT64, values, 4, 4);
        Axis axis = new Axis(4, 2, 0.6f, 4 * (double) 0.6f, 0, 1);
        ResizeTaps linear =
                new ResizeSampling(
                                Filter.LINEAR,
                                Coordinates.HALF_PIXEL,
                                Nearest.FLOOR,
                                0,
                                false,
                                true)
                        .taps(axis);
        double[] smaller = PlainResize.apply(array, List.of(linear, linear), 0).toDoubles();
        assertClose(smaller, 2.875, 4.5, 9.375, 11);
        ResizeTaps cubic =
                new ResizeSampling(
                                Filter.CUBIC,
                                Coordinates.HALF_PIXEL,
                                Nearest.FLOOR,
                                -0.75,
                                false,
                                true)
                        .taps(axis);
        double[] cubed = PlainResize.apply(array, List.of(cubic, cubic), 0).toDoubles();
        assertClose(cubed, 2.5180721, 4.2858863, 9.589329, 11.357142);
    }

    private static void assertClose(double[] values, double... wanted) {
        for (int i = 0; i < wanted.length; i++) {
            assertThat(values[i]).isCloseTo(wanted[i], within(2e-6));
        }
    }

    @ParameterizedTest
    @EnumSource(Filter.class)
    void weightsOfEveryIndexSumToOne(Filter filter) {
        for (Coordinates coordinates : Coordinates.values()) {
            for (boolean antialias : new boolean[] {false, true}) {
                for (int output : new int[] {1, 3, 7, 16, 40}) {
                    ResizeTaps taps =
                            new ResizeSampling(
                                            filter,
                                            coordinates,
                                            Nearest.CEIL,
                                            -0.5,
                                            output % 2 == 0,
                                            antialias)
                                    .taps(axis(16, output));
                    assertThat(taps.size()).isEqualTo(output);
                    assertThat(taps.fits(16)).isTrue();
                    for (int i = 0; i < output; i++) {
                        double sum = 0;
                        for (int tap = 0; tap < taps.count(i); tap++) {
                            sum += taps.weight(i, tap);
                        }
                        assertThat(sum)
                                .as("%s %s %s to %s", coordinates, antialias, i, output)
                                .isCloseTo(1, within(1e-12));
                    }
                }
            }
        }
    }

    @Test
    void wholeNumbersArePickedExactlyAndMeansAreCut() {
        ResizeTaps nearest = sampling(Filter.NEAREST, Coordinates.ASYMMETRIC).taps(axis(2, 4));
        NdArray large = NdArray.ofIndices(Long.MAX_VALUE, Long.MIN_VALUE + 1);
        assertThat(PlainResize.apply(large, List.of(nearest), 0).toLongs())
                .containsExactly(
                        Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE + 1, Long.MIN_VALUE + 1);
        ResizeTaps linear = sampling(Filter.LINEAR, Coordinates.ASYMMETRIC).taps(axis(2, 4));
        NdArray bytes = NdArray.ofLongs(ElementType.UINT8, new long[] {200, 203}, 2);
        assertThat(PlainResize.apply(bytes, List.of(linear), 0).toLongs())
                .containsExactly(200, 201, 203, 203);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 3, 1",
        "3, -1, 1",
        "3, 3, 0",
        "3, 3, NaN",
        "3, 3, -2",
        "3, 3, Infinity",
        "3, 2147483647, 1"
    })
    void refusesAxesOfNoSense(long input, long output, double scale) {
        ResizeSampling sampling = sampling(Filter.LINEAR, Coordinates.HALF_PIXEL);
        Axis axis = new Axis(input, output, scale, output, 0, 1);
        assertThatThrownBy(() -> sampling.taps(axis))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("axis");
    }
}
