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
 * Of each matrix (the last two dimensions) one triangle, 0 elsewhere. The second input moves the
 * diagonal that bounds it, which is kept: k &gt; 0 to the right; 0 if absent. ONNX's Trilu.
 *
 * @param upper whether the triangle above the diagonal is kept
 */
public record Triangle(boolean upper) implements Operator {
    @Override
    public String name() {
        return "Trilu";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "input");
        if (data.rank() < 2) {
            throw Demands.refused("input: %s (expected: rank 2 or more)", data);
        }
        if (inputs.has(1) && Demands.indices(inputs, 1, "k").elementCount() != 1) {
            throw Demands.refused("k: %s (expected: 1 element)", inputs.type(1));
        }
        return List.of(data);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        NdArray k = inputs.size() > 1 ? inputs.get(1) : null;
        long rows = data.size(data.rank() - 2);
        long columns = data.size(data.rank() - 1);
        // No diagonal further out than the corners makes a difference, nor can it then overflow.
        long shift = k == null ? 0 : Math.clamp(k.getLong(0), -rows - 1, columns + 1);
        boolean[] kept = new boolean[PlainMoves.count(data.shape())];
        for (int i = 0; i < kept.length; i++) {
            long row = i / columns % rows;
            long column = i % columns;
            kept[i] = upper ? column >= row + shift : column <= row + shift;
        }
        if (data.type().isFloating()) {
            double[] values = data.toDoubles();
            for (int i = 0; i < kept.length; i++) {
                values[i] = kept[i] ? values[i] : 0;
            }
            return List.of(NdArray.ofDoubles(data.type(), values, data.shape()));
        }
        long[] values = data.toLongs();
        for (int i = 0; i < kept.length; i++) {
            values[i] = kept[i] ? values[i] : 0;
        }
        return List.of(NdArray.ofLongs(data.type(), values, data.shape()));
    }
}
