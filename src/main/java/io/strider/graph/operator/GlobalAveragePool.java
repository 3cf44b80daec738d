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
 * The mean of each channel.
 *
 * <p>Input: x N×C×spatial sizes, floating-point. Output: y N×C×1×….
 */
public record GlobalAveragePool() implements Operator {
    @Override
    public String name() {
        return "GlobalAveragePool";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        return List.of(PoolingShapes.wholeOutput(OperandChecks.floating(inputs, 0, "X")));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        return List.of(
                PlainPooling.average(
                        x, PoolingShapes.wholeAxes(new TensorType(x.type(), x.shape())), false));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        return PoolingKernel.average(
                request, PoolingShapes.wholeAxes(request.inputs().type(0)), false);
    }
}
