package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainMoves;
import io.strider.tensor.NdArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One value everywhere, in the shape that is the input.
 *
 * @param value one element
 */
public record ConstantOfShape(NdArray value) implements Operator {
    /** Checks the value. */
    public ConstantOfShape {
        if (value.count() != 1) {
            throw Demands.refused("value: %s elements (expected: 1)", value.count());
        }
    }

    @Override
    public String name() {
        return "ConstantOfShape";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        return List.of(Demands.output(value.type(), Demands.integers(inputs, 0, "input")));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        long[] shape = outputTypes(new Given(inputs, outputs)).get(0).shape();
        return List.of(PlainMoves.apply(List.of(), List.of(), 0, value.type(), value, shape));
    }
}
