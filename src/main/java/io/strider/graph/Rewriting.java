package io.strider.graph;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A graph that is being changed: nodes are replaced and taken out, readers are told to read another
 * value, constants come in. What nobody reads any more is left out in the end. Used by one thread.
 */
final class Rewriting {
    private static final long MOST_NUMBERS = 1 << 20;

    private final Graph graph;
    private final List<@Nullable Node> nodes;
    private final Map<String, Value> constants;
    private final Map<String, Integer> producers = new HashMap<>();
    private final Map<String, List<Integer>> readers = new HashMap<>();
    private final Set<String> outputs;

    /** Of a graph, which stays as it is. */
    Rewriting(Graph graph) {
        this.graph = graph;
        this.nodes = new ArrayList<>(graph.nodes());
        this.constants = new LinkedHashMap<>(graph.constants());
        this.outputs = new HashSet<>(graph.outputs());
        for (int i = 0; i < nodes.size(); i++) {
            enter(graph.nodes().get(i), i);
        }
    }

    private void enter(Node node, int index) {
        for (String output : node.outputs()) {
            if (!output.isEmpty()) {
                producers.put(output, index);
            }
        }
        for (String input : node.inputs()) {
            if (!input.isEmpty()) {
                readers.computeIfAbsent(input, _ -> new ArrayList<>()).add(index);
            }
        }
    }

    /** How many places there are for nodes; some may be empty. */
    int size() {
        return nodes.size();
    }

    /** The node at a place, null if it has been taken out. */
    @Nullable Node node(int index) {
        return nodes.get(index);
    }

    /** The place of the node that gives a value, −1 if it is an input or constant. */
    int producer(String value) {
        Integer index = producers.get(value);
        return index == null ? -1 : index;
    }

    /** The node that gives a value as its first output, if it is of a kind; or null. */
    @Nullable Node producer(String value, Class<? extends Operator> kind) {
        int index = producer(value);
        Node node = index < 0 ? null : nodes.get(index);
        boolean is =
                node != null && kind.isInstance(node.operator()) && node.output(0).equals(value);
        return is ? node : null;
    }

    /** Whether the caller gets a value. */
    boolean isOutput(String value) {
        return outputs.contains(value);
    }

    /** Whether one node reads a value, once, and the caller does not get it. */
    boolean isReadOnce(String value) {
        return !isOutput(value) && readers.getOrDefault(value, List.of()).size() == 1;
    }

    /** Whether anybody reads a value. */
    boolean isRead(String value) {
        return isOutput(value) || !readers.getOrDefault(value, List.of()).isEmpty();
    }

    /** The place of the node that alone reads a value, −1 if there is no such node. */
    int onlyReader(String value) {
        return isReadOnce(value) ? readers.getOrDefault(value, List.of()).get(0) : -1;
    }

    /** The elements of a small float32 constant, null if the value is none. */
    double @Nullable [] numbers(String value) {
        Value constant = constants.get(value);
        if (constant == null
                || constant.type().type() != ElementType.FLOAT32
                || constant.type().elementCount() > MOST_NUMBERS) {
            return null;
        }
        return constant.array().toDoubles();
    }

    /** The only element of a float32 constant, NaN if the value is none or has more. */
    double number(String value) {
        double[] numbers = numbers(value);
        return numbers == null || numbers.length != 1 ? Double.NaN : numbers[0];
    }

    /** Adds a vector of float32 as a constant and gives its name. */
    String addVector(String like, double[] elements) {
        NdArray array = NdArray.ofDoubles(ElementType.FLOAT32, elements, elements.length);
        return add(like, new Value.Numbers(array));
    }

    /** A constant, null if the value is none. */
    @Nullable Value constant(String value) {
        return constants.get(value);
    }

    /** Adds a constant and gives its name, which resembles another's. */
    String add(String like, Value constant) {
        String name = like;
        for (int i = 2; isTaken(name); i++) {
            name = like + "." + i;
        }
        constants.put(name, constant);
        return name;
    }

    private boolean isTaken(String name) {
        return constants.containsKey(name)
                || producers.containsKey(name)
                || readers.containsKey(name)
                || graph.inputs().stream().anyMatch(input -> input.name().equals(name));
    }

    /** Makes a constant of a value that a node has given. */
    void settle(String value, Value constant) {
        producers.remove(value);
        constants.put(value, constant);
    }

    /** Takes out a constant that nobody reads. */
    void forget(String value) {
        constants.remove(value);
    }

    /** Takes a node out. What it gave must be given by another, settled, or read by nobody. */
    void remove(int index) {
        Node node = nodes.set(index, null);
        if (node == null) {
            return;
        }
        for (String output : node.outputs()) {
            producers.remove(output, index);
        }
        for (String input : node.inputs()) {
            List<Integer> reading = readers.get(input);
            if (reading != null) {
                reading.remove(Integer.valueOf(index));
            }
        }
    }

    /** Puts a node in place of another. */
    void replace(int index, Node by) {
        remove(index);
        nodes.set(index, by);
        enter(by, index);
    }

    /** Lets all who read one value read another. The caller must not get the one. */
    void redirect(String from, String to) {
        for (int index : new HashSet<>(readers.getOrDefault(from, List.of()))) {
            Node reader = nodes.get(index);
            if (reader != null) {
                List<String> inputs = new ArrayList<>(reader.inputs());
                inputs.replaceAll(input -> input.equals(from) ? to : input);
                replace(
                        index,
                        new Node(reader.name(), reader.operator(), inputs, reader.outputs()));
            }
        }
    }

    /** The graph as it now is, without what does not lead to an output. */
    Graph build() {
        Graph.Builder all = Graph.builder();
        graph.inputs().forEach(all::input);
        constants.forEach(all::constant);
        for (Node node : nodes) {
            if (node != null) {
                all.node(node);
            }
        }
        graph.outputs().forEach(all::output);
        return withoutUnread(all.build());
    }

    private static Graph withoutUnread(Graph graph) {
        Set<String> read = new HashSet<>(graph.outputs());
        List<Node> kept = new ArrayList<>();
        for (Node node : graph.nodes().reversed()) {
            if (node.outputs().stream().anyMatch(read::contains)) {
                read.addAll(node.inputs());
                read.remove("");
                kept.add(node);
            }
        }
        Graph.Builder builder = Graph.builder();
        graph.inputs().forEach(builder::input);
        graph.constants()
                .forEach((name, value) -> {
                    if (read.contains(name)) {
                        builder.constant(name, value);
                    }
                });
        kept.reversed().forEach(builder::node);
        graph.outputs().forEach(builder::output);
        return builder.build();
    }
}
