package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.LineOperations;
import io.strider.ops.PlainNormalization;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Over the dimensions from an axis on: y = x / √(mean of x² + epsilon) · scale.
 *
 * <p>Inputs x (floating-point) and scale (of x's type, repeated to x's shape). Output y of x's type
 * and shape.
 *
 * @param axis the first dimension normalised over, counted from the end if negative
 * @param epsilon added to the mean of the squares
 */
public record RootMeanSquareNormalization(long axis, double epsilon) implements Operator {
    @Override
    public String name() {
        return "RMSNormalization";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 2, 2);
        TensorType x = OperandTypes.floating(inputs, 0, "x");
        OperandTypes.axis("axis", axis, x.rank());
        OperandTypes.repeated(inputs, 1, "scale", x);
        return List.of(x);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        NdArray scale = Objects.requireNonNull(inputs.get(1));
        int first = OperandTypes.axis("axis", axis, x.rank());
        return List.of(PlainNormalization.rootMeanSquare(x, scale, first, epsilon));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32()) {
            return null;
        }
        int first = OperandTypes.axis("axis", axis, request.inputs().type(0).rank());
        return new SimpleKernel(
                "",
                0,
                (inputs, outputs) ->
                        LineOperations.rootMeanSquare(
                                SimpleKernel.present(inputs, 0),
                                SimpleKernel.present(inputs, 1),
                                first,
                                epsilon,
                                outputs.getFirst()));
    }
}
