package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.Move;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Repeats the whole input along each dimension as often as the second input tells. */
public record Tile() implements Movement {
    @Override
    public String name() {
        return "Tile";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        long[] repeats = Demands.integers(inputs, 1, "repeats");
        if (repeats.length != data.rank()) {
            throw Demands.refused("repeats: %s (expected: one for each size of %s)", repeats, data);
        }
        long[] shape = data.shape().clone();
        for (int dim = 0; dim < shape.length; dim++) {
            if (repeats[dim] < 0 || repeats[dim] > Long.MAX_VALUE / Math.max(1, shape[dim])) {
                throw Demands.refused(
                        "repeats: %s (expected: >= 0, and sizes that can be counted)", repeats);
            }
            shape[dim] *= repeats[dim];
        }
        return List.of(Demands.output(data.type(), shape));
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        long[] sizes = inputs.type(0).shape();
        if (outputs.get(0).elementCount() == 0) {
            return List.of();
        }
        Move.Builder move = Move.between(sizes.length, sizes.length);
        for (int dim = 0; dim < sizes.length; dim++) {
            move.repeat(outputs.get(0).shape()[dim] / sizes[dim], dim, sizes[dim]);
            move.step(sizes[dim], dim, dim);
        }
        return List.of(move.build());
    }

    @Override
    public @Nullable View view(Inputs inputs, int output) {
        return Boxes.unchanged(inputs, outputTypes(inputs).get(0));
    }
}
