package io.strider.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.conv.Activation;
import io.strider.graph.operator.BatchNormalization;
import io.strider.graph.operator.Binary;
import io.strider.graph.operator.Clip;
import io.strider.graph.operator.Convolution;
import io.strider.graph.operator.Dropout;
import io.strider.graph.operator.GlobalAveragePool;
import io.strider.graph.operator.Identity;
import io.strider.graph.operator.Pad;
import io.strider.graph.operator.Reshape;
import io.strider.graph.operator.SlidingWindow;
import io.strider.graph.operator.Transposition;
import io.strider.graph.operator.Unary;
import io.strider.ops.ActivationFunction;
import io.strider.ops.BinaryFunction;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passes change no result, and make of the nodes what they promise. */
class PassesTest {
    private static final int CHANNELS = 4;
    private static final Unary RELU = new Unary(ActivationFunction.Plain.RELU);

    private final Random random = new Random(3);
    private final Graph.Builder builder = Graph.builder();
    private int count;

    private NdArray array(double least, double most, long... shape) {
        int elements = (int) new TensorType(ElementType.FLOAT32, shape).elementCount();
        return NdArray.ofDoubles(
                ElementType.FLOAT32, random.doubles(elements, least, most).toArray(), shape);
    }

    private String constant(NdArray array) {
        String name = "c" + count++;
        builder.constant(name, new Value.Numbers(array));
        return name;
    }

    private String scalar(double value) {
        return constant(NdArray.scalar(ElementType.FLOAT32, value));
    }

    private String node(Operator operator, String... inputs) {
        String output = "v" + count++;
        builder.node(new Node(operator.name() + count, operator, List.of(inputs), List.of(output)));
        return output;
    }

    private String binary(BinaryFunction function, String a, String b) {
        return node(new Binary(function), a, b);
    }

    private String image() {
        builder.input(new GraphInput("x", ElementType.FLOAT32, GraphInput.FREE, CHANNELS, 5, 7));
        return "x";
    }

    /** 3×3, with a padding of 1. */
    private String convolution(String x, boolean bias) {
        String weight = constant(array(-1, 1, CHANNELS, CHANNELS, 3, 3));
        Convolution operator = new Convolution(SlidingWindow.of(3, 3).withPads(1, 1, 1, 1), 1);
        return bias
                ? node(operator, x, weight, constant(array(-1, 1, CHANNELS)))
                : node(operator, x, weight);
    }

    private String normalization(String x) {
        return node(
                new BatchNormalization(1e-3, 0.9, false),
                x,
                constant(array(0.5, 1.5, CHANNELS)),
                constant(array(-1, 1, CHANNELS)),
                constant(array(-1, 1, CHANNELS)),
                constant(array(0.5, 2, CHANNELS)));
    }

    /**
     * Runs the graph before and after the passes, plainly and in a session, and gives it as the
     * passes leave it. Every result stays within 1e-5 of the largest: weights are rounded anew,
     * once, and some sums are taken in another order.
     */
    private Graph checked(String... outputs) {
        for (String output : outputs) {
            builder.output(output);
        }
        Graph graph = builder.build();
        try (Arena arena = Arena.ofShared()) {
            Graph after = Passes.applyTo(graph, arena);
            for (int batch = 1; batch <= 3; batch += 2) {
                Map<String, NdArray> inputs = Map.of("x", array(-3, 3, batch, CHANNELS, 5, 7));
                Map<String, NdArray> expected = PlainRun.run(graph, inputs);
                near(PlainRun.run(after, inputs), expected);
                try (Session session = Session.of(graph)) {
                    Map<String, Value> values =
                            Map.of("x", new Value.Floats(inputs.get("x").toTensor(arena)));
                    Map<String, NdArray> results = new HashMap<>();
                    session.run(values, arena)
                            .forEach((name, value) -> results.put(name, value.array()));
                    near(results, expected);
                }
            }
            return after;
        }
    }

    private static void near(Map<String, NdArray> results, Map<String, NdArray> expected) {
        assertThat(results.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, array) -> {
            double[] wanted = array.toDoubles();
            double[] found = results.get(name).toDoubles();
            assertThat(results.get(name).shape()).isEqualTo(array.shape());
            double largest = 1;
            for (double each : wanted) {
                largest = Math.max(largest, Math.abs(each));
            }
            for (int i = 0; i < wanted.length; i++) {
                assertThat(Math.abs(found[i] - wanted[i]))
                        .as("%s, element %s", name, i)
                        .isLessThanOrEqualTo(1e-5 * largest);
            }
        });
    }

    private static List<String> operators(Graph graph) {
        return graph.nodes().stream().map(node -> node.operator().name()).toList();
    }

    private static Convolution onlyConvolution(Graph graph) {
        assertThat(operators(graph)).containsExactly("Conv");
        return (Convolution) graph.nodes().get(0).operator();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void normalizationAndReluGoIntoTheConvolution(boolean bias) {
        Graph after = checked(node(RELU, normalization(convolution(image(), bias))));
        assertThat(onlyConvolution(after).activation()).isEqualTo(Activation.RELU);
        assertThat(after.nodes().get(0).name()).contains("Conv", "BatchNormalization", "Relu");
    }

    @Test
    void constantsForEachChannelGoIntoTheConvolution() {
        String y = convolution(image(), true);
        y = binary(BinaryFunction.MULTIPLY, constant(array(1, 2, CHANNELS, 1, 1)), y);
        y = binary(BinaryFunction.ADD, y, constant(array(1, 2, 1, CHANNELS, 1, 1)));
        y = binary(BinaryFunction.SUBTRACT, scalar(2), y);
        y = binary(BinaryFunction.SUBTRACT, y, constant(array(1, 2, 1)));
        y = binary(BinaryFunction.DIVIDE, y, scalar(3));
        assertThat(onlyConvolution(checked(y)).activation()).isEqualTo(Activation.NONE);
    }

    /** The last dimension is no channel, a divisor is no factor, more dimensions stay more. */
    @Test
    void otherArithmeticStays() {
        String y = convolution(image(), true);
        y = binary(BinaryFunction.MULTIPLY, y, constant(array(1, 2, 7)));
        assertThat(operators(checked(y))).containsExactly("Conv", "Mul");
    }

    @Test
    void aQuotientByAConvolutionStays() {
        String y = binary(BinaryFunction.DIVIDE, scalar(2), convolution(image(), true));
        builder.output(y);
        try (Arena arena = Arena.ofShared()) {
            assertThat(operators(Passes.applyTo(builder.build(), arena)))
                    .containsExactly("Conv", "Div");
        }
    }

    @Test
    void aConstantOfMoreDimensionsStays() {
        String y = convolution(image(), true);
        y = binary(BinaryFunction.ADD, y, constant(array(1, 2, 1, 1, 1, 1, 1)));
        assertThat(operators(checked(y))).containsExactly("Conv", "Add");
    }

    @Test
    void whatIsReadElsewhereIsNotFused() {
        String y = convolution(image(), true);
        Graph after = checked(node(RELU, y), y);
        assertThat(operators(after)).containsExactly("Conv", "Relu");
    }

    @Test
    void residualsGoIntoTheLaterConvolution() {
        String x = convolution(image(), true);
        String y = convolution(node(RELU, x), false);
        Graph after = checked(node(RELU, binary(BinaryFunction.ADD, y, x)));
        assertThat(operators(after)).containsExactly("Conv", "Relu", "Conv");
        Node last = after.nodes().get(2);
        assertThat(last.inputs().get(Convolution.RESIDUAL)).isEqualTo(x);
        assertThat(((Convolution) last.operator()).activation()).isEqualTo(Activation.RELU);
    }

    @Test
    void ofTwoConvolutionsTheLaterTakesTheSum() {
        String x = image();
        String left = normalization(convolution(x, true));
        String right = normalization(convolution(x, true));
        Graph after = checked(binary(BinaryFunction.ADD, left, right));
        assertThat(operators(after)).containsExactly("Conv", "Conv");
    }

    @Test
    void sumsOfOtherShapesStaySums() {
        String x = image();
        String y = convolution(x, true);
        String row = node(new GlobalAveragePool(), x);
        assertThat(operators(checked(binary(BinaryFunction.ADD, y, row))))
                .containsExactlyInAnyOrder("Conv", "GlobalAveragePool", "Add");
    }

    /** At the sizes that are tried both are alike; a run on others shows that they are not. */
    @Test
    void aFusedGraphThatRefusesItsInputsGivesWayToTheOneThatWas() {
        builder.input(
                new GraphInput(
                        "x", ElementType.FLOAT32, GraphInput.FREE, CHANNELS, GraphInput.FREE, 7));
        builder.input(
                new GraphInput(
                        "y", ElementType.FLOAT32, GraphInput.FREE, CHANNELS, GraphInput.FREE, 7));
        builder.output(binary(BinaryFunction.ADD, convolution("x", true), "y"));
        Graph graph = builder.build();
        try (Session session = Session.of(graph);
                Arena arena = Arena.ofConfined()) {
            NdArray x = array(-1, 1, 2, CHANNELS, 5, 7);
            NdArray y = array(-1, 1, 1, CHANNELS, 1, 7);
            Map<String, Value> values =
                    Map.of("x", new Value.Numbers(x), "y", new Value.Numbers(y));
            String output = graph.outputs().get(0);
            near(
                    Map.of(output, session.run(values, arena).get(output).array()),
                    PlainRun.run(graph, Map.of("x", x, "y", y)));
        }
    }

    @Test
    void clipsWithConstantBoundsGoIntoTheConvolution() {
        Graph after = checked(node(new Clip(), convolution(image(), true), scalar(-1), scalar(2)));
        assertThat(onlyConvolution(after).activation()).isEqualTo(Activation.clamp(-1, 2));
    }

    @Test
    void clipsWithoutSenseStay() {
        Graph after = checked(node(new Clip(), convolution(image(), true), scalar(3), scalar(2)));
        assertThat(operators(after)).containsExactly("Conv", "Clip");
    }

    @Test
    void gatesBecomeOneActivation() {
        String x = convolution(image(), true);
        String sigmoid = node(new Unary(ActivationFunction.Plain.SIGMOID), x);
        Graph after = checked(binary(BinaryFunction.MULTIPLY, sigmoid, x));
        assertThat(onlyConvolution(after).activation()).isEqualTo(Activation.SILU);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void hardSwishIsFoundHoweverItIsWritten(int form) {
        String x = convolution(image(), true);
        String sum = binary(BinaryFunction.ADD, scalar(3), x);
        String clipped = node(new Clip(), sum, scalar(0), scalar(6));
        String y =
                switch (form) {
                    case 0 ->
                            binary(
                                    BinaryFunction.DIVIDE,
                                    binary(BinaryFunction.MULTIPLY, x, clipped),
                                    scalar(6));
                    case 1 ->
                            binary(
                                    BinaryFunction.MULTIPLY,
                                    x,
                                    binary(BinaryFunction.DIVIDE, clipped, scalar(6)));
                    case 2 ->
                            binary(
                                    BinaryFunction.MULTIPLY,
                                    binary(BinaryFunction.MULTIPLY, clipped, scalar(1.0 / 6)),
                                    x);
                    default ->
                            binary(
                                    BinaryFunction.MULTIPLY,
                                    x,
                                    node(
                                            new Unary(
                                                    new ActivationFunction.HardSigmoid(
                                                            (float) (1.0 / 6), 0.5f)),
                                            x));
                };
        assertThat(onlyConvolution(checked(y)).activation()).isEqualTo(Activation.HARD_SWISH);
    }

    @Test
    void zerosAroundPicturesGoIntoTheConvolution() {
        String pads = constant(NdArray.ofIndices(0, 0, 1, 0, 0, 0, 2, 3));
        Graph after = checked(convolution(node(new Pad(Pad.Mode.CONSTANT), image(), pads), true));
        assertThat(onlyConvolution(after).window().pads()).containsExactly(2L, 1L, 3L, 4L);
    }

    @Test
    void otherBordersStay() {
        String pads = constant(NdArray.ofIndices(0, 0, 1, 0, 0, 0, 2, 3));
        String x = node(new Pad(Pad.Mode.CONSTANT), image(), pads, scalar(1));
        String y = node(new Pad(Pad.Mode.EDGE), convolution(x, true), pads);
        assertThat(operators(checked(convolution(y, false))))
                .containsExactly("Pad", "Conv", "Pad", "Conv");
    }

    @Test
    void aNormalizationAloneBecomesAnAffineMapWithItsClamp() {
        Graph after = checked(node(RELU, normalization(image())));
        assertThat(operators(after)).containsExactly("ChannelAffine");
    }

    @Test
    void identitiesAndConstantsAreGone() {
        String a = constant(array(-1, 1, CHANNELS, 1, 1));
        String sum = binary(BinaryFunction.ADD, a, constant(array(-1, 1, CHANNELS, 1, 1)));
        String x = node(new Dropout(), node(new Identity(), image()));
        String unread = node(RELU, x);
        Graph after = checked(binary(BinaryFunction.MULTIPLY, x, sum));
        assertThat(operators(after)).containsExactly("Mul");
        assertThat(after.nodes()).noneMatch(node -> node.outputs().contains(unread));
        assertThat(after.constants()).hasSize(1);
    }

    @Test
    void anIdentityThatNamesAnOutputStays() {
        assertThat(operators(checked(node(new Identity(), node(RELU, image())))))
                .containsExactly("Relu", "Identity");
    }

    @Test
    void shuffledChannelsAreFound() {
        String split = constant(NdArray.ofIndices(-1, 2, CHANNELS / 2, 5, 7));
        String whole = constant(NdArray.ofIndices(-1, CHANNELS, 5, 7));
        String y = node(new Reshape(false), node(RELU, image()), split);
        y = node(new Transposition(List.of(0, 2, 1, 3, 4)), y);
        Graph after = checked(node(new Reshape(false), y, whole));
        assertThat(operators(after)).containsExactly("Relu", "ChannelShuffle");
    }
}
