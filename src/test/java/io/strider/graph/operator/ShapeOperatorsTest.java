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

/** Shapes, constants, ranges, casts. */
class ShapeOperatorsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 2147483647, '2 3 4'",
        "1, 2147483647, '3 4'",
        "-1, 9, '4'",
        "0, -1, '2 3'",
        "-9, 1, '2'",
        "2, 1, ''",
        "9, 9, ''"
    })
    void shapeTellsSizes(long start, long end, String wanted) {
        long[] sizes =
                Arrays.stream(wanted.split(" "))
                        .filter(word -> !word.isEmpty())
                        .mapToLong(Long::parseLong)
                        .toArray();
        assertThat(result(new Shape(start, end), counting(2, 3, 4))).isEqualTo(indices(sizes));
        assertThat(new Shape(start, end).evaluate(List.of(counting(2, 3, 4)), 1))
                .containsExactly(indices(sizes));
    }

    @Test
    void sizeCountsElements() {
        assertThat(result(new Size(), counting(2, 3)).getLong(0)).isEqualTo(6);
        assertThat(new Size().evaluate(List.of(floats(shape(), 1)), 1).get(0).rank()).isZero();
    }

    @Test
    void constantsAreThemselves() {
        Constant constant = new Constant(indices(4, 5));
        assertThat(result(constant)).isEqualTo(indices(4, 5));
        assertThat(constant.evaluate(List.of(), 1)).containsExactly(indices(4, 5));
    }

    @Test
    void constantOfShapeRepeatsItsValue() {
        NdArray three = NdArray.ofLongs(ElementType.INT8, new long[] {3}, 1);
        assertThat(result(new ConstantOfShape(three), indices(2, 1)))
                .isEqualTo(NdArray.ofLongs(ElementType.INT8, new long[] {3, 3}, 2, 1));
        assertThat(result(new ConstantOfShape(row(1)), indices())).isEqualTo(floats(shape(), 1));
        assertThat(result(new ConstantOfShape(row(1)), indices(0, 4)).shape())
                .containsExactly(0, 4);
    }

    private static NdArray whole(long value) {
        return NdArray.ofLongs(ElementType.INT32, new long[] {value});
    }

    private static NdArray number(double value) {
        return NdArray.scalar(ElementType.FLOAT32, value);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 5, 2, '1 3'",
        "10, 4, -3, '10 7'",
        "3, 3, 1, ''",
        "4, 3, 1, ''",
        "0, 3, 1, '0 1 2'"
    })
    void rangeCounts(long start, long limit, long delta, String wanted) {
        double[] numbers =
                Arrays.stream(wanted.split(" "))
                        .filter(word -> !word.isEmpty())
                        .mapToDouble(Double::parseDouble)
                        .toArray();
        Range range = new Range();
        assertThat(result(range, whole(start), whole(limit), whole(delta)).toDoubles())
                .isEqualTo(numbers);
        assertThat(result(range, number(start), number(limit), number(delta)))
                .isEqualTo(row(numbers));
    }

    @Test
    void rangeOfFractions() {
        assertThat(result(new Range(), number(0), number(1), number(0.25)))
                .isEqualTo(row(0, 0.25, 0.5, 0.75));
    }

    @Test
    void castConverts() {
        NdArray data = row(-1.7, 0, 2.5, 300);
        assertThat(result(new Cast(ElementType.UINT8), data))
                .isEqualTo(NdArray.ofLongs(ElementType.UINT8, new long[] {255, 0, 2, 44}, 4));
        assertThat(result(new Cast(ElementType.BOOL), data))
                .isEqualTo(NdArray.ofLongs(ElementType.BOOL, new long[] {1, 0, 1, 1}, 4));
        assertThat(result(new Cast(null), indices(3, 4), row(0))).isEqualTo(row(3, 4));
        assertThat(new Cast(null).name()).isEqualTo("CastLike");
        assertThat(new Cast(ElementType.BOOL).name()).isEqualTo("Cast");
    }

    @Test
    void dropoutDropsNothing() {
        NdArray data = row(1, 2);
        List<NdArray> both = results(new Dropout(), 2, data, number(0.5));
        assertThat(both.get(0)).isEqualTo(data);
        assertThat(both.get(1)).isEqualTo(NdArray.ofLongs(ElementType.BOOL, new long[] {1, 1}, 2));
        NdArray no = NdArray.scalar(ElementType.BOOL, 0);
        NdArray yes = NdArray.scalar(ElementType.BOOL, 1);
        assertThat(result(new Dropout(), data, null, no)).isEqualTo(data);
        assertThat(result(new Dropout(), data, number(0), yes)).isEqualTo(data);
    }

    private static Arguments bad(String expected, Operator operator, @Nullable NdArray... inputs) {
        return Arguments.of(operator, inputs, expected);
    }

    static Stream<Arguments> refused() {
        NdArray yes = NdArray.scalar(ElementType.BOOL, 1);
        NdArray least = NdArray.ofLongs(ElementType.INT64, new long[] {Long.MIN_VALUE});
        NdArray most = NdArray.ofLongs(ElementType.INT64, new long[] {Long.MAX_VALUE});
        NdArray one = NdArray.ofLongs(ElementType.INT64, new long[] {1});
        return Stream.of(
                bad("missing", new Shape(0, 9)),
                bad("missing", new Size()),
                bad("sizes", new ConstantOfShape(row(1)), indices(-1)),
                bad("elements", new ConstantOfShape(row(1)), indices(1L << 40, 1L << 40)),
                bad("integers", new ConstantOfShape(row(1)), row(1)),
                bad("delta", new Range(), whole(1), whole(2), whole(0)),
                bad("delta", new Range(), yes, yes, yes),
                bad("limit", new Range(), whole(1), number(2), whole(1)),
                bad("numbers", new Range(), one, most, one),
                bad("overflow", new Range(), least, most, one),
                bad("numbers", new Range(), number(0), number(1), number(1e-30)),
                bad("start", new Range(), row(1, 2), number(1), number(1)),
                bad("target_type", new Cast(null), row(1)),
                bad("training_mode", new Dropout(), row(1), null, yes),
                bad("training_mode", new Dropout(), row(1), number(0.5), yes));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithArgumentAndRule(Operator operator, NdArray[] inputs, String expected) {
        assertThatThrownBy(() -> result(operator, inputs))
                .isInstanceOfAny(IllegalArgumentException.class, ArithmeticException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void constantOfShapeRefusesManyValues() {
        assertThatThrownBy(() -> new ConstantOfShape(row(1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value: 2 elements");
    }
}
