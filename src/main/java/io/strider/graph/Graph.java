package io.strider.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A network: nodes in an order in which each reads only what comes before it, constants, inputs and
 * outputs. Every value has one name and one origin. Immutable and thread-safe.
 */
public final class Graph {
    private final List<GraphInput> inputs;
    private final Map<String, Value> constants;
    private final List<Node> nodes;
    private final List<String> outputs;

    private Graph(
            List<GraphInput> inputs,
            Map<String, Value> constants,
            List<Node> nodes,
            List<String> outputs) {
        this.inputs = List.copyOf(inputs);
        this.constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
        this.nodes = List.copyOf(nodes);
        this.outputs = List.copyOf(outputs);
    }

    /** What a caller gives, in the network's order. */
    public List<GraphInput> inputs() {
        return inputs;
    }

    /** Values that are part of the network, by name. */
    public Map<String, Value> constants() {
        return constants;
    }

    /** The steps, each after those whose results it reads. */
    public List<Node> nodes() {
        return nodes;
    }

    /** Names of the values that a caller gets, in the network's order. */
    public List<String> outputs() {
        return outputs;
    }

    /** A builder that holds all this graph does, to make another from. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        inputs.forEach(builder::input);
        constants.forEach(builder::constant);
        nodes.forEach(builder::node);
        outputs.forEach(builder::output);
        return builder;
    }

    /** A builder of an empty graph. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the parts of a graph, in any order. Not thread-safe. */
    public static final class Builder {
        private final List<GraphInput> inputs = new ArrayList<>();
        private final Map<String, Value> constants = new LinkedHashMap<>();
        private final List<Node> nodes = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();

        private Builder() {}

        /** Adds an input. */
        public Builder input(GraphInput input) {
            inputs.add(Objects.requireNonNull(input, "input"));
            return this;
        }

        /**
         * Adds a constant.
         *
         * @throws IllegalArgumentException if there is one of that name
         */
        public Builder constant(String name, Value constant) {
            if (constants.putIfAbsent(name, constant) != null) {
                throw twice(name);
            }
            return this;
        }

        /** Adds a node. */
        public Builder node(Node node) {
            nodes.add(Objects.requireNonNull(node, "node"));
            return this;
        }

        /** Adds an output, by the name of its value. */
        public Builder output(String name) {
            outputs.add(Objects.requireNonNull(name, "name"));
            return this;
        }

        /**
         * Checks the graph and orders its nodes.
         *
         * @throws IllegalArgumentException if a name has two origins, or none; or if nodes read one
         *     another's results in a circle
         */
        public Graph build() {
            Map<String, @Nullable Node> origins = new HashMap<>();
            for (GraphInput input : inputs) {
                declare(origins, input.name(), null);
            }
            for (String constant : constants.keySet()) {
                declare(origins, constant, null);
            }
            for (Node node : nodes) {
                for (String output : node.outputs()) {
                    if (!output.isEmpty()) {
                        declare(origins, output, node);
                    }
                }
            }
            for (Node node : nodes) {
                for (String input : node.inputs()) {
                    if (!input.isEmpty() && !origins.containsKey(input)) {
                        throw new IllegalArgumentException(
                                "%s: input \"%s\" (expected: an input of the network, a constant or"
                                                .formatted(node, input)
                                        + " another node's output)");
                    }
                }
            }
            for (String output : outputs) {
                if (!origins.containsKey(output)) {
                    throw new IllegalArgumentException(
                            "output \"%s\": no node gives it".formatted(output));
                }
            }
            return new Graph(inputs, constants, ordered(origins), outputs);
        }

        private static void declare(
                Map<String, @Nullable Node> origins, String name, @Nullable Node origin) {
            if (origins.containsKey(name)) {
                throw twice(name);
            }
            origins.put(name, origin);
        }

        private static IllegalArgumentException twice(String name) {
            return new IllegalArgumentException(
                    "value \"%s\": has two origins (expected: one)".formatted(name));
        }

        /** Depth first without recursion; the given order is kept where it is one. */
        private List<Node> ordered(Map<String, @Nullable Node> origins) {
            List<Node> ordered = new ArrayList<>(nodes.size());
            Set<Node> done = Collections.newSetFromMap(new IdentityHashMap<>());
            Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
            Deque<Node> stack = new ArrayDeque<>();
            for (Node start : nodes) {
                stack.push(start);
                while (!stack.isEmpty()) {
                    Node node = stack.peek();
                    if (done.contains(node)) {
                        stack.pop();
                        continue;
                    }
                    boolean entered = open.add(node);
                    boolean waits = false;
                    for (String input : node.inputs()) {
                        Node origin = origins.get(input);
                        if (origin != null && !done.contains(origin)) {
                            if (!entered || open.contains(origin)) {
                                throw new IllegalArgumentException(
                                        "%s: reads \"%s\", which is computed from its own output"
                                                .formatted(node, input));
                            }
                            stack.push(origin);
                            waits = true;
                        }
                    }
                    if (!waits) {
                        stack.pop();
                        done.add(node);
                        ordered.add(node);
                    }
                }
            }
            return ordered;
        }
    }
}
