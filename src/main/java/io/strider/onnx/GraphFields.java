package io.strider.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The fields of one GraphProto. Field numbers: onnx.proto3. */
final class GraphFields {
    /** Graphs in attributes of nodes of graphs …, the model's own included. */
    static final int DEEPEST = 16;

    private final ReadContext context;
    private final WireReader wire;
    private final int depth;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
    private final Map<String, OnnxValue> inputs = new LinkedHashMap<>();
    private final Map<String, OnnxValue> outputs = new LinkedHashMap<>();
    private final Map<String, OnnxValue> valueInfo = new LinkedHashMap<>();
    private String name = "";

    private GraphFields(ReadContext context, int depth) {
        this.context = context;
        this.wire = context.wire();
        this.depth = depth;
    }

    /**
     * Reads the fields of the message that the wire is in.
     *
     * @param depth 1 for the model's own graph
     */
    static OnnxGraph read(ReadContext context, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw context.wire()
                    .refused("graph: %d deep (expected: at most %d)".formatted(depth, DEEPEST));
        }
        GraphFields fields = new GraphFields(context, depth);
        fields.read();
        fields.checkNames();
        return fields.graph();
    }

    private void read() throws IOException {
        while (wire.next()) {
            switch (wire.field()) {
                case 1 ->
                        nodes.add(
                                wire.message(
                                        "node",
                                        nodes.size(),
                                        () -> NodeFields.read(context, depth)));
                case 2 -> {
                    name = wire.text("name");
                    wire.named(name);
                }
                case 5 -> readInitializer();
                case 11 -> readDeclared("input", inputs);
                case 12 -> readDeclared("output", outputs);
                case 13 -> readHint();
                case 15 ->
                        throw wire.refused("sparse_initializer: cannot be read (expected: none)");
                default -> wire.skip();
            }
        }
    }

    private void readInitializer() throws IOException {
        OnnxTensor tensor =
                wire.message("initializer", initializers.size(), () -> TensorFields.read(context));
        if (tensor.name().isEmpty()) {
            throw wire.refused("initializer %d: no name".formatted(initializers.size()));
        }
        requireNew("initializer", tensor.name(), initializers.put(tensor.name(), tensor) == null);
    }

    private void readDeclared(String kind, Map<String, OnnxValue> values) throws IOException {
        OnnxValue value =
                wire.message(
                        kind,
                        values.size(),
                        () -> Objects.requireNonNull(ValueFields.read(wire, false)));
        requireNew(kind, value.name(), values.put(value.name(), value) == null);
    }

    /** A hint says nothing that could not be found out, but two must not contradict each other. */
    private void readHint() throws IOException {
        List<OnnxValue> read = new ArrayList<>(1);
        wire.message(
                "value_info",
                valueInfo.size(),
                () -> {
                    OnnxValue value = ValueFields.read(wire, true);
                    return value != null && read.add(value);
                });
        for (OnnxValue value : read) {
            OnnxValue before = valueInfo.put(value.name(), value);
            requireNew("value_info", value.name(), before == null || before.equals(value));
        }
    }

    private void checkNames() throws OnnxFormatException {
        Set<String> made = new HashSet<>(inputs.keySet());
        made.addAll(initializers.keySet());
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                if (!output.isEmpty() && !made.add(output)) {
                    throw wire.refused(
                            "node %d %s: output %s (expected: a name that no other value has)"
                                    .formatted(
                                            i, Quoted.of(nodes.get(i).name()), Quoted.of(output)));
                }
            }
        }
    }

    private void requireNew(String kind, String value, boolean isNew) throws OnnxFormatException {
        if (!isNew) {
            throw wire.refused("%s %s: twice (expected: once)".formatted(kind, Quoted.of(value)));
        }
    }

    private OnnxGraph graph() {
        return new OnnxGraph(
                name,
                List.copyOf(nodes),
                Collections.unmodifiableMap(initializers),
                List.copyOf(inputs.values()),
                List.copyOf(outputs.values()),
                Collections.unmodifiableMap(valueInfo));
    }
}
