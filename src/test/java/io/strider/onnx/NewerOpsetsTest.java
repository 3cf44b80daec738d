package io.strider.onnx;

import static io.strider.onnx.OnnxBuilder.integer;
import static io.strider.onnx.OnnxBuilder.ints;
import static io.strider.onnx.OnnxBuilder.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.strider.graph.Session;
import io.strider.graph.Value;
import io.strider.tensor.NdArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What came after the operator set that the packaged node tests end with: whole models, read from
 * bytes and computed in sessions, against formulas of the standard written out here.
 */
class NewerOpsetsTest {
    private static final long SEED = 18;

    /** Some hundred units in the last place of values below 10, of sums of a dozen terms. */
    private static final double CLOSE = 1e-5;

    private final SplittableRandom random = new SplittableRandom(SEED);

    private float[] numbers(int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (random.nextDouble() * 8 - 4);
        }
        return numbers;
    }

    private static OnnxBuilder model(long opset, Object... dims) {
        return new OnnxBuilder().opset(opset).input("x", dims);
    }

    /** The outputs of a model with one input. */
    private static Map<String, Value> run(OnnxBuilder model, float[] x, Arena arena, long... shape)
            throws IOException {
        try (OnnxNetwork network = OnnxNetwork.load(model.toBytes());
                Session session = Session.of(network.graph())) {
            NdArray input = NdArray.ofFloats(x, shape);
            return session.run(Map.of("x", new Value.Floats(input.toTensor(arena))), arena);
        }
    }

    private static NdArray only(OnnxBuilder model, float[] x, long... shape) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            return run(model.output("y"), x, arena, shape).get("y").array();
        }
    }

    private static void assertClose(NdArray actual, double[] expected, long... shape) {
        assertThat(actual.shape()).as("shape").containsExactly(shape);
        double[] values = actual.toDoubles();
        for (int i = 0; i < expected.length; i++) {
            assertThat(values[i])
                    .as("element %s, seed %s", i, SEED)
                    .isCloseTo(expected[i], within(CLOSE * Math.max(1, Math.abs(expected[i]))));
        }
    }

    private void assertEach(OnnxBuilder model, DoubleUnaryOperator function) throws IOException {
        float[] x = numbers(1 * 3 * 5 * 7);
        double[] expected = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            expected[i] = function.applyAsDouble(x[i]);
        }
        assertClose(only(model, x, 1, 3, 5, 7), expected, 1, 3, 5, 7);
    }

    /** By Simpson's rule: 2/√π ∫ exp(−t²) from 0 to x. */
    private static double erf(double x) {
        int steps = 2000;
        double step = x / steps;
        double sum = 1 + Math.exp(-x * x);
        for (int i = 1; i < steps; i++) {
            sum += (i % 2 == 0 ? 2 : 4) * Math.exp(-(i * step) * (i * step));
        }
        return 2 / Math.sqrt(Math.PI) * sum * step / 3;
    }

    @ParameterizedTest
    @ValueSource(longs = {18, 22, 23})
    void mish(long opset) throws IOException {
        OnnxBuilder model = model(opset, 1, 3, 5, 7).node("Mish", List.of("x"), List.of("y"));
        assertEach(model, x -> x * Math.tanh(Math.log1p(Math.exp(x))));
    }

    @ParameterizedTest
    @ValueSource(longs = {20, 21, 22, 23})
    void gelu(long opset) throws IOException {
        OnnxBuilder exact = model(opset, 1, 3, 5, 7).node("Gelu", List.of("x"), List.of("y"));
        assertEach(exact, x -> x / 2 * (1 + erf(x / Math.sqrt(2))));
        OnnxBuilder fast =
                model(opset, 1, 3, 5, 7)
                        .node("Gelu", List.of("x"), List.of("y"), text("approximate", "tanh"));
        double root = Math.sqrt(2 / Math.PI);
        assertEach(fast, x -> x / 2 * (1 + Math.tanh(root * (x + 0.044715 * x * x * x))));
    }

    @ParameterizedTest
    @ValueSource(longs = {18, 22})
    void lpPool(long opset) throws IOException {
        OnnxBuilder model =
                model(opset, 1, 2, 5, 8)
                        .node(
                                "LpPool",
                                List.of("x"),
                                List.of("y"),
                                integer("p", 3),
                                ints("kernel_shape", 2, 3),
                                ints("strides", 1, 2),
                                ints("dilations", 2, 1),
                                ints("pads", 0, 1, 1, 0));
        float[] x = numbers(2 * 5 * 8);
        int rows = (5 + 1 - 3) + 1;
        int columns = (8 + 1 - 3) / 2 + 1;
        double[] expected = new double[2 * rows * columns];
        int at = 0;
        for (int c = 0; c < 2; c++) {
            for (int oy = 0; oy < rows; oy++) {
                for (int ox = 0; ox < columns; ox++) {
                    double sum = 0;
                    for (int ky = 0; ky < 2; ky++) {
                        for (int kx = 0; kx < 3; kx++) {
                            int iy = oy + 2 * ky;
                            int ix = 2 * ox + kx - 1;
                            if (iy < 5 && ix >= 0 && ix < 8) {
                                sum += Math.pow(Math.abs(x[(c * 5 + iy) * 8 + ix]), 3);
                            }
                        }
                    }
                    expected[at++] = Math.cbrt(sum);
                }
            }
        }
        assertClose(only(model, x, 1, 2, 5, 8), expected, 1, 2, rows, columns);
    }

    @Test
    void col2Im() throws IOException {
        int height = 5;
        int width = 7;
        int rows = (height + 1 - 2) / 2 + 1;
        int columns = (width + 2 - 3) / 2 + 1;
        OnnxBuilder model =
                model(18, 1, 2 * 6, rows * columns)
                        .initializer("image", new long[] {height, width}, 2)
                        .initializer("block", new long[] {2, 3}, 2)
                        .node(
                                "Col2Im",
                                List.of("x", "image", "block"),
                                List.of("y"),
                                ints("strides", 2, 2),
                                ints("pads", 1, 1, 0, 1));
        float[] x = numbers(2 * 6 * rows * columns);
        double[] expected = new double[2 * height * width];
        int at = 0;
        for (int c = 0; c < 2; c++) {
            for (int ky = 0; ky < 2; ky++) {
                for (int kx = 0; kx < 3; kx++) {
                    for (int oy = 0; oy < rows; oy++) {
                        for (int ox = 0; ox < columns; ox++, at++) {
                            int iy = 2 * oy + ky - 1;
                            int ix = 2 * ox + kx - 1;
                            if (iy >= 0 && iy < height && ix >= 0 && ix < width) {
                                expected[(c * height + iy) * width + ix] += x[at];
                            }
                        }
                    }
                }
            }
        }
        assertClose(only(model, x, 1, 2 * 6, (long) rows * columns), expected, 1, 2, height, width);
    }

    @ParameterizedTest
    @ValueSource(longs = {18, 22})
    void lpNormalization(long opset) throws IOException {
        OnnxBuilder model =
                model(opset, 2, 3, 4)
                        .node(
                                "LpNormalization",
                                List.of("x"),
                                List.of("y"),
                                integer("axis", 1),
                                integer("p", 1));
        float[] x = numbers(2 * 3 * 4);
        double[] expected = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int first = i / 12 * 12 + i % 4;
            double sum = 0;
            for (int k = 0; k < 3; k++) {
                sum += Math.abs(x[first + 4 * k]);
            }
            expected[i] = x[i] / sum;
        }
        assertClose(only(model, x, 2, 3, 4), expected, 2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReduceMean", "ReduceL1", "ReduceL2", "ReduceMax", "ReduceMin"})
    void reductionsTakeAxesAsAnInput(String operator) throws IOException {
        OnnxBuilder model =
                model(18, 2, 3, 4)
                        .initializer("axes", new long[] {-1, 0}, 2)
                        .node(operator, List.of("x", "axes"), List.of("y"), integer("keepdims", 0));
        float[] x = numbers(2 * 3 * 4);
        double[] expected = new double[3];
        for (int i = 0; i < 3; i++) {
            double[] of = new double[8];
            for (int k = 0; k < 8; k++) {
                of[k] = x[k / 4 * 12 + i * 4 + k % 4];
            }
            var stream = Arrays.stream(of);
            expected[i] =
                    switch (operator) {
                        case "ReduceMean" -> stream.sum() / 8;
                        case "ReduceL1" -> stream.map(Math::abs).sum();
                        case "ReduceL2" -> Math.sqrt(stream.map(v -> v * v).sum());
                        case "ReduceMax" -> stream.max().orElseThrow();
                        default -> stream.min().orElseThrow();
                    };
        }
        assertClose(only(model, x, 2, 3, 4), expected, 3);
    }

    @Test
    void splitIntoANumberOfParts() throws IOException {
        OnnxBuilder model =
                model(18, 2, 7)
                        .node(
                                "Split",
                                List.of("x"),
                                List.of("a", "b", "c"),
                                integer("axis", 1),
                                integer("num_outputs", 3))
                        .output("a")
                        .output("b")
                        .output("c");
        float[] x = numbers(14);
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Value> parts = run(model, x, arena, 2, 7);
            assertClose(
                    parts.get("a").array(),
                    new double[] {x[0], x[1], x[2], x[7], x[8], x[9]},
                    2,
                    3);
            assertClose(
                    parts.get("b").array(),
                    new double[] {x[3], x[4], x[5], x[10], x[11], x[12]},
                    2,
                    3);
            assertClose(parts.get("c").array(), new double[] {x[6], x[13]}, 2, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {18, 19, 21, 23})
    void padSomeAxes(long opset) throws IOException {
        OnnxBuilder model =
                model(opset, 2, 3)
                        .initializer("pads", new long[] {2, 1}, 2)
                        .initializer("value", new float[] {9}, 1)
                        .initializer("axes", new long[] {-1}, 1)
                        .node("Pad", List.of("x", "pads", "value", "axes"), List.of("y"));
        float[] x = numbers(6);
        assertClose(
                only(model, x, 2, 3),
                new double[] {9, 9, x[0], x[1], x[2], 9, 9, 9, x[3], x[4], x[5], 9},
                2,
                6);
    }

    @Test
    void groupNormalization() throws IOException {
        float[] scale = {2, -1, 0.5f, 3};
        float[] bias = {0, 1, -1, 2};
        OnnxBuilder model =
                model(21, 1, 4, 3, 2)
                        .initializer("scale", scale, 4)
                        .initializer("bias", bias, 4)
                        .node(
                                "GroupNormalization",
                                List.of("x", "scale", "bias"),
                                List.of("y"),
                                integer("num_groups", 2));
        float[] x = numbers(24);
        double[] expected = new double[24];
        for (int i = 0; i < 24; i++) {
            int group = i / 12;
            double mean = 0;
            for (int k = 0; k < 12; k++) {
                mean += x[group * 12 + k] / 12.0;
            }
            double variance = 0;
            for (int k = 0; k < 12; k++) {
                variance += (x[group * 12 + k] - mean) * (x[group * 12 + k] - mean) / 12;
            }
            int channel = i / 6;
            expected[i] =
                    (x[i] - mean) / Math.sqrt(variance + 1e-5) * scale[channel] + bias[channel];
        }
        assertClose(only(model, x, 1, 4, 3, 2), expected, 1, 4, 3, 2);
    }

    @Test
    void whatIsNewerThanKnownIsRefused() {
        byte[] newer = model(24, 1, 3).node("Relu", List.of("x"), List.of("y")).toBytes();
        assertThatThrownBy(() -> OnnxNetwork.load(newer))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("operator set: version 24")
                .hasMessageContaining("23");
    }
}
