package io.strider.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The types that the values of a graph have for two choices of its inputs' free sizes, all of them
 * different: what holds for both is taken to hold for all. A session whose fused graph then refuses
 * its inputs falls back on the graph as it was.
 */
final class ProbedTypes {
    private static final long[] BATCHES = {2, 3};
    private static final long[] SIZES = {224, 160};

    private final List<Inference> probes = new ArrayList<>();

    /** Probes a graph; knows nothing of one that cannot be inferred without its inputs. */
    ProbedTypes(Graph graph) {
        for (int probe = 0; probe < BATCHES.length; probe++) {
            Map<String, TensorType> inputs = new HashMap<>();
            long size = SIZES[probe];
            for (GraphInput input : graph.inputs()) {
                long[] shape = input.shape().clone();
                for (int dim = 0; dim < shape.length; dim++) {
                    if (shape[dim] == GraphInput.FREE) {
                        shape[dim] = dim == 0 ? BATCHES[probe] : size;
                    }
                }
                inputs.put(input.name(), new TensorType(input.type(), shape));
            }
            try {
                probes.add(Inference.of(graph, inputs, Map.of()));
            } catch (IllegalArgumentException | ArithmeticException _) {
                probes.clear();
                return;
            }
        }
    }

    /** How many types {@link #type} knows of each value; 0 if none. */
    int count() {
        return probes.size();
    }

    /** A value's type in one of the probes. */
    @Nullable TensorType type(int probe, String value) {
        return probes.get(probe).typeOrNull(value);
    }

    /** Whether two values have the same type. */
    boolean areEqual(String first, String second) {
        for (int probe = 0; probe < probes.size(); probe++) {
            TensorType type = type(probe, first);
            if (type == null || !type.equals(type(probe, second))) {
                return false;
            }
        }
        return !probes.isEmpty();
    }
}
