package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.Move;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The dimensions in another order: dimension i of the output is dimension {@code order(i)} of the
 * input. ONNX's Transpose.
 *
 * @param order each dimension once; empty to turn their order round
 */
public record Transposition(List<Integer> order) implements Movement {
    /** Keeps a copy of the list. */
    public Transposition {
        order = List.copyOf(order);
    }

    @Override
    public String name() {
        return "Transpose";
    }

    /** The order for a rank, checked. */
    int[] dims(int rank) {
        if (order.isEmpty()) {
            int[] turned = new int[rank];
            for (int i = 0; i < rank; i++) {
                turned[i] = rank - 1 - i;
            }
            return turned;
        }
        if (order.size() != rank) {
            throw Demands.refused(
                    "perm: %s (expected: each of the %s dimensions once)", order, rank);
        }
        return Demands.axes("perm", order.stream().mapToLong(dim -> dim).toArray(), rank);
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        int[] dims = dims(data.rank());
        long[] shape = new long[dims.length];
        for (int i = 0; i < dims.length; i++) {
            shape[i] = data.shape()[dims[i]];
        }
        return List.of(new TensorType(data.type(), shape));
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        TensorType data = inputs.type(0);
        int[] dims = dims(data.rank());
        Move.Builder move = Move.between(data.rank(), data.rank());
        for (int i = 0; i < dims.length; i++) {
            move.step(data.shape()[dims[i]], dims[i], i);
        }
        return List.of(move.build());
    }

    /** Only dimensions of size 1 have moved: the others follow one another as before. */
    @Override
    public @Nullable View view(Inputs inputs, int output) {
        long[] sizes = inputs.type(0).shape();
        int last = -1;
        for (int dim : dims(sizes.length)) {
            if (sizes[dim] != 1) {
                if (dim < last) {
                    return null;
                }
                last = dim;
            }
        }
        return View.SAME_ORDER;
    }
}
