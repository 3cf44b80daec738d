package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.tensor.NdArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inputs that are all there as arrays, for a plain computation that asks what a plan asked.
 *
 * @param arrays null where absent
 * @param outputs how many outputs are wanted
 */
record Given(List<@Nullable NdArray> arrays, int outputs) implements Inputs {
    @Override
    public int count() {
        return arrays.size();
    }

    @Override
    public boolean has(int index) {
        return index < arrays.size() && arrays.get(index) != null;
    }

    @Override
    public TensorType type(int index) {
        NdArray array = value(index);
        return new TensorType(array.type(), array.shape());
    }

    @Override
    public boolean isKnown(int index) {
        return has(index);
    }

    @Override
    public NdArray value(int index) {
        NdArray array = index < arrays.size() ? arrays.get(index) : null;
        if (array == null) {
            throw Demands.refused("input %s: absent", index);
        }
        return array;
    }
}
