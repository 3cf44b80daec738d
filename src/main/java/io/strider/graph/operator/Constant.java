package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.NdArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value of its own, from no inputs.
 *
 * @param value what it is
 */
public record Constant(NdArray value) implements Operator {
    @Override
    public String name() {
        return "Constant";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        return List.of(new TensorType(value.type(), value.shape()));
    }

    @Override
    public List<NdArray> known(Inputs inputs) {
        return List.of(value);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        return List.of(value);
    }
}
