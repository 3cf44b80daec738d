package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainPooling;
import io.strider.ops.WindowAxis;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The greatest element under each window, padding left out, in any number of spatial dimensions.
 * NaN is greater than any number. A window that is all padding gives the least value of the type,
 * −∞ for floating-point numbers.
 *
 * <p>Input: x N×C×spatial sizes, numbers. Outputs: y N×C×windows; the number of each among all
 * elements of x, int64, the first of equal ones, −1 for a window of padding.
 *
 * @param window how it slides; its kernel is given
 * @param order of the spatial sizes in those numbers
 */
public record MaxPool(SlidingWindow window, PlainPooling.Order order) implements Operator {
    @Override
    public String name() {
        return "MaxPool";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType x = OperandChecks.numbers(inputs, 0, "X");
        TensorType y = PoolingShapes.output(x, window);
        return List.of(y, new TensorType(ElementType.INT64, y.shape()));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        List<WindowAxis> axes = PoolingShapes.axes(new TensorType(x.type(), x.shape()), window);
        PlainPooling.Maxima maxima = PlainPooling.maximum(x, axes, order);
        return List.of(maxima.values(), maxima.indices());
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (request.inputs().outputs() > 1) {
            return null;
        }
        return PoolingKernel.maximum(request, PoolingShapes.axes(request.inputs().type(0), window));
    }
}
