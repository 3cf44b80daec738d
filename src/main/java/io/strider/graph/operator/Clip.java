package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.ActivationFunction;
import io.strider.ops.Elementwise;
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

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32() || !isKnown(request, 1) || !isKnown(request, 2)) {
            return null;
        }
        float low = bound(request, 1, Float.NEGATIVE_INFINITY);
        float high = bound(request, 2, Float.POSITIVE_INFINITY);
        ActivationFunction clamp = new ActivationFunction.Clamp(low, high);
        return new SimpleKernel(
                "",
                0,
                (inputs, outputs) ->
                        Elementwise.best()
                                .unary(clamp, SimpleKernel.present(inputs, 0), outputs.getFirst()));
    }

    private static boolean isKnown(KernelRequest request, int input) {
        return !request.inputs().has(input) || request.isConstant(input);
    }

    private static float bound(KernelRequest request, int input, float otherwise) {
        return request.inputs().has(input)
                ? (float) request.inputs().value(input).getDouble(0)
                : otherwise;
    }
}
