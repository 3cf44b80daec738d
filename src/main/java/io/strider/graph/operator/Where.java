package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainElementwise;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * x where the condition holds, y elsewhere.
 *
 * <p>Inputs condition (truths), x and y (of one type); all three broadcast. Output of x's type.
 */
public record Where() implements Operator {
    @Override
    public String name() {
        return "Where";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 3, 3);
        OperandTypes.like(inputs, 0, "condition", ElementType.BOOL);
        TensorType x = OperandTypes.require(inputs, 1, "x", type -> true, "anything");
        OperandTypes.like(inputs, 2, "y", x.type());
        return List.of(new TensorType(x.type(), OperandTypes.together(inputs)));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray condition = Objects.requireNonNull(inputs.get(0));
        NdArray x = Objects.requireNonNull(inputs.get(1));
        NdArray y = Objects.requireNonNull(inputs.get(2));
        return List.of(PlainElementwise.select(condition, x, y));
    }
}
