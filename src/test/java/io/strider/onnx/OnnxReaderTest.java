package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.onnx.OnnxAttribute.Value;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model says is what is read. */
class OnnxReaderTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    private OnnxModel read(OnnxBuilder builder) throws IOException {
        return OnnxReader.read(builder.toBytes(), "test", arena);
    }

    @Test
    void aModelComesOutAsItWasWritten(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("model.onnx");
        new OnnxBuilder()
                .opset("ai.onnx", 13)
                .opset("com.example", 2)
                .metadata("image.size", "224")
                .input("x", "N", 3, 7, -1)
                .typedInput("i", OnnxBuilder.INT64)
                .initializer("w", new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
                .initializer("axes", new long[] {-1, 1L << 40}, 2)
                .node("first", "Relu", List.of("x"), List.of("r"))
                .node(
                        OnnxBuilder.nodeMessage(
                                "", "Odd", "com.example", List.of("r", "", "w"), List.of("y", "")))
                .node(OnnxBuilder.nodeMessage("", "Abs", "ai.onnx", List.of("y"), List.of("z")))
                .valueInfo("r", 1, "N", 3)
                .valueInfo("r", 1, "N", 3)
                .output("z")
                .writeTo(path);
        OnnxModel model = OnnxReader.read(path, arena);
        assertThat(model.irVersion()).isEqualTo(8);
        assertThat(model.producer()).isEqualTo("strider test");
        assertThat(model.opsets()).isEqualTo(Map.of("", 13L, "com.example", 2L));
        assertThat(model.metadata()).isEqualTo(Map.of("image.size", "224"));
        OnnxGraph graph = model.graph();
        assertThat(graph.name()).isEqualTo("graph");
        assertThat(graph.inputs())
                .containsExactly(
                        new OnnxValue(
                                "x",
                                1,
                                List.of(
                                        new Dimension.Symbol("N"),
                                        new Dimension.Size(3),
                                        new Dimension.Size(7),
                                        new Dimension.Unknown())),
                        new OnnxValue("i", 7, List.of()));
        assertThat(graph.outputs()).containsExactly(new OnnxValue("z", 1, null));
        assertThat(graph.valueInfo()).containsOnlyKeys("r");
        assertThat(graph.initializers().keySet()).containsExactly("w", "axes");
        assertThat(graph.initializers().get("w").toArray())
                .isEqualTo(
                        NdArray.ofDoubles(
                                ElementType.FLOAT32, new double[] {1, 2, 3, 4, 5, 6}, 2, 3));
        assertThat(graph.initializers().get("axes").toArray())
                .isEqualTo(NdArray.ofIndices(-1, 1L << 40));
        assertThat(graph.initializers().get("w")).hasToString("w: float32[2, 3]");
        assertThat(graph.nodes()).hasSize(3);
        OnnxNode odd = graph.nodes().get(1);
        assertThat(odd.domain()).isEqualTo("com.example");
        assertThat(odd.inputs()).containsExactly("r", "", "w");
        assertThat(odd.outputs()).containsExactly("y", "");
        assertThat(odd.describe()).isEqualTo("node '→ y' (com.example.Odd)");
        assertThat(graph.nodes().get(0).describe()).isEqualTo("node 'first' (Relu)");
        assertThat(graph.nodes().get(2).domain()).isEmpty();
    }

    @Test
    void attributesOfEveryKind() throws IOException {
        OnnxBuilder inner = new OnnxBuilder().node("Abs", List.of("y"), List.of("inner"));
        OnnxModel model =
                read(
                        new OnnxBuilder()
                                .node(
                                        "Odd",
                                        List.of(),
                                        List.of("y"),
                                        OnnxBuilder.integer("i", -3),
                                        OnnxBuilder.number("f", 0.5f),
                                        OnnxBuilder.text("s", "grün"),
                                        OnnxBuilder.ints("is", 1, -2),
                                        OnnxBuilder.attribute(
                                                "packed",
                                                7,
                                                new OnnxMessage()
                                                        .packedIntegers(8, 3, -4)
                                                        .integer(8, 5)
                                                        .packedIntegers(8, 300)),
                                        OnnxBuilder.floats("fs", 1.5f, -2),
                                        OnnxBuilder.attribute(
                                                "pf", 6, new OnnxMessage().packedFloats(7, 2, 3)),
                                        OnnxBuilder.texts("ss", "a", ""),
                                        OnnxBuilder.tensor(
                                                "t", OnnxBuilder.tensor("", new long[] {7, 8}, 2)),
                                        OnnxBuilder.graph("g", inner)));
        Map<String, OnnxAttribute> attributes = model.graph().nodes().getFirst().attributes();
        assertThat(attributes.keySet())
                .containsExactly("i", "f", "s", "is", "packed", "fs", "pf", "ss", "t", "g");
        assertThat(attributes.get("i").integer()).isEqualTo(-3);
        assertThat(attributes.get("f").number()).isEqualTo(0.5f);
        assertThat(attributes.get("s").text()).isEqualTo("grün");
        assertThat(attributes.get("is").integers()).containsExactly(1, -2);
        assertThat(attributes.get("packed").integers()).containsExactly(3, -4, 5, 300);
        assertThat(attributes.get("fs").numbers()).containsExactly(1.5f, -2);
        assertThat(attributes.get("pf").numbers()).containsExactly(2, 3);
        assertThat(attributes.get("ss").texts()).containsExactly("a", "");
        assertThat(attributes.get("t").tensor().toArray()).isEqualTo(NdArray.ofIndices(7, 8));
        assertThat(attributes.get("g").graph().nodes().getFirst().opType()).isEqualTo("Abs");

        assertThat(attributes.get("i").plain()).isEqualTo(-3L);
        assertThat(attributes.get("f").plain()).isEqualTo(0.5f);
        assertThat(attributes.get("s").plain()).isEqualTo("grün");
        assertThat(attributes.get("is").plain()).isEqualTo(new long[] {1, -2});
        assertThat(attributes.get("fs").plain()).isEqualTo(new float[] {1.5f, -2});
        assertThat(attributes.get("ss").plain()).isEqualTo(List.of("a", ""));
        assertThat(attributes.get("t").plain()).isEqualTo(NdArray.ofIndices(7, 8));
        assertThatThrownBy(() -> attributes.get("g").plain())
                .isInstanceOf(OnnxFormatException.class)
                .hasMessage("attribute 'g': a graph (expected: anything but a graph)");
        Map<String, String> kinds =
                Map.of(
                        "i", "an integer",
                        "f", "a float",
                        "s", "a string",
                        "is", "a list of integers",
                        "fs", "a list of floats",
                        "ss", "a list of strings",
                        "t", "a tensor",
                        "g", "a graph");
        kinds.forEach((name, kind) ->
                assertThatThrownBy(
                                () -> {
                                    OnnxAttribute attribute = attributes.get(name);
                                    // One of the two is of another kind than asked for.
                                    attribute.integer();
                                    attribute.text();
                                })
                        .isInstanceOf(OnnxFormatException.class)
                        .hasMessageContaining("attribute '%s': %s (exp", name, kind));
    }

    @Test
    void arraysOfAttributesAreNotShared() throws IOException {
        OnnxAttribute.Value.OfIntegers ints = new Value.OfIntegers(new long[] {1});
        ints.value()[0] = 2;
        assertThat(ints.value()).containsExactly(1);
        OnnxModel model =
                read(new OnnxBuilder().initializer("w", new float[] {1, 2}, 1, 2).output("w"));
        OnnxTensor tensor = model.graph().initializers().get("w");
        tensor.dims()[0] = 5;
        assertThat(tensor.dims()).containsExactly(1, 2);
    }

    /** Writers of the newer protocol buffers leave out what is 0 or empty. */
    @Test
    void aDeclaredValueThatIsMissingIsZero() throws IOException {
        OnnxMessage nothing = new OnnxMessage();
        OnnxModel model =
                read(
                        new OnnxBuilder()
                                .node(
                                        "Odd",
                                        List.of(),
                                        List.of("y"),
                                        OnnxBuilder.attribute("f", 1, nothing),
                                        OnnxBuilder.attribute("i", 2, nothing),
                                        OnnxBuilder.attribute("s", 3, nothing),
                                        OnnxBuilder.attribute("fs", 6, nothing),
                                        OnnxBuilder.attribute("is", 7, nothing),
                                        OnnxBuilder.attribute("ss", 8, nothing)));
        Map<String, OnnxAttribute> attributes = model.graph().nodes().getFirst().attributes();
        assertThat(attributes.get("f").number()).isZero();
        assertThat(attributes.get("i").integer()).isZero();
        assertThat(attributes.get("s").text()).isEmpty();
        assertThat(attributes.get("fs").numbers()).isEmpty();
        assertThat(attributes.get("is").integers()).isEmpty();
        assertThat(attributes.get("ss").texts()).isEmpty();
    }

    @Test
    void oldFilesNameNeitherKindsNorOperatorSets() throws IOException {
        OnnxModel model =
                read(
                        new OnnxBuilder(1)
                                .withoutOpset()
                                .node(
                                        "Odd",
                                        List.of(),
                                        List.of("y"),
                                        OnnxBuilder.attribute(
                                                "i", 0, new OnnxMessage().integer(3, 4))));
        assertThat(model.opsets()).isEqualTo(Map.of("", 1L));
        assertThat(model.graph().nodes().getFirst().attributes().get("i").integer()).isEqualTo(4);
    }

    @Test
    void whatIsNotNeededIsPassedOver() throws IOException {
        OnnxBuilder builder =
                new OnnxBuilder()
                        .node("Abs", List.of("x"), List.of("y"))
                        .node(
                                "If",
                                List.of("y"),
                                List.of("z"),
                                OnnxBuilder.graph(
                                        "then",
                                        new OnnxBuilder().node("Neg", List.of("y"), List.of("n"))));
        OnnxMessage hint = new OnnxMessage().text(1, "s");
        hint.message(2, new OnnxMessage().message(4, new OnnxMessage()));
        builder.graph()
                .message(13, hint)
                .message(13, new OnnxMessage())
                .text(10, "for readers")
                .message(14, new OnnxMessage().text(1, "y"));
        builder.model()
                .text(4, "domain")
                .text(6, "for readers")
                .message(20, new OnnxMessage().raw(new byte[] {1, 2, 3}))
                .message(25, new OnnxMessage().text(1, "Unused").text(10, "own").integer(3, 1))
                .float32(1000, 1)
                .float64(1001, 1);
        OnnxModel model = read(builder);
        assertThat(model.graph().valueInfo()).isEmpty();
        assertThat(model.graph().nodes()).hasSize(2);
    }

    @Test
    void aStreamIsReadToItsEndWithinItsLimit() throws IOException {
        byte[] bytes = new OnnxBuilder().initializer("w", new float[700_000], 700_000).toBytes();
        assertThat(bytes.length).isGreaterThan(2 << 20);
        OnnxLimits limits = new OnnxLimits(bytes.length, bytes.length, 10_000);
        OnnxModel model =
                OnnxReader.read(new java.io.ByteArrayInputStream(bytes), "it", arena, limits);
        assertThat(model.graph().initializers().get("w").count()).isEqualTo(700_000);
        OnnxLimits less = new OnnxLimits(bytes.length - 1, bytes.length, 10_000);
        assertThatThrownBy(() ->
                        OnnxReader.read(new java.io.ByteArrayInputStream(bytes), "it", arena, less))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageStartingWith("it: ")
                .hasMessageEndingWith("(expected: at most %d, the limit)", bytes.length - 1);
    }
}
