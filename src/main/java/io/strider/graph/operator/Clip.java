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
 * y = min(max(x, low), high).
 *
 * <p>Inputs x, low and high of one numeric type, or bounds of any floating-point type for an x of
 * any; low and high of one element each, either may be left out. Where low is above high, y is
 * high. Output y of x's type and shape.
 */
public record Clip() implements Operator {
    @Override
    public String name() {
        return "Clip";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, 3);
        TensorType x =
                OperandTypes.require(inputs, 0, "x", type -> type != ElementType.BOOL, "numbers");
        for (int bound = 1; bound <= 2; bound++) {
            if (inputs.has(bound)) {
                String argument = bound == 1 ? "min" : "max";
                TensorType given =
                        OperandTypes.require(
                                inputs,
                                bound,
                                argument,
                                type ->
                                        type == x.type()
                                                || (type.isFloating() && x.type().isFloating()),
                                x.type().toString());
                if (given.elementCount() != 1) {
                    throw OperandTypes.refused("%s: %s (expected: one element)", argument, given);
                }
            }
        }
        return List.of(x);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        NdArray low = inputs.size() > 1 ? inputs.get(1) : null;
        NdArray high = inputs.size() > 2 ? inputs.get(2) : null;
        return List.of(PlainElementwise.clamp(x, low, high));
    }
}
