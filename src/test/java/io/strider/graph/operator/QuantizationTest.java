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
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantised values, by examples worked out by hand. */
class QuantizationTest {
    private static NdArray whole(ElementType type, long[] shape, long... values) {
        return NdArray.ofLongs(type, values, shape);
    }

    private static NdArray one(double value) {
        return NdArray.scalar(ElementType.FLOAT32, value);
    }

    @Test
    void halvesGoToTheEvenNumberAndLargeOnesToTheBorder() {
        NdArray data = row(-3, -1, 0, 1, 3, 5, 1e9, -1e9, Double.NaN);
        NdArray zero = NdArray.scalar(ElementType.INT8, -1);
        assertThat(result(new QuantizeLinear(1, 0, null), data, one(2), zero))
                .isEqualTo(whole(ElementType.INT8, shape(9), -3, -1, -1, -1, 1, 1, 127, -128, -1));
        assertThat(result(new QuantizeLinear(1, 0, null), data, one(2)).type())
                .isEqualTo(ElementType.UINT8);
        assertThat(result(new QuantizeLinear(1, 0, ElementType.INT16), row(1e6), one(1)))
                .isEqualTo(whole(ElementType.INT16, shape(1), 32767));
    }

    /** 16777217 is no float32: the quotient is that of float32 numbers. */
    @Test
    void wholeNumbersAreDividedAsFloats() {
        NdArray data = whole(ElementType.INT32, shape(1), 16_777_217);
        assertThat(result(new QuantizeLinear(1, 0, null), data, one(16_777_216 / 2.5f)))
                .isEqualTo(whole(ElementType.UINT8, shape(1), 2));
    }

    @Test
    void scalesOfAnAxis() {
        NdArray data = floats(shape(1, 2, 2), 2, 4, 6, 8);
        NdArray zero = whole(ElementType.UINT8, shape(2), 0, 10);
        NdArray wanted = whole(ElementType.UINT8, shape(1, 2, 2), 1, 2, 11, 12);
        assertThat(result(new QuantizeLinear(-2, 0, null), data, row(2, 4), zero))
                .isEqualTo(whole(ElementType.UINT8, shape(1, 2, 2), 1, 2, 12, 12));
        assertThat(result(new DequantizeLinear(1, 0), wanted, row(2, 4), zero))
                .isEqualTo(floats(shape(1, 2, 2), 2, 4, 4, 8));
        assertThat(result(new DequantizeLinear(1, 0), wanted, one(0.5)))
                .isEqualTo(floats(shape(1, 2, 2), 0.5, 1, 5.5, 6));
    }

    @Test
    void scalesOfBlocks() {
        NdArray data = whole(ElementType.INT8, shape(3, 2), 1, 2, 3, 4, 5, 6);
        // Rows 0 and 1 share a scale, row 2 has its own; each column has others.
        NdArray scale = floats(shape(2, 2), 1, 10, 100, 1000);
        NdArray wanted = floats(shape(3, 2), 1, 20, 3, 40, 500, 6000);
        assertThat(result(new DequantizeLinear(0, 2), data, scale)).isEqualTo(wanted);
        NdArray zero = whole(ElementType.INT8, shape(2, 2), 0, 0, 0, 0);
        assertThat(result(new QuantizeLinear(0, 2, null), wanted, scale, zero)).isEqualTo(data);
    }

    @Test
    void dequantizedNumbersHaveTheScalesType() {
        NdArray half = NdArray.scalar(ElementType.FLOAT16, 0.5);
        NdArray data = whole(ElementType.INT32, shape(1), 3);
        assertThat(result(new DequantizeLinear(1, 0), data, half).type())
                .isEqualTo(ElementType.FLOAT16);
    }

    /** ONNX's documentation's first example. */
    @Test
    void dynamicScalesSuitTheInput() {
        List<NdArray> all = results(new DynamicQuantizeLinear(), 3, row(0, 2, -3, -2.5, 1.34, 0.5));
        assertThat(all.get(0))
                .isEqualTo(whole(ElementType.UINT8, shape(6), 153, 255, 0, 26, 221, 179));
        assertThat(all.get(1).getDouble(0)).isEqualTo(5f / 255);
        assertThat(all.get(2).getLong(0)).isEqualTo(153);
    }

    @Test
    void dynamicScaleOfZeros() {
        List<NdArray> all = results(new DynamicQuantizeLinear(), 3, row(0, 0));
        assertThat(all.get(0).toLongs()).containsExactly(0, 0);
        assertThat(all.get(2).getLong(0)).isZero();
    }

    private static Arguments bad(String expected, Operator operator, @Nullable NdArray... inputs) {
        return Arguments.of(operator, inputs, expected);
    }

    static Stream<Arguments> refused() {
        NdArray data = counting(2, 3);
        NdArray bytes = data.cast(ElementType.INT8);
        NdArray zeros = whole(ElementType.INT8, shape(2), 0, 0);
        NdArray zero = NdArray.scalar(ElementType.INT8, 0);
        return Stream.of(
                bad("x:", new QuantizeLinear(1, 0, null), indices(1), one(1)),
                bad("y_scale", new QuantizeLinear(1, 0, null), data, indices(1)),
                bad("scale", new QuantizeLinear(1, 0, null), data, row(1, 1)),
                bad("axis: 2", new QuantizeLinear(2, 0, null), data, row(1, 1)),
                bad("block_size", new QuantizeLinear(1, -1, null), data, one(1)),
                bad("block of 2", new QuantizeLinear(1, 2, null), data, row(1, 1)),
                bad("y_zero_point", new QuantizeLinear(1, 0, null), data, one(1), zeros),
                bad(
                        "y_zero_point",
                        new QuantizeLinear(1, 0, ElementType.UINT8),
                        data,
                        one(1),
                        zero),
                bad("output: int32", new QuantizeLinear(1, 0, ElementType.INT32), data, one(1)),
                bad("x:", new DequantizeLinear(1, 0), data, one(1)),
                bad("x:", new DequantizeLinear(1, 0), indices(1), one(1)),
                bad("x_scale", new DequantizeLinear(1, 0), bytes, zero),
                bad("x_zero_point", new DequantizeLinear(1, 0), bytes, one(1), zeros),
                bad("x_zero_point", new DequantizeLinear(1, 0), bytes, one(1), one(1)),
                bad("float32", new DynamicQuantizeLinear(), indices(1)));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesWithArgumentAndRule(Operator operator, NdArray[] inputs, String expected) {
        assertThatThrownBy(() -> result(operator, inputs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
    }
}
