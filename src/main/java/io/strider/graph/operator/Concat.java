package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.Move;
import java.util.ArrayList;
import java.util.List;

/**
 * All inputs one behind the other along an axis; in everything else their types are equal.
 *
 * @param axis −rank to rank − 1
 */
public record Concat(long axis) implements Movement {
    @Override
    public String name() {
        return "Concat";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType first = Demands.present(inputs, 0, "inputs");
        int dim = Demands.axis("axis", axis, first.rank());
        long[] shape = first.shape().clone();
        for (int i = 1; i < inputs.count(); i++) {
            TensorType next = Demands.present(inputs, i, "inputs", first.type());
            boolean fits = next.rank() == first.rank();
            for (int d = 0; fits && d < shape.length; d++) {
                fits = d == dim || next.shape()[d] == shape[d];
            }
            if (!fits) {
                throw Demands.refused(
                        "input %s: %s (expected: %s except along axis %s)", i, next, first, dim);
            }
            shape[dim] = Math.addExact(shape[dim], next.shape()[dim]);
        }
        return List.of(Demands.output(first.type(), shape));
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        TensorType output = outputs.get(0);
        int dim = Demands.axis("axis", axis, output.rank());
        List<Move> moves = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < inputs.count(); i++) {
            TensorType input = inputs.type(i);
            if (input.elementCount() > 0) {
                moves.add(Boxes.whole(input.shape()).source(i).toIndex(dim, at).build());
            }
            at += input.shape()[dim];
        }
        return moves;
    }

    @Override
    public View.Part part(Inputs inputs, int input) {
        int rank = inputs.type(0).rank();
        int dim = Demands.axis("axis", axis, rank);
        long first = 0;
        for (int i = 0; i < input; i++) {
            first += inputs.type(i).shape()[dim];
        }
        return View.Part.along(rank, dim, first);
    }
}
