package io.strider.graph;

import java.util.List;

/**
 * One step of a network.
 *
 * @param name for messages and plans; need not be unique
 * @param operator what it computes
 * @param inputs names of the values it reads; an empty name stands for one that is left out
 * @param outputs names of the values it gives; an empty name for one that nobody wants
 */
public record Node(String name, Operator operator, List<String> inputs, List<String> outputs) {
    /** Keeps copies of the lists. */
    public Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The name of an input, empty if it is left out. */
    String input(int index) {
        return index < inputs.size() ? inputs.get(index) : "";
    }

    /** The name of an output, empty if nobody wants it. */
    String output(int index) {
        return index < outputs.size() ? outputs.get(index) : "";
    }

    @Override
    public String toString() {
        return operator.name() + " \"" + name + "\"";
    }
}
