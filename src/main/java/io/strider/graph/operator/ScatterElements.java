package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The first input with elements of the third put where the second tells: at the same place, save
 * that along one axis the second input tells where.
 *
 * @param axis −rank to rank − 1
 * @param reduction what becomes of the element that was there
 */
public record ScatterElements(long axis, ScatterReduction reduction) implements Operator {
    @Override
    public String name() {
        return "ScatterElements";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        TensorType indices = Demands.indices(inputs, 1, "indices");
        TensorType updates = Demands.present(inputs, 2, "updates", data.type());
        GatherElements.requireInside(data, indices, Demands.axis("axis", axis, data.rank()));
        if (!Arrays.equals(updates.shape(), indices.shape())) {
            throw Demands.refused("updates: %s (expected: the shape of %s)", updates, indices);
        }
        return List.of(data);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        NdArray indices = Objects.requireNonNull(inputs.get(1));
        NdArray updates = Objects.requireNonNull(inputs.get(2));
        int dim = Demands.axis("axis", axis, data.rank());
        int[] positions = GatherElements.positions(data, indices, dim);
        return List.of(reduction.apply(data, updates, i -> positions[i]));
    }
}
