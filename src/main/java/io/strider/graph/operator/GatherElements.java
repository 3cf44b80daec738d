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
 * For every index of the second input the element of the first at the same place, save that along
 * one axis the second input tells where; below 0 counted from the back.
 *
 * @param axis −rank to rank − 1
 */
public record GatherElements(long axis) implements Operator {
    @Override
    public String name() {
        return "GatherElements";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        TensorType indices = Demands.indices(inputs, 1, "indices");
        requireInside(data, indices, Demands.axis("axis", axis, data.rank()));
        return List.of(new TensorType(data.type(), indices.shape()));
    }

    /** Whether indices reach beyond the data along another axis than theirs. */
    static void requireInside(TensorType data, TensorType indices, int dim) {
        boolean fits = indices.rank() == data.rank();
        for (int d = 0; fits && d < data.rank(); d++) {
            fits = d == dim || indices.shape()[d] <= data.shape()[d];
        }
        if (!fits) {
            throw Demands.refused(
                    "indices: %s (expected: the rank of %s, and no larger except along axis %s)",
                    indices, data, dim);
        }
    }

    /** For every index the position in the data. */
    static int[] positions(NdArray data, NdArray indices, int dim) {
        long[] strides = PlainMoves.rowMajor(data.shape());
        long[] sizes = indices.shape();
        int[] positions = new int[indices.count()];
        for (int i = 0; i < positions.length; i++) {
            long rest = i;
            long position = 0;
            for (int d = sizes.length - 1; d >= 0; d--) {
                long at =
                        d == dim
                                ? Demands.index("indices", indices.getLong(i), data.size(d))
                                : rest % sizes[d];
                rest /= sizes[d];
                position += at * strides[d];
            }
            positions[i] = (int) position;
        }
        return positions;
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        NdArray indices = Objects.requireNonNull(inputs.get(1));
        int dim = Demands.axis("axis", axis, data.rank());
        int[] positions = positions(data, indices, dim);
        return List.of(PlainMoves.pick(data, positions, indices.shape()));
    }
}
