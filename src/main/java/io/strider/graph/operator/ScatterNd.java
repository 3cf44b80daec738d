package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The first input with slices of the third put where the rows of the second tell: each row holds
 * one index for as many leading dimensions as it is long. ONNX's ScatterND.
 *
 * @param reduction what becomes of the elements that were there
 */
public record ScatterNd(ScatterReduction reduction) implements Operator {
    @Override
    public String name() {
        return "ScatterND";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        TensorType indices = Demands.indices(inputs, 1, "indices");
        TensorType updates = Demands.present(inputs, 2, "updates", data.type());
        long row = indices.rank() == 0 ? 0 : indices.shape()[indices.rank() - 1];
        if (row < 1 || row > data.rank()) {
            throw Demands.refused(
                    "indices: %s (expected: rows of 1 to %s indices into %s)",
                    indices, data.rank(), data);
        }
        long[] outer = Arrays.copyOf(indices.shape(), indices.rank() - 1);
        long[] inner = Arrays.copyOfRange(data.shape(), (int) row, data.rank());
        long[] shape = LongStream.concat(Arrays.stream(outer), Arrays.stream(inner)).toArray();
        if (!Arrays.equals(updates.shape(), shape)) {
            throw Demands.refused("updates: %s (expected: shape %s)", updates, shape);
        }
        return List.of(data);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        NdArray indices = Objects.requireNonNull(inputs.get(1));
        NdArray updates = Objects.requireNonNull(inputs.get(2));
        int[] starts = GatherNd.positions(data, indices, 0);
        int inner = starts.length == 0 ? 1 : updates.count() / starts.length;
        return List.of(reduction.apply(data, updates, i -> starts[i / inner] + i % inner));
    }
}
