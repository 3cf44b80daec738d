package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.Move;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Repeats dimensions of size 1 so that the input takes the shape that is the second input. Shapes
 * are aligned at their ends; a 1 in the second input leaves the input's size as it is.
 */
public record Expand() implements Movement {
    @Override
    public String name() {
        return "Expand";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        long[] wanted = Demands.integers(inputs, 1, "shape");
        int rank = Math.max(data.rank(), wanted.length);
        long[] shape = new long[rank];
        for (int dim = 0; dim < rank; dim++) {
            int own = dim - (rank - data.rank());
            int other = dim - (rank - wanted.length);
            long size = own < 0 ? 1 : data.shape()[own];
            long target = other < 0 ? 1 : wanted[other];
            if (size != target && size != 1 && target != 1) {
                throw Demands.refused(
                        "shape: %s (expected: sizes that are those of %s, or 1 on one side)",
                        wanted, data);
            }
            shape[dim] = size == 1 ? target : size;
        }
        return List.of(Demands.output(data.type(), shape));
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        TensorType data = inputs.type(0);
        long[] shape = outputs.get(0).shape();
        if (outputs.get(0).elementCount() == 0) {
            return List.of();
        }
        Move.Builder move = Move.between(data.rank(), shape.length);
        for (int dim = 0; dim < shape.length; dim++) {
            int own = dim - (shape.length - data.rank());
            if (own < 0 || data.shape()[own] != shape[dim]) {
                move.repeat(shape[dim], dim, 1);
            } else {
                move.step(shape[dim], own, dim);
            }
        }
        return List.of(move.build());
    }

    @Override
    public @Nullable View view(Inputs inputs, int output) {
        return Boxes.unchanged(inputs, outputTypes(inputs).get(0));
    }
}
