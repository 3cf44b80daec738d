package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One ONNX node on its way to a graph: its attributes, the version of its operator set, and its
 * inputs, which a rule may change.
 *
 * <p>Operators take all that can be an input in any version as an input; a rule turns an attribute
 * of older versions into a constant.
 */
final class NodeTranslation {
    private final Attributes attributes;
    private final long version;
    private final List<String> inputs;
    private final List<String> outputs;
    private final Function<NdArray, String> constants;

    /**
     * Of one node.
     *
     * @param version of the operator set that the node is of
     * @param constants adds a constant to the graph and gives its name
     */
    NodeTranslation(
            Attributes attributes,
            long version,
            List<String> inputs,
            List<String> outputs,
            Function<NdArray, String> constants) {
        this.attributes = attributes;
        this.version = version;
        this.inputs = new ArrayList<>(inputs);
        this.outputs = List.copyOf(outputs);
        this.constants = constants;
    }

    /** What a rule does: reads the node and gives the operator. */
    @FunctionalInterface
    interface Rule {
        /**
         * Translates.
         *
         * @throws IllegalArgumentException if the node is not as its operator set says; the message
         *     names what is wrong, the caller adds the node
         */
        Operator operator(NodeTranslation node);
    }

    Attributes attributes() {
        return attributes;
    }

    /** Version of the operator set. */
    long version() {
        return version;
    }

    /** Names of the inputs as they now are; empty where one is left out. */
    List<String> inputs() {
        return inputs;
    }

    /** How many outputs the node names. */
    int outputs() {
        return outputs.size();
    }

    boolean hasInput(int index) {
        return index < inputs.size() && !inputs.get(index).isEmpty();
    }

    /** Makes a constant of what used to be an attribute the input {@code index}. */
    void setInput(int index, NdArray constant) {
        while (inputs.size() <= index) {
            inputs.add("");
        }
        inputs.set(index, constants.apply(constant));
    }

    /** An input that is left out. */
    void leaveOut(int index) {
        if (index < inputs.size()) {
            inputs.set(index, "");
        }
    }

    /** A list of integers that is an attribute before {@code since} and an input from there on. */
    void integersFromAttribute(String name, int input, long since) {
        if (version < since) {
            long[] values = attributes.integers(name);
            if (values != null) {
                setInput(input, NdArray.ofIndices(values));
            }
        }
    }

    /** Refuses a version that has no such operator. */
    void requireVersion(long least) {
        if (version < least) {
            throw new IllegalArgumentException(
                    "operator set %s: has no such operator (expected: at least %s)"
                            .formatted(version, least));
        }
    }
}
