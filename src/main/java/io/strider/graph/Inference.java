package io.strider.graph;

import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a network's values before it runs: the types of all and the elements of some.
 *
 * <p>A value is <em>constant</em> if it follows from the graph and the inputs' types. It is
 * <em>knowable</em> if it is small and follows from small inputs whose elements are at hand; once a
 * node has asked for such a value, the result holds for those elements only: the inputs that it
 * came from are <em>guards</em>, and it counts as constant.
 *
 * <p>Filled by one thread; then many may ask.
 */
final class Inference {
    /** Elements of an input or a value between that shapes may be computed from. */
    static final long KNOWABLE = 1024;

    /** Elements of a value that is computed once for a plan and not in each run. */
    static final long FOLDED = 1 << 20;

    private final Graph graph;
    private final Map<String, TensorType> types = new HashMap<>();
    private final Map<String, Value> constants = new HashMap<>();
    private final Map<String, Integer> producers = new HashMap<>();
    private final Map<String, Set<String>> origins = new HashMap<>();
    private final Map<String, NdArray> worked = new ConcurrentHashMap<>();
    private final Set<String> guards = ConcurrentHashMap.newKeySet();

    private Inference(Graph graph) {
        this.graph = graph;
    }

    /**
     * Works everything out.
     *
     * @param inputs a type for every input of the graph
     * @param elements those of the small inputs, where they are at hand
     * @throws IllegalArgumentException if a node refuses its inputs; the message names it
     */
    static Inference of(
            Graph graph, Map<String, TensorType> inputs, Map<String, NdArray> elements) {
        Inference inference = new Inference(graph);
        inference.constants.putAll(graph.constants());
        graph.constants().forEach((name, value) -> inference.types.put(name, value.type()));
        inference.types.putAll(inputs);
        elements.forEach((name, array) -> {
            if (array.count() <= KNOWABLE) {
                inference.worked.put(name, array);
                inference.origins.put(name, Set.of(name));
            }
        });
        List<Node> nodes = graph.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            for (String output : nodes.get(i).outputs()) {
                inference.producers.put(output, i);
            }
            try {
                inference.infer(nodes.get(i));
            } catch (RuntimeException failure) {
                throw about(nodes.get(i), failure);
            }
        }
        return inference;
    }

    /** The same failure with the node's name before its message. */
    static IllegalArgumentException about(Node node, RuntimeException failure) {
        return new IllegalArgumentException(node + ": " + failure.getMessage(), failure);
    }

    private void infer(Node node) {
        NodeInputs inputs = new NodeInputs(node, false);
        int count = node.outputs().size();
        List<TensorType> outputs = node.operator().outputTypes(inputs);
        if (outputs.size() < count) {
            throw new IllegalArgumentException(
                    "outputs: %s (expected: at most %s)".formatted(count, outputs.size()));
        }
        long largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, outputs.get(i).elementCount());
            types.put(node.outputs().get(i), outputs.get(i));
        }
        List<NdArray> known = node.operator().known(inputs);
        if (known == null && largest <= FOLDED && allConstant(node)) {
            known = node.operator().evaluate(arrays(node), count);
        }
        if (known != null) {
            for (int i = 0; i < count; i++) {
                constants.put(node.outputs().get(i), new Value.Numbers(known.get(i)));
            }
        } else if (largest <= KNOWABLE) {
            Set<String> union = originsOfAll(node);
            if (union != null) {
                node.outputs().forEach(output -> origins.put(output, union));
            }
        }
    }

    private boolean allConstant(Node node) {
        for (String input : node.inputs()) {
            if (!input.isEmpty()) {
                if (!constants.containsKey(input) || type(input).elementCount() > 4 * FOLDED) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The inputs of the network from which all inputs of a node can be computed, or null. */
    private @Nullable Set<String> originsOfAll(Node node) {
        Set<String> union = new HashSet<>();
        for (String input : node.inputs()) {
            if (input.isEmpty() || constants.containsKey(input)) {
                continue;
            }
            Set<String> of = origins.get(input);
            if (of == null) {
                return null;
            }
            union.addAll(of);
        }
        return union;
    }

    private List<@Nullable NdArray> arrays(Node node) {
        List<@Nullable NdArray> arrays = new ArrayList<>();
        for (String input : node.inputs()) {
            arrays.add(input.isEmpty() ? null : array(input));
        }
        return arrays;
    }

    private NdArray array(String name) {
        Value constant = constants.get(name);
        NdArray array = constant == null ? worked.get(name) : constant.array();
        if (array == null) {
            throw new IllegalStateException("\"" + name + "\": not worked out");
        }
        return array;
    }

    /** The elements of a value; makes guards of the inputs that it comes from. */
    private NdArray ask(String name) {
        if (constants.containsKey(name)) {
            return array(name);
        }
        Set<String> from = origins.get(name);
        if (from == null) {
            throw new IllegalArgumentException(
                    "input \"%s\": computed from data (expected: known before the network runs)"
                            .formatted(name));
        }
        guards.addAll(from);
        if (!worked.containsKey(name)) {
            workOut(name);
        }
        return array(name);
    }

    /** Without recursion, as a chain of nodes may be long. */
    private void workOut(String name) {
        TreeSet<Integer> needed = new TreeSet<>();
        List<String> open = new ArrayList<>(List.of(name));
        while (!open.isEmpty()) {
            String next = open.removeLast();
            Integer producer = producers.get(next);
            if (next.isEmpty()
                    || constants.containsKey(next)
                    || worked.containsKey(next)
                    || producer == null) {
                continue;
            }
            if (needed.add(producer)) {
                open.addAll(graph.nodes().get(producer).inputs());
            }
        }
        for (int index : needed) {
            Node node = graph.nodes().get(index);
            List<NdArray> results = node.operator().evaluate(arrays(node), node.outputs().size());
            for (int i = 0; i < node.outputs().size(); i++) {
                worked.put(node.outputs().get(i), results.get(i));
            }
        }
    }

    /** The type of a value. */
    TensorType type(String name) {
        TensorType type = types.get(name);
        if (type == null) {
            throw new IllegalArgumentException("value \"" + name + "\": unknown");
        }
        return type;
    }

    /** The type of a value, null if the graph has none of that name. */
    @Nullable TensorType typeOrNull(String name) {
        return types.get(name);
    }

    /** Whether a value is constant, or became so by guards. */
    boolean isConstant(String name) {
        if (constants.containsKey(name)) {
            return true;
        }
        Set<String> from = origins.get(name);
        return from != null && guards.containsAll(from);
    }

    /**
     * A constant's elements.
     *
     * @throws IllegalArgumentException if it is none
     */
    Value constant(String name) {
        Value constant = constants.get(name);
        return constant == null ? new Value.Numbers(ask(name)) : constant;
    }

    /** The inputs of the network for whose elements alone this holds. */
    Map<String, NdArray> guards() {
        Map<String, NdArray> held = new HashMap<>();
        guards.forEach(name -> held.put(name, array(name)));
        return held;
    }

    /** What a node may see once all types are known: knowable values are no longer offered. */
    Inputs inputs(Node node) {
        return new NodeInputs(node, true);
    }

    private final class NodeInputs implements Inputs {
        private final Node node;
        private final boolean settled;

        NodeInputs(Node node, boolean settled) {
            this.node = node;
            this.settled = settled;
        }

        private String name(int index) {
            if (!has(index)) {
                throw new IllegalArgumentException("input " + index + ": absent");
            }
            return node.inputs().get(index);
        }

        @Override
        public int count() {
            return node.inputs().size();
        }

        @Override
        public boolean has(int index) {
            return index >= 0
                    && index < node.inputs().size()
                    && !node.inputs().get(index).isEmpty();
        }

        @Override
        public TensorType type(int index) {
            return Inference.this.type(name(index));
        }

        @Override
        public boolean isKnown(int index) {
            if (!has(index)) {
                return false;
            }
            return settled
                    ? isConstant(name(index))
                    : constants.containsKey(name(index)) || origins.containsKey(name(index));
        }

        @Override
        public NdArray value(int index) {
            return ask(name(index));
        }

        @Override
        public int outputs() {
            return node.outputs().size();
        }
    }
}
