package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.Comparison;
import io.strider.ops.PlainElementwise;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a and b compare so, for every pair of elements after broadcasting.
 *
 * <p>Inputs a and b of one type. Output of truths.
 *
 * @param comparison how
 */
public record Compare(Comparison comparison) implements Operator {
    @Override
    public String name() {
        return comparison.label();
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 2, 2);
        TensorType a =
                OperandTypes.require(inputs, 0, "a", comparison::accepts, "comparable elements");
        OperandTypes.like(inputs, 1, "b", a.type());
        return List.of(new TensorType(ElementType.BOOL, OperandTypes.together(inputs)));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray a = Objects.requireNonNull(inputs.get(0));
        NdArray b = Objects.requireNonNull(inputs.get(1));
        return List.of(PlainElementwise.compare(comparison, a, b));
    }
}
