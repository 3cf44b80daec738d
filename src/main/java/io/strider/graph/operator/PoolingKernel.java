package io.strider.graph.operator;

import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.ops.WindowAxis;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Quick pooling. */
final class PoolingKernel {
    private PoolingKernel() {}

    static @Nullable Kernel maximum(KernelRequest request, List<WindowAxis> axes) {
        return null;
    }

    static @Nullable Kernel average(
            KernelRequest request, List<WindowAxis> axes, boolean includePadding) {
        return null;
    }
}
