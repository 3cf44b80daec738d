package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainMoves;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A new axis on which the element that an index names holds one value and all others another.
 * Inputs: indices, depth (the axis' size), values (off, on). An index outside −depth to depth − 1
 * names no element.
 *
 * @param axis where the new axis stands in the output, −rank − 1 to rank of the indices
 */
public record OneHot(long axis) implements Operator {
    @Override
    public String name() {
        return "OneHot";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType indices = Demands.present(inputs, 0, "indices");
        long depth = Demands.single(inputs, 1, "depth").getLong(0);
        TensorType values = Demands.present(inputs, 2, "values");
        if (depth < 0) {
            throw Demands.refused("depth: %s (expected: >= 0)", depth);
        }
        if (values.elementCount() != 2) {
            throw Demands.refused("values: %s (expected: 2 elements)", values);
        }
        int dim = Demands.axis("axis", axis, indices.rank() + 1);
        long[] shape = new long[indices.rank() + 1];
        for (int d = 0; d < shape.length; d++) {
            shape[d] = d == dim ? depth : indices.shape()[d < dim ? d : d - 1];
        }
        return List.of(Demands.output(values.type(), shape));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray indices = Objects.requireNonNull(inputs.get(0));
        NdArray values = Objects.requireNonNull(inputs.get(2));
        long[] shape = outputTypes(new Given(inputs, outputs)).get(0).shape();
        int dim = Demands.axis("axis", axis, shape.length);
        long depth = shape[dim];
        int inner = (int) Demands.product(shape, dim + 1, shape.length);
        int[] picked = new int[PlainMoves.count(shape)];
        for (int i = 0; i < picked.length; i++) {
            int place = (int) (i / inner % depth);
            int line = (int) (i / inner / depth) * inner + i % inner;
            // Fractions have no place, as ONNX leaves open what they mean.
            double index = indices.getDouble(line);
            picked[i] = index == place || index + depth == place ? 1 : 0;
        }
        return List.of(PlainMoves.pick(values.reshape(2), picked, shape));
    }
}
