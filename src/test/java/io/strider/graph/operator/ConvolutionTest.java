package io.strider.graph.operator;

import static io.strider.graph.operator.SmallArrays.at;
import static io.strider.graph.operator.SmallArrays.atOr;
import static io.strider.graph.operator.SmallArrays.counting;
import static io.strider.graph.operator.SmallArrays.floats;
import static io.strider.graph.operator.SmallArrays.random;
import static io.strider.graph.operator.SmallArrays.result;
import static io.strider.graph.operator.SmallArrays.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.conv.Activation;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutions by their definition. */
class ConvolutionTest {
    private static final SlidingWindow PLAIN = SlidingWindow.of();

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT64", "FLOAT16"})
    void isTheSumOverTheWindow(ElementType type) {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            long groups = 1 + random.nextInt(3);
            long perGroup = 1 + random.nextInt(3);
            long outputs = groups * (1 + random.nextInt(2));
            long kernelHeight = 1 + random.nextInt(3);
            long kernelWidth = 1 + random.nextInt(4);
            long[] stride = {1 + random.nextInt(3), 1 + random.nextInt(2)};
            long[] dilation = {1 + random.nextInt(2), 1 + random.nextInt(3)};
            long[] pads = {
                random.nextInt(3), random.nextInt(4), random.nextInt(2), random.nextInt(3)
            };
            NdArray x = random(random, type, random.nextInt(3), groups * perGroup, 7, 10);
            NdArray weight = random(random, type, outputs, perGroup, kernelHeight, kernelWidth);
            NdArray bias = random.nextBoolean() ? random(random, type, outputs) : null;
            SlidingWindow window =
                    SlidingWindow.of(kernelHeight, kernelWidth)
                            .withStrides(stride)
                            .withDilations(dilation)
                            .withPads(pads);
            NdArray y = result(new Convolution(window, groups), x, weight, bias);
            long outHeight =
                    (7 + pads[0] + pads[2] - dilation[0] * (kernelHeight - 1) - 1) / stride[0] + 1;
            long outWidth =
                    (10 + pads[1] + pads[3] - dilation[1] * (kernelWidth - 1) - 1) / stride[1] + 1;
            assertThat(y.shape())
                    .as("seed %s", seed)
                    .containsExactly(x.size(0), outputs, outHeight, outWidth);
            for (long n = 0; n < x.size(0); n++) {
                for (long o = 0; o < outputs; o++) {
                    for (long p = 0; p < outHeight * outWidth; p++) {
                        long row = p / outWidth;
                        long column = p % outWidth;
                        double sum = bias == null ? 0 : bias.getDouble((int) o);
                        for (long c = 0; c < perGroup; c++) {
                            for (long t = 0; t < kernelHeight * kernelWidth; t++) {
                                long i = t / kernelWidth;
                                long j = t % kernelWidth;
                                long h = row * stride[0] + i * dilation[0] - pads[0];
                                long w = column * stride[1] + j * dilation[1] - pads[1];
                                long channel = o / (outputs / groups) * perGroup + c;
                                sum += atOr(x, 0.0, n, channel, h, w) * at(weight, o, c, i, j);
                            }
                        }
                        assertThat(at(y, n, o, row, column)).as("seed %s", seed).isEqualTo(sum);
                    }
                }
            }
        }
    }

    @Test
    void hasOneDimension() {
        NdArray x = floats(shape(1, 1, 5), 1, 2, 3, 4, 5);
        NdArray weight = floats(shape(1, 1, 3), 1, 0, -1);
        assertThat(result(new Convolution(PLAIN, 1), x, weight))
                .isEqualTo(floats(shape(1, 1, 3), -2, -2, -2));
        assertThat(
                        result(
                                new Convolution(PLAIN.withPads(2, 0).withStrides(2), 1),
                                x,
                                weight,
                                floats(shape(1), 10)))
                .isEqualTo(floats(shape(1, 1, 3), 9, 8, 8));
    }

    @Test
    void hasThreeDimensions() {
        NdArray x = counting(1, 1, 2, 3, 3);
        NdArray weight = floats(shape(1, 1, 2, 2, 2), 1, 0, 0, 0, 0, 0, 0, 100);
        assertThat(result(new Convolution(PLAIN, 1), x, weight))
                .isEqualTo(floats(shape(1, 1, 1, 2, 2), 1300, 1401, 1603, 1704));
    }

    @Test
    void padsByRuleSoThatTheOutputIsTheInputByTheStride() {
        NdArray x = floats(shape(1, 1, 1, 5), 1, 2, 3, 4, 5);
        NdArray weight = floats(shape(1, 1, 1, 2), 1, 10);
        SlidingWindow ignored = SlidingWindow.of().withPads(0, 3, 0, 3);
        assertThat(
                        result(
                                new Convolution(ignored.withPadding(AutoPadding.SAME_UPPER), 1),
                                x,
                                weight))
                .isEqualTo(floats(shape(1, 1, 1, 5), 21, 32, 43, 54, 5));
        assertThat(
                        result(
                                new Convolution(ignored.withPadding(AutoPadding.SAME_LOWER), 1),
                                x,
                                weight))
                .isEqualTo(floats(shape(1, 1, 1, 5), 10, 21, 32, 43, 54));
        assertThat(result(new Convolution(ignored.withPadding(AutoPadding.VALID), 1), x, weight))
                .isEqualTo(floats(shape(1, 1, 1, 4), 21, 32, 43, 54));
    }

    @Test
    void addsAResidualAndThenActivates() {
        NdArray x = floats(shape(1, 1, 1, 4), -8, -3, 2, 9);
        NdArray weight = floats(shape(1, 1, 1, 1), 1);
        NdArray bias = floats(shape(1), 1);
        NdArray residual = floats(shape(1, 1, 1, 4), 1, 3, 1, 1);
        Convolution plain = new Convolution(PLAIN, 1);
        assertThat(result(plain, x, weight, bias, residual).toDoubles())
                .containsExactly(-6, 1, 4, 11);
        assertThat(result(plain, x, weight, null, residual).toDoubles())
                .containsExactly(-7, 0, 3, 10);
        assertThat(
                        result(plain.withActivation(Activation.RELU6), x, weight, bias, residual)
                                .toDoubles())
                .containsExactly(0, 1, 4, 6);
        NdArray hard =
                result(plain.withActivation(Activation.HARD_SWISH), x, weight, bias, residual);
        assertThat(hard).isEqualTo(floats(shape(1, 1, 1, 4), -0.0, 4.0 / 6, 4, 11));
        NdArray silu = result(plain.withActivation(Activation.SILU), x, weight, bias, residual);
        assertThat(silu.getDouble(1)).isEqualTo((float) (1 / (1 + Math.exp(-1))));
    }

    @Test
    void refusesWhatDoesNotFit() {
        NdArray x = counting(2, 4, 5, 6);
        Convolution one = new Convolution(PLAIN, 1);
        refused(one, "X: missing", (NdArray) null);
        refused(one, "W: missing", x);
        refused(one, "X: int64", NdArray.ofIndices(1));
        refused(one, "X: shape [2, 4] (expected: N×C and", counting(2, 4), counting(1, 4));
        refused(
                one,
                "W: float64 (expected: float32)",
                x,
                counting(1, 4, 1, 1).cast(ElementType.FLOAT64));
        refused(one, "as many dimensions as X", x, counting(1, 4, 1));
        refused(one, "second size 4", x, counting(1, 3, 1, 1));
        refused(new Convolution(PLAIN, 0), "group: 0", x, counting(1, 4, 1, 1));
        refused(new Convolution(PLAIN, 3), "group: 3", x, counting(3, 1, 1, 1));
        refused(new Convolution(PLAIN, 2), "2 groups)", x, counting(2, 4, 1, 1));
        refused(new Convolution(PLAIN, 2), "outputs of W", x, counting(3, 2, 1, 1));
        refused(one, "B: shape [3] (expected: [2])", x, counting(2, 4, 1, 1), counting(3));
        refused(
                one,
                "residual: shape [2, 2, 5, 5] (expected: [2, 2, 5, 6])",
                x,
                counting(2, 4, 1, 1),
                null,
                counting(2, 2, 5, 5));
        NdArray weight = counting(2, 4, 3, 2);
        refused(
                new Convolution(SlidingWindow.of(2, 3), 1),
                "kernel_shape: [2, 3] (expected: that of the weights, [3, 2])",
                x,
                weight);
        refused(
                new Convolution(SlidingWindow.of(3), 1),
                "kernel_shape: [3] (expected: 2 numbers)",
                x,
                weight);
        refused(new Convolution(PLAIN.withStrides(1), 1), "strides: [1] (expected: 2", x, weight);
        refused(new Convolution(PLAIN.withStrides(1, 0), 1), "stride: 0", x, weight);
        refused(new Convolution(PLAIN.withDilations(1, 1, 1), 1), "dilations: ", x, weight);
        refused(new Convolution(PLAIN.withPads(1, 1), 1), "pads: [1, 1] (expected: 4", x, weight);
        refused(new Convolution(PLAIN.withPads(0, -1, 0, 0), 1), "pads: -1", x, weight);
        refused(new Convolution(PLAIN.withDilations(3, 1), 1), "cover 7", x, weight);
        long huge = 1L << 60;
        refused(new Convolution(PLAIN.withPads(huge, huge, huge, huge), 1), "elements", x, weight);
    }

    private static void refused(Convolution operator, String message, NdArray... inputs) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(operator, inputs))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void takesSizesOfZero(long batch) {
        Convolution one = new Convolution(PLAIN, 1);
        assertThat(result(one, counting(batch, 0, 3, 4), counting(2, 0, 1, 2), counting(2)))
                .isEqualTo(
                        batch == 0
                                ? counting(0, 2, 3, 3)
                                : floats(
                                        shape(1, 2, 3, 3),
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        0,
                                        1,
                                        1,
                                        1,
                                        1,
                                        1,
                                        1,
                                        1,
                                        1,
                                        1));
        assertThat(result(one, counting(batch, 2, 3, 4), counting(0, 2, 1, 2)).shape())
                .containsExactly(batch, 0, 3, 3);
    }

    @Test
    void areEqualIfTheirAttributesAre() {
        assertThat(new Convolution(SlidingWindow.of(2, 3).withStrides(1, 2), 4))
                .isEqualTo(new Convolution(SlidingWindow.of(2, 3).withStrides(1, 2), 4))
                .isNotEqualTo(new Convolution(SlidingWindow.of(2, 3), 4));
        assertThat(new Convolution(PLAIN, 1).name()).isEqualTo("Conv");
        assertThat(List.of(PLAIN.withCeiling().ceiling(), PLAIN.ceiling()))
                .containsExactly(true, false);
    }
}
