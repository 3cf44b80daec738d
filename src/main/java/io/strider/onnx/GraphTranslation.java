package io.strider.onnx;

import io.strider.graph.Graph;
import io.strider.graph.GraphInput;
import io.strider.graph.Node;
import io.strider.graph.Operator;
import io.strider.graph.PlainRun;
import io.strider.graph.Value;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Translates a model's nodes one by one by the rules of its operator set, and collects what is not
 * supported, so that one message tells all of it.
 */
final class GraphTranslation {
    private static final long OLDEST_OPSET = 7;

    /** How many nodes a message names before it only counts. */
    private static final int NAMED = 10;

    private final OnnxGraph source;
    private final long version;
    private final Arena arena;
    private final Graph.Builder builder = Graph.builder();
    private final List<String> refusals = new ArrayList<>();

    /** Names that the file gives to values. */
    private final Set<String> names = new HashSet<>();

    private int refused;
    private int added;

    /**
     * Of one model.
     *
     * @param arena where constants go that cannot be used in place
     */
    GraphTranslation(OnnxModel model, Arena arena) throws OnnxFormatException {
        this.source = model.graph();
        this.arena = arena;
        Long opset = model.opsets().get("");
        if (opset == null) {
            throw new OnnxFormatException(
                    "operator set: none of ONNX's own domain (expected: version %s to %s)"
                            .formatted(OLDEST_OPSET, OnnxNetwork.NEWEST_OPSET));
        }
        if (opset < 1 || opset > OnnxNetwork.NEWEST_OPSET) {
            throw new OnnxFormatException(
                    "operator set: version %s (expected: %s to %s)"
                            .formatted(opset, OLDEST_OPSET, OnnxNetwork.NEWEST_OPSET));
        }
        this.version = opset;
        names.addAll(source.initializers().keySet());
        source.inputs().forEach(input -> names.add(input.name()));
        source.nodes().forEach(node -> names.addAll(node.outputs()));
    }

    /**
     * The graph.
     *
     * @throws OnnxFormatException if anything in the model is wrong or not supported
     */
    Graph graph() throws OnnxFormatException {
        for (OnnxTensor initializer : source.initializers().values()) {
            builder.constant(initializer.name(), value(initializer));
        }
        for (OnnxValue input : source.inputs()) {
            if (!source.initializers().containsKey(input.name())) {
                builder.input(input(input));
            }
        }
        for (OnnxNode node : source.nodes()) {
            try {
                translate(node);
            } catch (IllegalArgumentException | OnnxFormatException refusal) {
                refuse(node, String.valueOf(refusal.getMessage()));
            }
        }
        if (refused > 0) {
            String more = refused > NAMED ? "; and %s nodes more".formatted(refused - NAMED) : "";
            throw new OnnxFormatException("not supported: " + String.join("; ", refusals) + more);
        }
        for (OnnxValue output : source.outputs()) {
            builder.output(output.name());
        }
        try {
            return builder.build();
        } catch (IllegalArgumentException refusal) {
            throw new OnnxFormatException(String.valueOf(refusal.getMessage()));
        }
    }

    private void refuse(OnnxNode node, String why) {
        refused++;
        if (refused <= NAMED) {
            refusals.add(node.describe() + ": " + why);
        }
    }

    private Value value(OnnxTensor tensor) throws OnnxFormatException {
        return tensor.elementType() == ElementType.FLOAT32
                ? new Value.Floats(tensor.toTensor(arena))
                : new Value.Numbers(tensor.toArray());
    }

    private Value value(NdArray array) {
        return array.type() == ElementType.FLOAT32
                ? new Value.Floats(array.toTensor(arena))
                : new Value.Numbers(array);
    }

    private static GraphInput input(OnnxValue input) throws OnnxFormatException {
        OnnxElementType code = OnnxElementType.ofCode(input.elementTypeCode());
        ElementType type = code == null ? null : code.elementType();
        List<Dimension> dimensions = input.dimensions();
        if (type == null || dimensions == null) {
            throw new OnnxFormatException(
                    "input %s: %s (expected: a tensor of numbers whose number of dimensions is told)"
                            .formatted(
                                    Quoted.of(input.name()),
                                    type == null ? "element type " + code : "no shape"));
        }
        long[] shape = new long[dimensions.size()];
        for (int dim = 0; dim < shape.length; dim++) {
            shape[dim] =
                    dimensions.get(dim) instanceof Dimension.Size(long size)
                            ? size
                            : GraphInput.FREE;
        }
        return new GraphInput(input.name(), type, shape);
    }

    private void translate(OnnxNode node) throws OnnxFormatException {
        NodeTranslation.Rule rule =
                node.domain().isEmpty() ? TranslationRules.all().get(node.opType()) : null;
        if (rule == null) {
            throw new IllegalArgumentException("no such operator here");
        }
        Attributes attributes = new Attributes(attributes(node));
        NodeTranslation translation =
                new NodeTranslation(
                        attributes, version, node.inputs(), node.outputs(), this::addConstant);
        Operator operator = rule.operator(translation);
        attributes.requireAllAsked();
        List<String> inputs = translation.inputs();
        if (inputs.stream().allMatch(String::isEmpty)) {
            addConstants(node, operator);
        } else {
            builder.node(new Node(name(node), operator, inputs, node.outputs()));
        }
    }

    /** The node's name; where it has none, that of what it gives. */
    private static String name(OnnxNode node) {
        return node.name().isEmpty() && !node.outputs().isEmpty()
                ? node.outputs().getFirst()
                : node.name();
    }

    private static Map<String, Object> attributes(OnnxNode node) throws OnnxFormatException {
        Map<String, Object> values = new HashMap<>();
        for (Map.Entry<String, OnnxAttribute> attribute : node.attributes().entrySet()) {
            values.put(attribute.getKey(), attribute.getValue().plain());
        }
        return values;
    }

    private String addConstant(NdArray constant) {
        String name;
        do {
            name = "constant " + added++;
        } while (names.contains(name));
        builder.constant(name, value(constant));
        return name;
    }

    /** A node that reads nothing gives constants. */
    private void addConstants(OnnxNode node, Operator operator) {
        List<NdArray> results = PlainRun.results(operator, List.of(), node.outputs().size());
        for (int i = 0; i < node.outputs().size(); i++) {
            if (!node.outputs().get(i).isEmpty()) {
                builder.constant(node.outputs().get(i), value(results.get(i)));
            }
        }
    }
}
