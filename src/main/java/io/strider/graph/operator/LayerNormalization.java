package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.LineOperations;
import io.strider.ops.PlainNormalization;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Over the dimensions from an axis on: y = (x − mean) / √(variance + epsilon) · scale + shift.
 *
 * <p>Inputs x (floating-point), scale and shift (of x's type, repeated to x's shape; shift may be
 * left out). Outputs y of x's type and shape, the means, and 1 / √(variance + epsilon), the latter
 * two with sizes of 1 from the axis on.
 *
 * @param axis the first dimension normalised over, counted from the end if negative
 * @param epsilon added to the variance
 * @param statistics type of the means and what follows them, floating-point
 */
public record LayerNormalization(long axis, double epsilon, ElementType statistics)
        implements Operator {
    @Override
    public String name() {
        return "LayerNormalization";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 2, 3);
        TensorType x = OperandTypes.floating(inputs, 0, "x");
        int first = OperandTypes.axis("axis", axis, x.rank());
        OperandTypes.repeated(inputs, 1, "scale", x);
        if (inputs.has(2)) {
            OperandTypes.repeated(inputs, 2, "shift", x);
        }
        long[] shape = x.shape().clone();
        for (int dim = first; dim < shape.length; dim++) {
            shape[dim] = 1;
        }
        TensorType statistic = new TensorType(statistics, shape);
        return List.of(x, statistic, statistic);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        NdArray scale = Objects.requireNonNull(inputs.get(1));
        NdArray shift = inputs.size() > 2 ? inputs.get(2) : null;
        int first = OperandTypes.axis("axis", axis, x.rank());
        return PlainNormalization.layer(x, scale, shift, first, epsilon, statistics);
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32() || request.inputs().outputs() != 1) {
            return null;
        }
        int first = OperandTypes.axis("axis", axis, request.inputs().type(0).rank());
        return new SimpleKernel(
                "",
                0,
                (inputs, outputs) ->
                        LineOperations.layer(
                                SimpleKernel.present(inputs, 0),
                                SimpleKernel.present(inputs, 1),
                                inputs.size() > 2 ? inputs.get(2) : null,
                                first,
                                epsilon,
                                outputs.getFirst()));
    }
}
