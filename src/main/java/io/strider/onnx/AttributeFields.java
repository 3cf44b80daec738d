package io.strider.onnx;

import io.strider.onnx.OnnxAttribute.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of one AttributeProto. Field numbers and codes of kinds: onnx.proto3. */
final class AttributeFields {
    /** AttributeProto.AttributeType, in the order of the codes. */
    private enum Kind {
        UNDEFINED,
        FLOAT,
        INT,
        STRING,
        TENSOR,
        GRAPH,
        FLOATS,
        INTS,
        STRINGS,
        TENSORS,
        GRAPHS,
        SPARSE_TENSOR,
        SPARSE_TENSORS,
        TYPE_PROTO,
        TYPE_PROTOS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final ReadContext context;
    private final WireReader wire;
    private final int depth;
    private final NumberList floats;
    private final NumberList ints;
    private final Set<Kind> present = EnumSet.noneOf(Kind.class);
    private String name = "";
    private Kind declared = Kind.UNDEFINED;
    private float number;
    private long integer;
    private String text = "";
    private List<String> texts = List.of();
    private @Nullable OnnxTensor tensor;
    private @Nullable OnnxGraph graph;

    private AttributeFields(ReadContext context, int depth) {
        this.context = context;
        this.wire = context.wire();
        this.depth = depth;
        floats = new NumberList(wire, "floats", NumberList.Encoding.FIXED32);
        ints = new NumberList(wire, "ints", NumberList.Encoding.VARINT);
    }

    /**
     * Reads the fields of the message that the wire is in.
     *
     * @param depth how many graphs lie around it
     */
    static OnnxAttribute read(ReadContext context, int depth) throws IOException {
        AttributeFields fields = new AttributeFields(context, depth);
        fields.read();
        return fields.attribute();
    }

    private void read() throws IOException {
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> {
                    name = wire.text("name");
                    wire.named(name);
                }
                case 2 -> {
                    number = wire.float32();
                    present.add(Kind.FLOAT);
                }
                case 3 -> {
                    integer = wire.integer();
                    present.add(Kind.INT);
                }
                case 4 -> {
                    text = wire.text("s");
                    present.add(Kind.STRING);
                }
                case 5 -> {
                    once(Kind.TENSOR);
                    tensor = wire.message("tensor", () -> TensorFields.read(context));
                }
                case 6 -> {
                    once(Kind.GRAPH);
                    graph = wire.message("graph", () -> GraphFields.read(context, depth + 1));
                }
                case 7 -> {
                    floats.read();
                    present.add(Kind.FLOATS);
                }
                case 8 -> {
                    ints.read();
                    present.add(Kind.INTS);
                }
                case 9 -> {
                    if (present.add(Kind.STRINGS)) {
                        texts = new ArrayList<>();
                    }
                    texts.add(wire.text("strings"));
                }
                case 10 -> skip(Kind.TENSORS);
                case 11 -> skip(Kind.GRAPHS);
                case 14 -> skip(Kind.TYPE_PROTO);
                case 15 -> skip(Kind.TYPE_PROTOS);
                case 20 -> declared = kind(wire.integer());
                case 21 -> {
                    if (!wire.text("ref_attr_name").isEmpty()) {
                        throw wire.refused("ref_attr_name: in a graph (expected: in functions)");
                    }
                }
                case 22 -> skip(Kind.SPARSE_TENSOR);
                case 23 -> skip(Kind.SPARSE_TENSORS);
                default -> wire.skip();
            }
        }
    }

    /** Protocol buffers would merge the two. */
    private void once(Kind kind) throws OnnxFormatException {
        if (!present.add(kind)) {
            throw wire.refused(kind + ": twice (expected: once)");
        }
    }

    private void skip(Kind kind) throws IOException {
        present.add(kind);
        wire.skip();
    }

    private Kind kind(long code) throws OnnxFormatException {
        Kind[] kinds = Kind.values();
        if (code < 0 || code >= kinds.length) {
            throw wire.refused("type: %d (expected: 0 to %d)".formatted(code, kinds.length - 1));
        }
        return kinds[(int) code];
    }

    private OnnxAttribute attribute() throws IOException {
        if (name.isEmpty()) {
            throw wire.refused("name: missing (expected: one)");
        }
        Kind kind = declared;
        if (kind == Kind.UNDEFINED) {
            // Files of the format's first version do not declare it.
            if (present.size() != 1) {
                throw wire.refused("value: %s (expected: one, or a type)".formatted(present));
            }
            kind = present.iterator().next();
        }
        for (Kind other : present) {
            if (other != kind) {
                throw wire.refused("value: %s (expected: %s, the type)".formatted(present, kind));
            }
        }
        return new OnnxAttribute(name, value(kind));
    }

    /** A number, text or list that is missing has been left out because it is 0 or empty. */
    private Value value(Kind kind) throws IOException {
        return switch (kind) {
            case FLOAT -> new Value.OfFloat(number);
            case INT -> new Value.OfInteger(integer);
            case STRING -> new Value.OfString(text);
            case TENSOR -> {
                if (tensor == null) {
                    throw wire.refused("t: missing (expected: a tensor)");
                }
                yield new Value.OfTensor(tensor);
            }
            case GRAPH -> {
                if (graph == null) {
                    throw wire.refused("g: missing (expected: a graph)");
                }
                yield new Value.OfGraph(graph);
            }
            case FLOATS -> new Value.OfFloats(floats(floats.toArray()));
            case INTS -> new Value.OfIntegers(ints.toArray());
            case STRINGS -> new Value.OfStrings(List.copyOf(texts));
            default ->
                    throw wire.refused(
                            "type: %s (expected: float, int, string, tensor, graph, floats, ints or strings)"
                                    .formatted(kind));
        };
    }

    private static float[] floats(long[] bits) {
        float[] values = new float[bits.length];
        for (int i = 0; i < bits.length; i++) {
            values[i] = Float.intBitsToFloat((int) bits[i]);
        }
        return values;
    }
}
