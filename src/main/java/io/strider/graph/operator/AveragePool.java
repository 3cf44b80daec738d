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
 * The mean of the elements under each window in any number of spatial dimensions; 0 for a window
 * that is all padding.
 *
 * <p>Input: x N×C×spatial sizes, floating-point. Output: y N×C×windows.
 *
 * @param window how it slides; its kernel is given
 * @param includePadding whether padding counts as zeros; what lies beyond it, where the number of
 *     windows is rounded up, never counts
 */
public record AveragePool(SlidingWindow window, boolean includePadding) implements Operator {
    @Override
    public String name() {
        return "AveragePool";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        return List.of(PoolingShapes.output(OperandChecks.floating(inputs, 0, "X"), window));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        return List.of(
                PlainPooling.average(
                        x,
                        PoolingShapes.axes(new TensorType(x.type(), x.shape()), window),
                        includePadding));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        return PoolingKernel.average(
                request, PoolingShapes.axes(request.inputs().type(0), window), includePadding);
    }
}
