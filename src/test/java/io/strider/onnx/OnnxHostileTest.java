package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is malformed, contradicts itself or cannot be read is refused, by name and place. */
class OnnxHostileTest {
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        arena.close();
    }

    private static OnnxBuilder model() {
        return new OnnxBuilder();
    }

    private static OnnxMessage message() {
        return new OnnxMessage();
    }

    private static OnnxBuilder weights(OnnxMessage tensor) {
        return model().initializer(tensor);
    }

    private static OnnxMessage head(int type, long... dims) {
        return OnnxBuilder.tensorHead("w", type, dims);
    }

    private static OnnxBuilder attribute(int kind, OnnxMessage value) {
        return model().node(
                        "n",
                        "Op",
                        List.of(),
                        List.of("y"),
                        OnnxBuilder.attribute("a", kind, value));
    }

    private static OnnxBuilder graphField(int field, OnnxMessage value) {
        OnnxBuilder builder = model();
        builder.graph().message(field, value);
        return builder;
    }

    private static OnnxBuilder modelField(int field, OnnxMessage value) {
        OnnxBuilder builder = model();
        builder.model().message(field, value);
        return builder;
    }

    private static OnnxBuilder calling(OnnxBuilder builder) {
        builder.model().message(25, message().text(1, "Fun").text(10, "own"));
        return builder;
    }

    private static OnnxBuilder nested(int depth) {
        OnnxBuilder inner = model().node("Abs", List.of("x"), List.of("y"));
        for (int level = 1; level < depth; level++) {
            inner = model().node("If", List.of(), List.of("y"), OnnxBuilder.graph("g", inner));
        }
        return inner;
    }

    private static Arguments of(OnnxBuilder builder, String expected) {
        return Arguments.of(builder, expected);
    }

    private static byte[] elevenBytes() {
        byte[] number = new byte[11];
        Arrays.fill(number, 0, 10, (byte) 0x81);
        return number;
    }

    static Stream<Arguments> tensors() {
        return Stream.of(
                of(
                        weights(head(1, 2, 3).bytes(9, new byte[23])),
                        "m: graph 'graph', initializer 0 'w': raw_data: 23 bytes (expected: 24 for float32[2, 3])"),
                of(
                        weights(head(1, 2).packedFloats(4, 1)),
                        "float_data: 1 numbers (expected: 2 for float32[2])"),
                of(weights(head(1, 1L << 40)), "float_data: 0 numbers (expected: 1099511627776"),
                of(weights(head(1, 1L << 40, 1L << 40)), "(expected: a size below 2^63 bytes)"),
                of(weights(head(11, 1L << 60)), "(expected: a size below 2^63 bytes)"),
                of(weights(head(1, 0, 1L << 40, 1L << 40)), "(expected: a size below 2^63 bytes)"),
                of(weights(head(1, 2, -1)), "dims: [2, -1] (expected: none negative)"),
                of(weights(head(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)), "dims: 9 (expected: at most 8)"),
                of(weights(head(0, 1)), "data_type: 0 (expected: 1 to 24)"),
                of(weights(head(25, 1)), "data_type: 25 (expected: 1 to 24)"),
                of(weights(message().integer(2, 1L << 32)), "data_type: 4294967296"),
                of(weights(head(8, 1)), "data_type: string (expected: numbers)"),
                of(weights(head(8, 1).text(6, "a")), "string_data: cannot be read"),
                of(weights(head(1, 1).message(3, message())), "segment: cannot be read"),
                of(
                        weights(head(1, 1).bytes(9, new byte[4]).bytes(9, new byte[4])),
                        "raw_data: twice"),
                of(
                        weights(head(1, 1).bytes(9, new byte[4]).packedFloats(4, 1)),
                        "float_data: 1 numbers (expected: none in a tensor of float32 with raw_data)"),
                of(
                        weights(head(7, 1).packedFloats(4, 1)),
                        "float_data: 1 numbers (expected: none in a tensor of int64 with int64_data)"),
                of(
                        weights(head(1, 1).bytes(4, new byte[5])),
                        "float_data: 5 bytes (expected: a multiple of 4)"),
                of(
                        weights(head(7, 1).bytes(7, new byte[] {1, (byte) 128})),
                        "int64_data: ends in the middle of a number"),
                of(
                        weights(head(7, 1).bytes(7, elevenBytes())),
                        "int64_data: a number of more than ten bytes"),
                of(
                        weights(head(2, 2).packedIntegers(5, 1, 256)),
                        "int32_data: 256 (expected: 0 to 255 for uint8)"),
                of(weights(head(9, 1).integer(5, 2)), "2 (expected: 0 to 1 for bool)"),
                of(weights(head(10, 1).integer(5, 65536)), "(expected: -32768 to 65535"),
                of(weights(message().integer(2, 1).integer(1, 0)), "initializer 0: no name"),
                of(weights(head(1, 0)).initializer(head(1, 0)), "initializer 'w': twice"));
    }

    static Stream<Arguments> attributes() {
        return Stream.of(
                of(
                        attribute(2, message().float32(2, 1)),
                        "graph 'graph', node 0 'n', attribute 0 'a': value: [float] (expected: int, the type)"),
                of(attribute(2, message().integer(3, 1).float32(2, 1)), "value: [float, int]"),
                of(attribute(0, message().integer(3, 1).float32(2, 1)), "value: [float, int]"),
                of(attribute(0, message()), "value: [] (expected: one, or a type)"),
                of(attribute(4, message()), "t: missing"),
                of(attribute(5, message()), "g: missing"),
                of(attribute(9, message()), "type: tensors (expected: float"),
                of(attribute(9, message().message(10, message())), "type: tensors (exp"),
                of(attribute(10, message().message(11, message())), "type: graphs (exp"),
                of(attribute(11, message().message(22, message())), "type: sparse_tensor (exp"),
                of(attribute(12, message().message(23, message())), "type: sparse_tensors (exp"),
                of(attribute(13, message().message(14, message())), "type: type_proto (exp"),
                of(attribute(14, message().message(15, message())), "type: type_protos (exp"),
                of(attribute(15, message()), "type: 15 (expected: 0 to 14)"),
                of(attribute(2, message().text(21, "outer")), "ref_attr_name"),
                of(
                        attribute(5, message().message(6, message()).message(6, message())),
                        "graph: twice"),
                of(
                        attribute(3, message().bytes(4, new byte[] {'a', (byte) 0xff})),
                        "s: 'a\uFFFD' (expected: UTF-8)"),
                of(attribute(2, message().text(3, "three")), "field 3: wire type 2 (expected: 0)"),
                of(attribute(1, message().integer(2, 3)), "field 2: wire type 0 (expected: 5)"),
                of(attribute(1, message().text(1, "")), "name: missing"),
                of(
                        model().node(
                                        "Op",
                                        List.of(),
                                        List.of("y"),
                                        OnnxBuilder.integer("a", 1),
                                        OnnxBuilder.integer("a", 1)),
                        "node 0: attribute 'a': twice"));
    }

    static Stream<Arguments> graphs() {
        return Stream.of(
                of(
                        model().node(message().text(3, "n").text(2, "y")),
                        "node 0 'n': op_type: missing"),
                of(
                        model().node("Abs", List.of("x"), List.of("y"))
                                .node("Abs", List.of("x"), List.of("y")),
                        "node 1 '': output 'y' (expected: a name that no other value has)"),
                of(model().input("x").node("Abs", List.of("x"), List.of("x")), "output 'x'"),
                of(model().input("x").input("x"), "input 'x': twice"),
                of(model().output("x").output("x"), "output 'x': twice"),
                of(model().valueInfo("x", 1, 2).valueInfo("x", 1, 3), "value_info 'x': twice"),
                of(graphField(11, message()), "input 0: no name (expected: a tensor with a name)"),
                of(model().typedInput("x", 99), "elem_type: 99"),
                of(model().input("x", -2), "dim 0: dim_value: -2 (expected: >= 0)"),
                of(graphField(11, valueOf(4)), "input 0 'v': a sequence"),
                of(graphField(12, valueOf(5)), "a map"),
                of(graphField(12, valueOf(7)), "an opaque value"),
                of(graphField(12, valueOf(8)), "a sparse tensor"),
                of(graphField(12, valueOf(9)), "an optional value"),
                of(graphField(15, message()), "sparse_initializer: cannot be read"),
                of(nested(17), "graph: 17 deep (expected: at most 16)"),
                of(modelField(7, message()), "graph: twice"),
                of(modelField(8, message().integer(2, 0)), "version: 0 (expected: >= 1)"),
                of(
                        model().opset(13).opset("ai.onnx", 14),
                        "domain '': versions 13 and 14 (expected: one)"),
                of(model().withoutOpset(), "opset_import: missing"),
                of(model().metadata("k", "1").metadata("k", "2"), "key: twice"),
                of(new OnnxBuilder(0), "ir_version: 0 (expected: >= 1)"),
                of(
                        calling(
                                model().node(
                                                OnnxBuilder.nodeMessage(
                                                        "c",
                                                        "Fun",
                                                        "own",
                                                        List.of(),
                                                        List.of("y")))),
                        "node 'c' (own.Fun): calls a function of the model's own"),
                of(
                        calling(
                                model().node(
                                                "If",
                                                List.of(),
                                                List.of("z"),
                                                OnnxBuilder.graph(
                                                        "g",
                                                        model().node(
                                                                        OnnxBuilder.nodeMessage(
                                                                                "c",
                                                                                "Fun",
                                                                                "own",
                                                                                List.of(),
                                                                                List.of("y")))))),
                        "calls a function"));
    }

    private static OnnxMessage valueOf(int kind) {
        return message().text(1, "v").message(2, message().message(kind, message()));
    }

    @ParameterizedTest
    @MethodSource({"tensors", "attributes", "graphs"})
    void whatIsWrongIsNamed(OnnxBuilder builder, String expected) {
        assertThatThrownBy(() -> OnnxReader.read(builder.toBytes(), "m", arena))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageStartingWith("m: ")
                .hasMessageContaining(expected)
                .hasMessageMatching(".* \\[byte \\d+]");
    }

    static Stream<Arguments> wires() {
        OnnxMessage start = message().integer(1, 8);
        return Stream.of(
                Arguments.of(message().integer(1, 8).header(7, 100), "field 7: length 100"),
                Arguments.of(message().header(7, -1), "length 18446744073709551615 (expected: at"),
                Arguments.of(message().header(7, 1L << 32), "length 4294967296 (expected: at"),
                Arguments.of(start, "graph: missing"),
                Arguments.of(message().raw(new byte[] {8}), "no well-formed protocol buffer"),
                Arguments.of(message().raw(new byte[] {0, 0}), "no well-formed protocol buffer"),
                // A group, which is how a message without a length would begin.
                Arguments.of(message().raw(new byte[] {(byte) 0xfb, 1}), "field 31: wire type 3"),
                Arguments.of(message().raw(new byte[] {(byte) 0xf9, 1, 0}), "no well-formed"));
    }

    @ParameterizedTest
    @MethodSource("wires")
    void whatIsNoProtocolBufferIsRefused(OnnxMessage message, String expected) {
        assertThatThrownBy(() -> OnnxReader.read(message.toBytes(), "m", arena))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void sixteenGraphsDeepIsRead() throws IOException {
        OnnxGraph graph = OnnxReader.read(nested(16).toBytes(), "m", arena).graph();
        int depth = 1;
        while (!graph.nodes().getFirst().attributes().isEmpty()) {
            graph = graph.nodes().getFirst().attributes().get("g").graph();
            depth++;
        }
        assertThat(depth).isEqualTo(16);
    }

    @Test
    void namesInMessagesAreHarmless() {
        String name = "\u001b[31m\u202e\n" + "long".repeat(1000);
        OnnxBuilder builder = weights(OnnxBuilder.tensorHead(name, 99, 1));
        assertThatThrownBy(() -> OnnxReader.read(builder.toBytes(), "m", arena))
                .isInstanceOf(OnnxFormatException.class)
                .message()
                .contains("'?[31m??longlong")
                .contains("longl…'")
                .hasSizeLessThan(300)
                .doesNotContain("\n");
    }

    @Test
    void filesThatAreNoneAreRefused(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing.onnx");
        assertThatThrownBy(() -> OnnxReader.read(missing, arena))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> OnnxReader.read(folder, arena))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("no regular file");
        Path empty = Files.createFile(folder.resolve("empty.onnx"));
        assertThatThrownBy(() -> OnnxReader.read(empty, arena))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageEndingWith("empty.onnx: 0 bytes (expected: an ONNX file)");
        Path pointer = folder.resolve("pointer.onnx");
        Files.writeString(pointer, "version https://git-lfs.github.com/spec/v1\noid sha256:1\n");
        assertThatThrownBy(() -> OnnxReader.read(pointer, arena))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("git lfs pull");
        Path text = Files.writeString(folder.resolve("text.onnx"), "<!DOCTYPE html><html></html>");
        assertThatThrownBy(() -> OnnxReader.readTensor(text, arena))
                .isInstanceOf(OnnxFormatException.class);
    }

    /** A node of two bytes becomes a hundred times as many. */
    @Test
    void manySmallThingsAreBounded() throws IOException {
        byte[] node = {10, 3, 34, 1, 'A'};
        OnnxBuilder builder = model();
        builder.graph()
                .raw(
                        new String(node, StandardCharsets.ISO_8859_1)
                                .repeat(100_000)
                                .getBytes(StandardCharsets.ISO_8859_1));
        byte[] bytes = builder.toBytes();
        OnnxLimits limits = new OnnxLimits(bytes.length, 1 << 20, 50_000_000);
        assertThatThrownBy(() -> read(bytes, limits))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("more than 50000000 bytes in memory");
        OnnxLimits more = new OnnxLimits(bytes.length, 1 << 20, 80_000_000);
        assertThat(read(bytes, more).graph().nodes()).hasSize(100_000);
    }

    /** A byte each in the file, eight in memory. */
    @Test
    void decodedElementsAreBounded() throws IOException {
        byte[] bytes = weights(head(7, 100_000).bytes(7, new byte[100_000])).toBytes();
        assertThatThrownBy(() -> read(bytes, new OnnxLimits(1 << 20, 899_000, 10_000)))
                .isInstanceOf(OnnxFormatException.class)
                .hasMessageContaining("800000 bytes more (expected: at most 899000 in all");
        OnnxModel model = read(bytes, new OnnxLimits(1 << 20, 901_000, 10_000));
        assertThat(model.graph().initializers().get("w").toArray().toLongs())
                .isEqualTo(new long[100_000]);
    }

    private OnnxModel read(byte[] bytes, OnnxLimits limits) throws IOException {
        return OnnxReader.read(new ByteArrayInputStream(bytes), "m", arena, limits);
    }

    @Test
    void limitsAreChecked() {
        assertThatThrownBy(() -> new OnnxLimits(1L << 31, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fileBytes: 2147483648 (expected: 0 to 2147483647)");
        assertThatThrownBy(() -> new OnnxLimits(0, -1, 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new OnnxLimits(0, 0, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(OnnxLimits.standard().objectBytes())
                .isBetween(1L << 20, Runtime.getRuntime().maxMemory() / 4);
    }
}
