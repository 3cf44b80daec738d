package io.strider.graph.operator;

import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import org.jspecify.annotations.Nullable;

/** Quick products. */
final class ProductKernels {
    private ProductKernels() {}

    static @Nullable Kernel matMul(KernelRequest request) {
        return null;
    }

    static @Nullable Kernel gemm(Gemm operator, KernelRequest request) {
        return null;
    }
}
