package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainPooling;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The greatest element of each channel, NaN if there is one.
 *
 * <p>Input: x N×C×spatial sizes, floating-point. Output: y N×C×1×….
 */
public record GlobalMaxPool() implements Operator {
    @Override
    public String name() {
        return "GlobalMaxPool";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        return List.of(PoolingShapes.wholeOutput(OperandChecks.floating(inputs, 0, "X")));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        return List.of(
                PlainPooling.maximum(
                                x,
                                PoolingShapes.wholeAxes(new TensorType(x.type(), x.shape())),
                                PlainPooling.Order.ROW_MAJOR)
                        .values());
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        return PoolingKernel.maximum(request, PoolingShapes.wholeAxes(request.inputs().type(0)));
    }
}
