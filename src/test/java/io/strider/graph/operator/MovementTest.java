package io.strider.graph.operator;

import static io.strider.graph.operator.Arrays32.counting;
import static io.strider.graph.operator.Arrays32.floats;
import static io.strider.graph.operator.Arrays32.indices;
import static io.strider.graph.operator.Arrays32.result;
import static io.strider.graph.operator.Arrays32.results;
import static io.strider.graph.operator.Arrays32.row;
import static io.strider.graph.operator.Arrays32.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.graph.Operator;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Moving elements about, by examples worked out by hand. */
class MovementTest {
    @ParameterizedTest
    @CsvSource({"0, 1, 120", "1, 2, 60", "2, 6, 20", "4, 120, 1", "-1, 24, 5", "-4, 1, 120"})
    void flattenMakesAMatrix(long axis, long rows, long columns) {
        NdArray data = counting(2, 3, 4, 5);
        assertThat(result(new Flatten(axis), data)).isEqualTo(data.reshape(rows, columns));
    }

    @Test
    void flattenOfAScalarIsOneByOne() {
        assertThat(result(new Flatten(0), floats(shape(), 7)).shape()).containsExactly(1, 1);
    }

    @Test
    void reshapeFillsInOneSizeAndKeepsThoseOfZero() {
        NdArray data = counting(2, 3, 4);
        assertThat(result(new Reshape(false), data, indices(4, -1)).shape()).containsExactly(4, 6);
        assertThat(result(new Reshape(false), data, indices(0, 0, 2, 2)).shape())
                .containsExactly(2, 3, 2, 2);
        assertThat(result(new Reshape(false), data, indices(2, 0, -1)).shape())
                .containsExactly(2, 3, 4);
        assertThat(result(new Reshape(false), floats(shape(1), 3), indices()).rank()).isZero();
        NdArray empty = floats(shape(0, 3));
        assertThat(result(new Reshape(true), empty, indices(3, 4, 0)).shape())
                .containsExactly(3, 4, 0);
    }

    @Test
    void transposeReordersDimensions() {
        NdArray data = counting(2, 3, 4);
        double[] turned = result(new Transposition(List.of(2, 0, 1)), data).toDoubles();
        for (int k = 0, i = 0; k < 4; k++) {
            for (int n = 0; n < 2; n++) {
                for (int m = 0; m < 3; m++) {
                    assertThat(turned[i++]).isEqualTo(n * 12 + m * 4 + k);
                }
            }
        }
        assertThat(result(new Transposition(List.of()), data).shape()).containsExactly(4, 3, 2);
        assertThat(result(new Transposition(List.of()), counting(2, 2)))
                .isEqualTo(floats(shape(2, 2), 0, 2, 1, 3));
        assertThat(result(new Transposition(List.of(1, 0)), floats(shape(0, 3))).shape())
                .containsExactly(3, 0);
    }

    @Test
    void squeezeDropsAndUnsqueezeAddsSizesOfOne() {
        NdArray data = counting(1, 3, 1, 2);
        assertThat(result(new Squeeze(), data).shape()).containsExactly(3, 2);
        assertThat(result(new Squeeze(), data, indices(-2)).shape()).containsExactly(1, 3, 2);
        assertThat(result(new Squeeze(), data, indices()).shape()).containsExactly(1, 3, 1, 2);
        assertThat(result(new Unsqueeze(), counting(3, 2), indices(-1, 0)).shape())
                .containsExactly(1, 3, 2, 1);
        assertThat(result(new Unsqueeze(), floats(shape(), 4), indices(0)).shape())
                .containsExactly(1);
    }

    @Test
    void expandRepeatsSizesOfOne() {
        assertThat(result(new Expand(), floats(shape(2, 1), 5, 6), indices(3, 1, 3)))
                .isEqualTo(
                        floats(
                                shape(3, 2, 3),
                                5,
                                5,
                                5,
                                6,
                                6,
                                6,
                                5,
                                5,
                                5,
                                6,
                                6,
                                6,
                                5,
                                5,
                                5,
                                6,
                                6,
                                6));
        assertThat(result(new Expand(), counting(2, 3), indices(1)).shape()).containsExactly(2, 3);
        assertThat(result(new Expand(), row(1), indices(0)).shape()).containsExactly(0);
    }

    @Test
    void tileRepeatsTheWhole() {
        assertThat(result(new Tile(), floats(shape(1, 2), 5, 6), indices(2, 2)))
                .isEqualTo(floats(shape(2, 4), 5, 6, 5, 6, 5, 6, 5, 6));
        assertThat(result(new Tile(), counting(2, 3), indices(0, 2)).shape()).containsExactly(0, 6);
    }

    @Test
    void concatJoinsAlongAnAxis() {
        NdArray first = floats(shape(2, 1), 1, 2);
        NdArray second = floats(shape(2, 2), 3, 4, 5, 6);
        assertThat(result(new Concat(-1), first, second, floats(shape(2, 0))))
                .isEqualTo(floats(shape(2, 3), 1, 3, 4, 2, 5, 6));
        assertThat(result(new Concat(0), indices(1, 2), indices(3))).isEqualTo(indices(1, 2, 3));
    }

    @Test
    void splitCutsAlongAnAxis() {
        NdArray data = counting(2, 5);
        List<NdArray> sized = results(new Split(1, 0), 3, data, indices(2, 0, 3));
        assertThat(sized.get(0)).isEqualTo(floats(shape(2, 2), 0, 1, 5, 6));
        assertThat(sized.get(1).shape()).containsExactly(2, 0);
        assertThat(sized.get(2)).isEqualTo(floats(shape(2, 3), 2, 3, 4, 7, 8, 9));
        assertThat(results(new Split(0, 0), 2, data).get(1))
                .isEqualTo(floats(shape(1, 5), 5, 6, 7, 8, 9));
        List<NdArray> uneven = results(new Split(1, 2), 2, data);
        assertThat(uneven.get(0).shape()).containsExactly(2, 3);
        assertThat(uneven.get(1)).isEqualTo(floats(shape(2, 2), 3, 4, 8, 9));
    }

    @ParameterizedTest
    @CsvSource({
        "1, 4, 1, '1 2 3'",
        "-3, 9223372036854775807, 1, '3 4 5'",
        "0, 100, 2, '0 2 4'",
        "5, 0, -2, '5 3 1'",
        "100, -9223372036854775808, -1, '5 4 3 2 1 0'",
        "-2, -100, -3, '4 1'",
        "3, 1, 1, ''",
        "-100, 2, 1, '0 1'",
        "-100, -100, -1, '0'",
        "0, 6, 9223372036854775807, '0'",
        "5, -9223372036854775808, -9223372036854775808, '5'"
    })
    void sliceKeepsEveryStepth(long start, long end, long step, String kept) {
        NdArray sliced =
                result(
                        new Slice(),
                        counting(6),
                        indices(start),
                        indices(end),
                        indices(0),
                        indices(step));
        double[] wanted =
                Arrays.stream(kept.split(" "))
                        .filter(word -> !word.isEmpty())
                        .mapToDouble(Double::parseDouble)
                        .toArray();
        assertThat(sliced).isEqualTo(row(wanted));
    }

    @Test
    void sliceTakesTheLeadingAxesUnlessTold() {
        assertThat(result(new Slice(), counting(3, 4), indices(1), indices(2)))
                .isEqualTo(floats(shape(1, 4), 4, 5, 6, 7));
        assertThat(
                        result(
                                new Slice(),
                                counting(3, 4),
                                indices(1, 0),
                                indices(3, 1),
                                indices(-1, 0)))
                .isEqualTo(floats(shape(1, 2), 1, 2));
        assertThat(
                        result(
                                new Slice(),
                                floats(shape(0)),
                                indices(0),
                                indices(-5),
                                null,
                                indices(-1)))
                .isEqualTo(floats(shape(0)));
    }

    @Test
    void gatherTakesSlices() {
        NdArray data = counting(3, 4);
        assertThat(result(new Gather(0), data, indices(2, -3)))
                .isEqualTo(floats(shape(2, 4), 8, 9, 10, 11, 0, 1, 2, 3));
        NdArray places = NdArray.ofLongs(ElementType.INT32, new long[] {3, 0, 1, -1}, 2, 2);
        assertThat(result(new Gather(-1), data, places))
                .isEqualTo(floats(shape(3, 2, 2), 3, 0, 1, 3, 7, 4, 5, 7, 11, 8, 9, 11));
        NdArray one = NdArray.scalar(ElementType.INT64, 1);
        assertThat(result(new Gather(1), data, one)).isEqualTo(row(1, 5, 9));
        assertThat(result(new Gather(0), data, indices()).shape()).containsExactly(0, 4);
        assertThat(result(new Gather(0), floats(shape(3, 0)), indices(1, 1)).shape())
                .containsExactly(2, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "CONSTANT, 2, 3, '0 0 1 2 3 0 0 0'",
        "EDGE, 2, 3, '1 1 1 2 3 3 3 3'",
        "REFLECT, 2, 3, '3 2 1 2 3 2 1 2'",
        "REFLECT, 6, 1, '3 2 1 2 3 2 1 2 3 2'",
        "WRAP, 2, 4, '2 3 1 2 3 1 2 3 1'",
        "CONSTANT, -1, 1, '2 3 0'",
        "EDGE, -2, 2, '3 3 3'",
        "CONSTANT, 4, -5, '0 0'",
        "CONSTANT, -3, 0, ''",
        "WRAP, 0, 0, '1 2 3'"
    })
    void padAddsABorder(Pad.Mode mode, long before, long after, String padded) {
        double[] wanted =
                Arrays.stream(padded.split(" "))
                        .filter(word -> !word.isEmpty())
                        .mapToDouble(Double::parseDouble)
                        .toArray();
        assertThat(result(new Pad(mode), row(1, 2, 3), indices(before, after)))
                .isEqualTo(row(wanted));
    }

    @Test
    void padTakesAValueAndAxes() {
        NdArray data = counting(2, 2);
        NdArray nine = NdArray.scalar(ElementType.FLOAT32, 9);
        assertThat(result(new Pad(Pad.Mode.CONSTANT), data, indices(1, 0, 0, 1), nine))
                .isEqualTo(floats(shape(3, 3), 9, 9, 9, 0, 1, 9, 2, 3, 9));
        assertThat(result(new Pad(Pad.Mode.EDGE), data, indices(1, 0), null, indices(-1)))
                .isEqualTo(floats(shape(2, 3), 0, 0, 1, 2, 2, 3));
        assertThat(result(new Pad(Pad.Mode.REFLECT), row(5), indices(1, 2)))
                .isEqualTo(row(5, 5, 5, 5));
        NdArray empty = floats(shape(0, 2));
        assertThat(result(new Pad(Pad.Mode.CONSTANT), empty, indices(1, 0, 0, 0)))
                .isEqualTo(floats(shape(1, 2), 0, 0));
    }

    /** ONNX's documentation's example, of which each channel shows its place. */
    @Test
    void depthBecomesSpaceAndBack() {
        double[] planes = new double[8 * 2 * 3];
        Arrays.setAll(planes, i -> i / 6 * 9 + i % 6);
        NdArray data = floats(shape(1, 8, 2, 3), planes);
        NdArray rows = result(new DepthToSpace(2, false), data);
        assertThat(rows.shape()).containsExactly(1, 2, 4, 6);
        assertThat(Arrays.copyOf(rows.toDoubles(), 12))
                .containsExactly(0, 18, 1, 19, 2, 20, 36, 54, 37, 55, 38, 56);
        NdArray columns = result(new DepthToSpace(2, true), data);
        assertThat(Arrays.copyOf(columns.toDoubles(), 12))
                .containsExactly(0, 9, 1, 10, 2, 11, 18, 27, 19, 28, 20, 29);
        assertThat(result(new SpaceToDepth(2), rows)).isEqualTo(data);
        assertThat(result(new SpaceToDepth(2), floats(shape(1, 0, 2, 2))).shape())
                .containsExactly(1, 0, 1, 1);
        assertThat(result(new DepthToSpace(2, true), floats(shape(0, 4, 1, 1))).shape())
                .containsExactly(0, 1, 2, 2);
    }

    @Test
    void gatherElementsLooksUpAlongAnAxis() {
        NdArray data = floats(shape(2, 3), 1, 2, 3, 4, 5, 6);
        NdArray places = NdArray.ofLongs(ElementType.INT64, new long[] {2, -3, 0, 1}, 2, 2);
        assertThat(result(new GatherElements(1), data, places))
                .isEqualTo(floats(shape(2, 2), 3, 1, 4, 5));
    }

    @Test
    void gatherNdLooksUpRows() {
        NdArray data = counting(2, 2, 2);
        NdArray rows = NdArray.ofLongs(ElementType.INT64, new long[] {0, 1, -1, 0}, 2, 2);
        assertThat(result(new GatherNd(0), data, rows)).isEqualTo(floats(shape(2, 2), 2, 3, 4, 5));
        NdArray batches = NdArray.ofLongs(ElementType.INT64, new long[] {1, 0}, 2, 1);
        assertThat(result(new GatherNd(1), data, batches))
                .isEqualTo(floats(shape(2, 2), 2, 3, 4, 5));
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, '20 1 10 3'",
        "ADD, '30 1 12 3'",
        "MUL, '0 1 20 3'",
        "MIN, '0 1 2 3'",
        "MAX, '20 1 10 3'"
    })
    void scatterPutsUpdatesInPlace(ScatterReduction reduction, String wanted) {
        double[] numbers =
                Arrays.stream(wanted.split(" ")).mapToDouble(Double::parseDouble).toArray();
        NdArray data = row(0, 1, 2, 3);
        NdArray updates = row(10, 10, 20);
        assertThat(result(new ScatterElements(0, reduction), data, indices(2, 0, -4), updates))
                .isEqualTo(row(numbers));
        NdArray rows = NdArray.ofLongs(ElementType.INT64, new long[] {2, 0, 0}, 3, 1);
        assertThat(result(new ScatterNd(reduction), data, rows, updates)).isEqualTo(row(numbers));
        assertThat(
                        result(
                                        new ScatterNd(reduction),
                                        data.cast(ElementType.INT8),
                                        rows,
                                        updates.cast(ElementType.INT8))
                                .toDoubles())
                .isEqualTo(numbers);
    }

    @Test
    void scatterOrdersUnsignedNumbersWithoutASign() {
        NdArray data = NdArray.ofLongs(ElementType.UINT64, new long[] {-1, 5}, 2);
        NdArray updates = NdArray.ofLongs(ElementType.UINT64, new long[] {5, -1}, 2);
        NdArray both = indices(0, 1);
        assertThat(result(new ScatterElements(0, ScatterReduction.MAX), data, both, updates))
                .isEqualTo(NdArray.ofLongs(ElementType.UINT64, new long[] {-1, -1}, 2));
        assertThat(result(new ScatterElements(0, ScatterReduction.MIN), data, both, updates))
                .isEqualTo(NdArray.ofLongs(ElementType.UINT64, new long[] {5, 5}, 2));
    }

    @Test
    void scatterNdPutsWholeSlices() {
        NdArray rows = NdArray.ofLongs(ElementType.INT64, new long[] {-1}, 1, 1);
        assertThat(
                        result(
                                new ScatterNd(ScatterReduction.NONE),
                                counting(2, 3),
                                rows,
                                floats(shape(1, 3), 7, 8, 9)))
                .isEqualTo(floats(shape(2, 3), 0, 1, 2, 7, 8, 9));
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, '1 3 6'",
        "true, false, '0 1 3'",
        "false, true, '6 5 3'",
        "true, true, '5 3 0'"
    })
    void cumulativeSums(boolean exclusive, boolean reverse, String wanted) {
        double[] numbers =
                Arrays.stream(wanted.split(" ")).mapToDouble(Double::parseDouble).toArray();
        CumulativeSum sum = new CumulativeSum(exclusive, reverse);
        NdArray axis = NdArray.scalar(ElementType.INT64, 0);
        assertThat(result(sum, row(1, 2, 3), axis)).isEqualTo(row(numbers));
        assertThat(result(sum, indices(1, 2, 3), axis).toDoubles()).isEqualTo(numbers);
        NdArray columns = result(sum, floats(shape(3, 2), 1, 0, 2, 0, 3, 0), axis);
        assertThat(columns.getDouble(2)).isEqualTo(numbers[1]);
        assertThat(columns.getDouble(3)).isZero();
        NdArray inner = result(sum, floats(shape(1, 3), 1, 2, 3), indices(-1));
        assertThat(inner.toDoubles()).isEqualTo(numbers);
        assertThat(result(sum, floats(shape(0, 2)), axis).count()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "true, 0, '1 2 3 0 5 6'",
        "true, 1, '0 2 3 0 0 6'",
        "true, -1, '1 2 3 4 5 6'",
        "false, 0, '1 0 0 4 5 0'",
        "false, 1, '1 2 0 4 5 6'",
        "false, -1, '0 0 0 4 0 0'",
        "true, 9223372036854775807, '0 0 0 0 0 0'",
        "false, -9223372036854775808, '0 0 0 0 0 0'"
    })
    void trianglesOfAMatrix(boolean upper, long shift, String wanted) {
        double[] numbers =
                Arrays.stream(wanted.split(" ")).mapToDouble(Double::parseDouble).toArray();
        NdArray matrix = floats(shape(2, 3), 1, 2, 3, 4, 5, 6);
        NdArray k = NdArray.ofLongs(ElementType.INT64, new long[] {shift});
        assertThat(result(new Triangle(upper), matrix, k)).isEqualTo(floats(shape(2, 3), numbers));
        assertThat(result(new Triangle(upper), matrix.cast(ElementType.INT16), k).toDoubles())
                .isEqualTo(numbers);
    }

    @Test
    void trianglesNeedNoDiagonal() {
        NdArray matrix = floats(shape(1, 2, 2), 1, 2, 3, 4);
        assertThat(result(new Triangle(true), matrix))
                .isEqualTo(floats(shape(1, 2, 2), 1, 2, 0, 4));
    }

    @Test
    void oneHotMarksTheIndex() {
        NdArray depth = NdArray.scalar(ElementType.FLOAT32, 3);
        assertThat(result(new OneHot(-1), indices(0, -1, 7), depth, row(2, 5)))
                .isEqualTo(floats(shape(3, 3), 5, 2, 2, 2, 2, 5, 2, 2, 2));
        assertThat(result(new OneHot(0), indices(1, 2), depth, row(0, 1)))
                .isEqualTo(floats(shape(3, 2), 0, 0, 1, 0, 0, 1));
    }

    private static Arguments bad(String expected, Operator operator, @Nullable NdArray... inputs) {
        return Arguments.of(operator, inputs, expected);
    }

    static Stream<Arguments> refused() {
        NdArray data = counting(2, 3);
        NdArray huge = indices(Long.MAX_VALUE, 3);
        NdArray values = row(0, 1);
        NdArray one = indices(1);
        return Stream.of(
                bad("axis: 3", new Flatten(3), data),
                bad("missing", new Flatten(0)),
                bad("shape: [4, -1]", new Reshape(false), data, indices(4, -1)),
                bad("shape: [-1, -1]", new Reshape(false), data, indices(-1, -1)),
                bad("shape: [-2, 3]", new Reshape(false), data, indices(-2, 3)),
                bad("shape: [2, 3, 0]", new Reshape(false), data, indices(2, 3, 0)),
                bad("6 elements", new Reshape(false), data, indices(7)),
                bad("elements", new Reshape(false), data, huge),
                bad("shape", new Reshape(false), data, values),
                bad("shape", new Reshape(false), data),
                bad("[0, -1]", new Reshape(true), floats(shape(0)), indices(0, -1)),
                bad("perm", new Transposition(List.of(0)), data),
                bad("perm", new Transposition(List.of(0, 0)), data),
                bad("perm", new Transposition(List.of(0, 2)), data),
                bad("axes: 1", new Squeeze(), data, indices(1)),
                bad("axes: 2", new Squeeze(), data, indices(2)),
                bad("axes", new Unsqueeze(), data, indices(0, 0)),
                bad("axes: 4", new Unsqueeze(), data, indices(0, 4)),
                bad("axes", new Unsqueeze(), data),
                bad("shape: [2, 2]", new Expand(), data, indices(2, 2)),
                bad("size", new Expand(), row(1), indices(-1)),
                bad("elements", new Expand(), row(1), indices(1L << 40, 1L << 40)),
                bad("repeats: [1]", new Tile(), data, indices(1)),
                bad("repeats", new Tile(), data, indices(-1, 1)),
                bad("repeats", new Tile(), data, indices(Long.MAX_VALUE, 1)),
                bad("axis: 2", new Concat(2), data),
                bad("input 1", new Concat(0), data, counting(2, 2)),
                bad("input 1", new Concat(0), data, counting(2)),
                bad("int64", new Concat(0), row(1), indices(1)),
                bad("missing", new Concat(0), row(1), null),
                bad("split", new Split(1, 0), data, indices(1, 1)),
                bad("split", new Split(1, 0), data, indices(4, -1)),
                bad("num_outputs", new Split(1, 5), data),
                bad("starts", new Slice(), data, indices(0), indices(1, 1)),
                bad("starts", new Slice(), data, indices(0, 0, 0), indices(1, 1, 1)),
                bad("starts", new Slice(), data, indices(0), indices(1), indices(0, 1)),
                bad(
                        "each axis once",
                        new Slice(),
                        data,
                        indices(0, 0),
                        indices(1, 1),
                        indices(0, -2)),
                bad("steps: 0", new Slice(), data, indices(0), indices(1), indices(0), indices(0)),
                bad("steps", new Slice(), data, indices(0), indices(1), indices(0), indices(1, 1)),
                bad("indices: 2", new Gather(0), data, indices(2)),
                bad("indices", new Gather(0), data, row(0)),
                bad("axis", new Gather(2), data, indices(0)),
                bad("pads", new Pad(Pad.Mode.EDGE), data, indices(1, 1)),
                bad("pads", new Pad(Pad.Mode.EDGE), data, indices(0, 0, -3, 0)),
                bad("pads", new Pad(Pad.Mode.EDGE), floats(shape(0)), indices(0, 1)),
                bad("constant_value", new Pad(Pad.Mode.CONSTANT), row(1), indices(0, 1), values),
                bad("constant_value", new Pad(Pad.Mode.CONSTANT), row(1), indices(0, 1), one),
                bad("thousands", new Pad(Pad.Mode.WRAP), data, indices(900, 900, 900, 900)),
                bad("blocksize: 2", new DepthToSpace(2, true), counting(1, 6, 1, 1)),
                bad("blocksize: 0", new DepthToSpace(0, true), counting(1, 6, 1, 1)),
                bad("blocksize: 2", new SpaceToDepth(2), counting(1, 1, 2, 3)),
                bad("rank 4", new SpaceToDepth(1), data),
                bad("indices", new GatherElements(0), data, indices(0)),
                bad("indices: 2", new GatherElements(0), row(1, 2), indices(2)),
                bad("batch_dims", new GatherNd(2), data, indices(0)),
                bad("indices", new GatherNd(0), data, indices(0, 0, 0)),
                bad("updates", new ScatterElements(0, ScatterReduction.ADD), row(1), one, values),
                bad("updates", new ScatterNd(ScatterReduction.ADD), row(1), one, values),
                bad("rows", new ScatterNd(ScatterReduction.ADD), row(1), indices(0, 0), values),
                bad("bool", new CumulativeSum(true, true), data.cast(ElementType.BOOL), one),
                bad("axis: 2", new CumulativeSum(true, true), data, indices(2)),
                bad("axis", new CumulativeSum(true, true), data, indices(0, 1)),
                bad("rank 2", new Triangle(true), row(1)),
                bad("k:", new Triangle(true), data, indices(1, 2)),
                bad("depth", new OneHot(0), one, indices(-1), values),
                bad("values", new OneHot(0), one, one, row(1, 2, 3)),
                bad("axis: 3", new OneHot(3), one, one, values));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithArgumentAndRule(Operator operator, NdArray[] inputs, String expected) {
        assertThatThrownBy(() -> result(operator, inputs))
                .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void splitRefusesOutputsThatDoNotDivideTheAxis() {
        assertThatThrownBy(() -> results(new Split(1, 0), 2, counting(2, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("size 3");
        assertThatThrownBy(() -> results(new Split(0, 4), 4, counting(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("num_outputs: 4");
    }
}
