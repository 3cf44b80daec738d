package io.strider.server.inference;

import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.ImageSize;
import io.strider.graph.GraphInput;
import io.strider.graph.Session;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a network's outputs before it runs: their types for batches of 1 and of 2, and
 * for two other free sizes. What differs between the two is taken to be free, and an output whose
 * first size is that of the batch to have a row for each of the input's. Immutable.
 *
 * @param described each in the form of an input; of a network that refuses such inputs, numbers in
 *     one free dimension
 * @param rows the names of those with a row for each of the input's, if the network has one input
 *     of float32 with a free first size
 */
record ModelOutputs(List<GraphInput> described, Set<String> rows) {
    private static final int PROBES = 2;
    private static final long[] SIZES = {224, 160};
    private static final int IMAGE_RANK = 4;

    ModelOutputs {
        described = List.copyOf(described);
        rows = Set.copyOf(rows);
    }

    /**
     * Asks a network.
     *
     * @param embedder its pictures, if it takes such
     */
    static ModelOutputs of(Session session, @Nullable ImageEmbedder embedder) {
        List<Map<String, TensorType>> probes = new ArrayList<>();
        try {
            for (int probe = 0; probe < PROBES; probe++) {
                probes.add(session.outputTypes(inputs(session, probe, embedder)));
            }
        } catch (IllegalArgumentException _) { // such as a shape that depends on elements
            return new ModelOutputs(
                    session.outputs().stream()
                            .map(name -> new GraphInput(name, ElementType.FLOAT32, GraphInput.FREE))
                            .toList(),
                    Set.of());
        }
        List<GraphInput> described = new ArrayList<>();
        Set<String> rows = new HashSet<>();
        for (String name : session.outputs()) {
            TensorType one = Objects.requireNonNull(probes.get(0).get(name));
            TensorType two = Objects.requireNonNull(probes.get(1).get(name));
            described.add(joined(name, one, two));
            if (one.rank() > 0 && two.rank() > 0 && one.shape()[0] == 1 && two.shape()[0] == 2) {
                rows.add(name);
            }
        }
        return new ModelOutputs(described, takesRows(session) ? rows : Set.of());
    }

    private static boolean takesRows(Session session) {
        if (session.inputs().size() != 1) {
            return false;
        }
        GraphInput only = session.inputs().getFirst();
        return only.type() == ElementType.FLOAT32
                && only.shape().length > 0
                && only.shape()[0] == GraphInput.FREE;
    }

    private static Map<String, TensorType> inputs(
            Session session, int probe, @Nullable ImageEmbedder embedder) {
        Map<String, TensorType> types = new HashMap<>();
        for (GraphInput input : session.inputs()) {
            long[] shape = input.shape().clone();
            for (int dim = 0; dim < shape.length; dim++) {
                if (shape[dim] == GraphInput.FREE) {
                    shape[dim] = size(dim, shape.length, probe, embedder);
                }
            }
            types.put(input.name(), new TensorType(input.type(), shape));
        }
        return types;
    }

    private static long size(int dim, int rank, int probe, @Nullable ImageEmbedder embedder) {
        if (dim == 0) {
            return probe + 1L;
        }
        if (embedder == null || rank != IMAGE_RANK) {
            return SIZES[probe];
        }
        if (dim == 1) {
            return embedder.preprocessing().channels();
        }
        ImageSize size = embedder.preprocessing().fixedSize().orElse(null);
        if (size == null) {
            return SIZES[probe];
        }
        return dim == 2 ? size.height() : size.width();
    }

    private static GraphInput joined(String name, TensorType one, TensorType two) {
        if (one.rank() != two.rank()) {
            return new GraphInput(name, one.type(), GraphInput.FREE);
        }
        long[] shape = one.shape().clone();
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] != two.shape()[dim]) {
                shape[dim] = GraphInput.FREE;
            }
        }
        return new GraphInput(name, one.type(), shape);
    }
}
