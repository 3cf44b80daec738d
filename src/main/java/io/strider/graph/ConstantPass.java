package io.strider.graph;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Computes beforehand what follows from constants alone, such as weights kept as small integers.
 */
final class ConstantPass {
    /** Elements of a constant that may come in or out: computed on the heap, 8 bytes each. */
    private static final long MOST = 1 << 24;

    /** Elements of all constants that come out. */
    private static final long MOST_TOGETHER = 1L << 28;

    /** Float32 constants beyond this go off the heap. */
    private static final int SMALL = 1024;

    private ConstantPass() {}

    /**
     * The same graph with fewer nodes.
     *
     * @param arena where large float32 constants go
     */
    static Graph apply(Graph graph, Arena arena) {
        Rewriting rewriting = new Rewriting(graph);
        Set<String> heap = new HashSet<>();
        long left = MOST_TOGETHER;
        for (int i = 0; i < rewriting.size(); i++) {
            Node node = rewriting.node(i);
            List<NdArray> results = node == null ? null : results(node, rewriting, left);
            if (node == null) {
                continue;
            }
            if (results == null) {
                moveOff(node.inputs(), heap, rewriting, arena);
                continue;
            }
            rewriting.remove(i);
            for (int k = 0; k < node.outputs().size(); k++) {
                if (!node.output(k).isEmpty()) {
                    left -= results.get(k).count();
                    rewriting.settle(node.output(k), new Value.Numbers(results.get(k)));
                    heap.add(node.output(k));
                }
            }
            for (String input : node.inputs()) {
                if (heap.contains(input) && !rewriting.isRead(input)) {
                    heap.remove(input);
                    rewriting.forget(input);
                }
            }
        }
        moveOff(List.copyOf(heap), heap, rewriting, arena);
        return rewriting.build();
    }

    /** Takes large results off the heap once a node wants them that is not computed here. */
    private static void moveOff(
            List<String> names, Set<String> heap, Rewriting rewriting, Arena arena) {
        for (String name : names) {
            Value constant = heap.remove(name) ? rewriting.constant(name) : null;
            if (constant != null
                    && constant.type().type() == ElementType.FLOAT32
                    && constant.type().elementCount() > SMALL) {
                rewriting.settle(name, new Value.Floats(constant.array().toTensor(arena)));
            }
        }
    }

    private static @Nullable List<NdArray> results(Node node, Rewriting rewriting, long left) {
        List<@Nullable NdArray> arguments = new ArrayList<>();
        for (String input : node.inputs()) {
            Value constant = rewriting.constant(input);
            if (!input.isEmpty() && (constant == null || constant.type().elementCount() > MOST)) {
                return null;
            }
        }
        for (String input : node.inputs()) {
            Value constant = rewriting.constant(input);
            arguments.add(constant == null ? null : constant.array());
        }
        try {
            Inputs inputs = PlainRun.inputs(arguments, node.outputs().size());
            for (TensorType type : node.operator().outputTypes(inputs)) {
                if (type.elementCount() > Math.min(MOST, left)) {
                    return null;
                }
            }
            return PlainRun.results(node.operator(), arguments, node.outputs().size());
        } catch (IllegalArgumentException | ArithmeticException _) {
            return null; // told when the node is planned, with its name
        }
    }
}
