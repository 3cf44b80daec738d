package io.strider.graph.operator;

import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.TensorType;
import io.strider.ops.Operation;
import io.strider.ops.Pooling;
import io.strider.ops.WindowAxis;
import io.strider.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link Pooling} with one or two spatial dimensions; one is a picture of height 1. */
final class PoolingKernel implements Kernel {
    /** Binds one kind of pooling. */
    @FunctionalInterface
    private interface Binding {
        Pooling bind(Tensor x, WindowAxis height, WindowAxis width, Tensor y);
    }

    private final Binding binding;
    private final WindowAxis height;
    private final WindowAxis width;

    private PoolingKernel(Binding binding, WindowAxis height, WindowAxis width) {
        this.binding = binding;
        this.height = height;
        this.width = width;
    }

    static @Nullable Kernel maximum(KernelRequest request, List<WindowAxis> axes) {
        return of(request, axes, Pooling::maximum);
    }

    static @Nullable Kernel average(
            KernelRequest request, List<WindowAxis> axes, boolean includePadding) {
        return of(
                request,
                axes,
                (x, height, width, y) -> Pooling.average(x, height, width, includePadding, y));
    }

    private static @Nullable Kernel of(
            KernelRequest request, List<WindowAxis> axes, Binding binding) {
        TensorType x = request.inputs().type(0);
        if (!request.isFloat32() || axes.isEmpty() || axes.size() > 2 || !isCountable(x)) {
            return null;
        }
        WindowAxis height = axes.size() == 2 ? axes.get(0) : WindowAxis.whole(1);
        return new PoolingKernel(binding, height, axes.get(axes.size() - 1));
    }

    /** Whether the taps of a window that lie on the input can be counted in an int. */
    private static boolean isCountable(TensorType x) {
        long positions = 1;
        for (int dim = 2; dim < x.rank(); dim++) {
            positions = Math.multiplyExact(positions, Math.max(1, x.shape()[dim]));
        }
        return positions <= Integer.MAX_VALUE;
    }

    @Override
    public Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs) {
        Tensor x = ConvolutionKernel.picture(Objects.requireNonNull(inputs.get(0)));
        return binding.bind(x, height, width, ConvolutionKernel.picture(outputs.get(0)));
    }
}
