package io.strider.onnx;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes ONNX models, for tests and benchmarks.
 *
 * <pre>{@code
 * byte[] model =
 *         new OnnxBuilder()
 *                 .opset(17)
 *                 .input("x", "N", 3, 7, 10)
 *                 .initializer("w", weights, 8, 3, 3, 3)
 *                 .node("Conv", List.of("x", "w"), List.of("y"), ints("pads", 1, 1, 1, 1))
 *                 .output("y")
 *                 .toBytes();
 * }</pre>
 *
 * <p>Nothing is checked: a test may write nonsense. Without {@link #opset} the version is 17.
 */
public final class OnnxBuilder {
    /** The element type's code of float32. */
    public static final int FLOAT = 1;

    /** The element type's code of int64. */
    public static final int INT64 = 7;

    private final OnnxMessage model = new OnnxMessage();
    private final OnnxMessage graph = new OnnxMessage();
    private boolean hasOpset;

    /**
     * An attribute of a node.
     *
     * @param message its AttributeProto
     */
    public record Attribute(OnnxMessage message) {}

    /** A model without nodes, of version 8 of the format. */
    public OnnxBuilder() {
        this(8);
    }

    /** A model of any version of the format. */
    public OnnxBuilder(long irVersion) {
        model.integer(1, irVersion).text(2, "strider").text(3, "test");
        graph.text(2, "graph");
    }

    /** Names the version of ONNX's own operators. */
    public OnnxBuilder opset(long version) {
        return opset("", version);
    }

    /** Names the version of an operator set. */
    public OnnxBuilder opset(String domain, long version) {
        hasOpset = true;
        model.message(8, new OnnxMessage().text(1, domain).integer(2, version));
        return this;
    }

    /** Names no operator set, as old versions of the format do. */
    public OnnxBuilder withoutOpset() {
        hasOpset = true;
        return this;
    }

    /** Adds a key and a value. */
    public OnnxBuilder metadata(String key, String value) {
        model.message(14, new OnnxMessage().text(1, key).text(2, value));
        return this;
    }

    /**
     * Declares a float32 input.
     *
     * @param dims numbers, or texts for sizes that are known when the model runs
     */
    public OnnxBuilder input(String name, Object... dims) {
        return typedInput(name, FLOAT, dims);
    }

    /** Declares an input of any type. */
    public OnnxBuilder typedInput(String name, int elementType, Object... dims) {
        graph.message(11, value(name, elementType, dims));
        return this;
    }

    /** Declares a float32 output of unknown rank. */
    public OnnxBuilder output(String name) {
        return output(name, FLOAT);
    }

    /** Declares an output of any type and of unknown rank. */
    public OnnxBuilder output(String name, int elementType) {
        OnnxMessage tensor = new OnnxMessage().integer(1, elementType);
        OnnxMessage type = new OnnxMessage().message(1, tensor);
        graph.message(12, new OnnxMessage().text(1, name).message(2, type));
        return this;
    }

    /** Declares a value in between. */
    public OnnxBuilder valueInfo(String name, int elementType, Object... dims) {
        graph.message(13, value(name, elementType, dims));
        return this;
    }

    /** Adds float32 constants as raw bytes. */
    public OnnxBuilder initializer(String name, float[] values, long... dims) {
        return initializer(tensor(name, values, dims));
    }

    /** Adds int64 constants as raw bytes. */
    public OnnxBuilder initializer(String name, long[] values, long... dims) {
        return initializer(tensor(name, values, dims));
    }

    /** Adds constants of any type as raw little-endian bytes. */
    public OnnxBuilder initializer(String name, int elementType, byte[] raw, long... dims) {
        return initializer(tensor(name, elementType, raw, dims));
    }

    /** Adds a TensorProto of the caller's own making. */
    public OnnxBuilder initializer(OnnxMessage tensor) {
        graph.message(5, tensor);
        return this;
    }

    /** Adds a nameless node. */
    public OnnxBuilder node(
            String operator, List<String> inputs, List<String> outputs, Attribute... attributes) {
        return node("", operator, inputs, outputs, attributes);
    }

    /** Adds a node. */
    public OnnxBuilder node(
            String name,
            String operator,
            List<String> inputs,
            List<String> outputs,
            Attribute... attributes) {
        return node(nodeMessage(name, operator, "", inputs, outputs, attributes));
    }

    /** Adds a NodeProto of the caller's own making. */
    public OnnxBuilder node(OnnxMessage node) {
        graph.message(1, node);
        return this;
    }

    /** The graph so far, for fields of the caller's own making. */
    public OnnxMessage graph() {
        return graph;
    }

    /** The model so far, without its graph, for fields of the caller's own making. */
    public OnnxMessage model() {
        return model;
    }

    /** The model's bytes. */
    public byte[] toBytes() {
        return whole().toBytes();
    }

    /** Writes the model to a file. */
    public void writeTo(Path path) throws IOException {
        try (OutputStream output = new BufferedOutputStream(Files.newOutputStream(path))) {
            whole().writeTo(output);
        }
    }

    private OnnxMessage whole() {
        OnnxMessage whole = new OnnxMessage().raw(model.toBytes()).message(7, graph);
        return hasOpset ? whole : whole.message(8, new OnnxMessage().integer(2, 17));
    }

    /** The NodeProto of a node. */
    public static OnnxMessage nodeMessage(
            String name,
            String operator,
            String domain,
            List<String> inputs,
            List<String> outputs,
            Attribute... attributes) {
        OnnxMessage node = new OnnxMessage();
        inputs.forEach(input -> node.text(1, input));
        outputs.forEach(output -> node.text(2, output));
        if (!name.isEmpty()) {
            node.text(3, name);
        }
        node.text(4, operator);
        for (Attribute attribute : attributes) {
            node.message(5, attribute.message());
        }
        return domain.isEmpty() ? node : node.text(7, domain);
    }

    /** An attribute that is an integer. */
    public static Attribute integer(String name, long value) {
        return attribute(name, 2, new OnnxMessage().integer(3, value));
    }

    /** An attribute that is a float. */
    public static Attribute number(String name, float value) {
        return attribute(name, 1, new OnnxMessage().float32(2, value));
    }

    /** An attribute that is a text. */
    public static Attribute text(String name, String value) {
        return attribute(name, 3, new OnnxMessage().text(4, value));
    }

    /** An attribute that is a list of integers. */
    public static Attribute ints(String name, long... values) {
        OnnxMessage list = new OnnxMessage();
        for (long value : values) {
            list.integer(8, value);
        }
        return attribute(name, 7, list);
    }

    /** An attribute that is a list of floats. */
    public static Attribute floats(String name, float... values) {
        OnnxMessage list = new OnnxMessage();
        for (float value : values) {
            list.float32(7, value);
        }
        return attribute(name, 6, list);
    }

    /** An attribute that is a list of texts. */
    public static Attribute texts(String name, String... values) {
        OnnxMessage list = new OnnxMessage();
        for (String value : values) {
            list.text(9, value);
        }
        return attribute(name, 8, list);
    }

    /** An attribute that is a tensor. */
    public static Attribute tensor(String name, OnnxMessage tensor) {
        return attribute(name, 4, new OnnxMessage().message(5, tensor));
    }

    /** An attribute that is a graph, that of another builder. */
    public static Attribute graph(String name, OnnxBuilder inner) {
        return attribute(name, 5, new OnnxMessage().message(6, inner.graph));
    }

    /**
     * An attribute of any kind.
     *
     * @param kind the code of its type; 0 writes none
     */
    public static Attribute attribute(String name, int kind, OnnxMessage value) {
        OnnxMessage message = new OnnxMessage().text(1, name).raw(value.toBytes());
        return new Attribute(kind == 0 ? message : message.integer(20, kind));
    }

    /** A TensorProto of float32. */
    public static OnnxMessage tensor(String name, float[] values, long... dims) {
        return tensor(name, FLOAT, OnnxMessage.littleEndian(values), dims);
    }

    /** A TensorProto of int64. */
    public static OnnxMessage tensor(String name, long[] values, long... dims) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
        return tensor(name, INT64, bytes.array(), dims);
    }

    /** A TensorProto of raw little-endian bytes. */
    public static OnnxMessage tensor(String name, int elementType, byte[] raw, long... dims) {
        return tensorHead(name, elementType, dims).bytes(9, raw);
    }

    /** A TensorProto without elements. */
    public static OnnxMessage tensorHead(String name, int elementType, long... dims) {
        OnnxMessage tensor = new OnnxMessage();
        for (long size : dims) {
            tensor.integer(1, size);
        }
        return tensor.integer(2, elementType).text(8, name);
    }

    private static OnnxMessage value(String name, int elementType, Object... dims) {
        OnnxMessage shape = new OnnxMessage();
        for (Object size : dims) {
            OnnxMessage dim = new OnnxMessage();
            shape.message(
                    1,
                    size instanceof Number number
                            ? dim.integer(1, number.longValue())
                            : dim.text(2, size.toString()));
        }
        OnnxMessage tensor = new OnnxMessage().integer(1, elementType).message(2, shape);
        return new OnnxMessage().text(1, name).message(2, new OnnxMessage().message(1, tensor));
    }
}
