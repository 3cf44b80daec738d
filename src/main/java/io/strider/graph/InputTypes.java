package io.strider.graph;

import io.strider.tensor.NdArray;
import java.util.HashMap;
import java.util.Map;

/** Checks what a caller gives to a network against what the network asks for. */
final class InputTypes {
    private InputTypes() {}

    /** The elements of those inputs from which shapes may be computed. */
    static Map<String, NdArray> small(Map<String, TensorType> types, Map<String, Value> inputs) {
        Map<String, NdArray> small = new HashMap<>();
        inputs.forEach((name, value) -> {
            TensorType type = types.get(name);
            if (type != null && type.elementCount() <= Inference.KNOWABLE) {
                small.put(name, value.array());
            }
        });
        return small;
    }

    /**
     * The types of what a caller gives, checked.
     *
     * @throws IllegalArgumentException if an input is missing, unknown or does not fit
     * @throws IllegalStateException if a tensor's arena is closed
     */
    static Map<String, TensorType> of(Map<String, Value> inputs, Graph graph) {
        Map<String, TensorType> types = new HashMap<>();
        inputs.forEach((name, value) -> {
            types.put(name, value.type());
            if (value instanceof Value.Floats floats) {
                floats.tensor().requireReadable("input \"" + name + "\"");
            }
        });
        return checked(types, graph);
    }

    /** The same types, checked. */
    static Map<String, TensorType> checked(Map<String, TensorType> types, Graph graph) {
        Map<String, TensorType> checked = new HashMap<>();
        for (GraphInput input : graph.inputs()) {
            TensorType type = types.get(input.name());
            if (type == null) {
                throw new IllegalArgumentException(
                        "input \"%s\": not given (expected: %s)".formatted(input.name(), input));
            }
            if (!input.accepts(type)) {
                throw new IllegalArgumentException(
                        "input \"%s\": %s (expected: %s)".formatted(input.name(), type, input));
            }
            checked.put(input.name(), type);
        }
        for (String name : types.keySet()) {
            if (!checked.containsKey(name)) {
                throw new IllegalArgumentException(
                        "input \"%s\": unknown (expected: one of %s)"
                                .formatted(name, graph.inputs()));
            }
        }
        return checked;
    }
}
