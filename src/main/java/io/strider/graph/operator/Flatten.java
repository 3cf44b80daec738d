package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;

/**
 * A matrix of the same elements: rows are the dimensions before an axis, columns the others.
 *
 * @param axis −rank to rank
 */
public record Flatten(long axis) implements Reshaping {
    @Override
    public String name() {
        return "Flatten";
    }

    @Override
    public long[] shape(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        int rank = data.rank();
        int dim = axis == rank ? rank : Demands.axis("axis", axis, rank);
        return new long[] {
            Demands.product(data.shape(), 0, dim), Demands.product(data.shape(), dim, rank)
        };
    }
}
