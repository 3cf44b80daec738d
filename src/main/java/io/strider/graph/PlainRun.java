package io.strider.graph;

import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a graph node by node with each operator's plain computation: slow, without plan or fusion.
 * Shows what a network means; sessions are tested against it.
 */
public final class PlainRun {
    private PlainRun() {}

    /**
     * Computes the outputs of a graph.
     *
     * @param inputs one for each of the graph's inputs, by name
     * @return the outputs by name, in the graph's order
     * @throws IllegalArgumentException if an input is missing or does not fit, or a node refuses
     *     its inputs; the message names it
     */
    public static Map<String, NdArray> run(Graph graph, Map<String, NdArray> inputs) {
        Map<String, NdArray> values = new HashMap<>();
        graph.constants().forEach((name, value) -> values.put(name, value.array()));
        for (GraphInput input : graph.inputs()) {
            NdArray given = inputs.get(input.name());
            if (given == null) {
                throw new IllegalArgumentException("input \"" + input.name() + "\": not given");
            }
            TensorType type = new TensorType(given.type(), given.shape());
            if (!input.accepts(type)) {
                throw new IllegalArgumentException(
                        "input \"%s\": %s (expected: %s)".formatted(input.name(), type, input));
            }
            values.put(input.name(), given);
        }
        for (Node node : graph.nodes()) {
            run(node, values);
        }
        Map<String, NdArray> outputs = new LinkedHashMap<>();
        for (String name : graph.outputs()) {
            outputs.put(name, values.get(name));
        }
        return outputs;
    }

    private static void run(Node node, Map<String, NdArray> values) {
        List<@Nullable NdArray> arguments = new ArrayList<>();
        for (String name : node.inputs()) {
            arguments.add(values.get(name));
        }
        List<NdArray> results;
        try {
            results = results(node.operator(), arguments, node.outputs().size());
        } catch (RuntimeException failure) {
            throw new IllegalArgumentException(node + ": " + failure.getMessage(), failure);
        }
        for (int i = 0; i < node.outputs().size(); i++) {
            values.put(node.outputs().get(i), results.get(i));
        }
    }

    /**
     * Checks the inputs of one operator, computes it, and checks that what comes out is of the
     * types that it told.
     *
     * @throws IllegalArgumentException if the operator refuses its inputs
     */
    public static List<NdArray> results(
            Operator operator, List<@Nullable NdArray> arguments, int outputs) {
        ArrayInputs inputs = new ArrayInputs(arguments, outputs);
        List<TensorType> types = operator.outputTypes(inputs);
        if (types.size() < outputs) {
            throw new IllegalArgumentException(
                    "outputs: %s (expected: at most %s)".formatted(outputs, types.size()));
        }
        List<NdArray> known = operator.known(inputs);
        List<NdArray> results = known == null ? operator.evaluate(arguments, outputs) : known;
        for (int i = 0; i < outputs; i++) {
            NdArray result = results.get(i);
            if (result.type() != types.get(i).type()
                    || !Arrays.equals(result.shape(), types.get(i).shape())) {
                throw new IllegalStateException(
                        "%s gave %s%s instead of %s"
                                .formatted(
                                        operator.name(),
                                        result.type(),
                                        Arrays.toString(result.shape()),
                                        types.get(i)));
            }
        }
        return results;
    }

    /** Inputs that are all known. */
    static Inputs inputs(List<@Nullable NdArray> arguments, int outputs) {
        return new ArrayInputs(arguments, outputs);
    }

    /** Everything is known. */
    private record ArrayInputs(List<@Nullable NdArray> arrays, int outputs) implements Inputs {
        @Override
        public int count() {
            return arrays.size();
        }

        @Override
        public boolean has(int index) {
            return index < arrays.size() && arrays.get(index) != null;
        }

        @Override
        public TensorType type(int index) {
            NdArray array = value(index);
            return new TensorType(array.type(), array.shape());
        }

        @Override
        public boolean isKnown(int index) {
            return has(index);
        }

        @Override
        public NdArray value(int index) {
            NdArray array = index < arrays.size() ? arrays.get(index) : null;
            if (array == null) {
                throw new IllegalArgumentException("input " + index + ": absent");
            }
            return array;
        }
    }
}
