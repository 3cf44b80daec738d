package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.Elementwise;
import io.strider.ops.PlainElementwise;
import io.strider.ops.UnaryFunction;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = f(x) for every element: the activations, roots, logarithms and their like.
 *
 * <p>Input x of a type that the function accepts. Output y of the same type and shape.
 *
 * @param function f
 */
public record Unary(UnaryFunction function) implements Operator {
    @Override
    public String name() {
        return function.label();
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, 1);
        return List.of(
                OperandTypes.require(
                        inputs, 0, "x", function::accepts, "elements that " + name() + " takes"));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        return List.of(PlainElementwise.map(function, Objects.requireNonNull(inputs.get(0))));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32()) {
            return null;
        }
        return new SimpleKernel(
                "",
                0,
                (inputs, outputs) ->
                        Elementwise.best()
                                .unary(
                                        function,
                                        SimpleKernel.present(inputs, 0),
                                        outputs.getFirst()));
    }
}
