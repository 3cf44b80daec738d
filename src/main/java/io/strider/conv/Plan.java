package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.util.function.Supplier;

/**
 * What a convolution works out once for operands of given sizes and strides: the geometry, which
 * also proves that the shapes fit each other, and the kernels.
 */
final class Plan {
    final Conv2dGeometry geometry;
    final Kernels kernels;
    private final long[] imageLayout;
    private final long[] weightLayout;
    private final long[] outputLayout;
    private final boolean interleaved;

    /** The shapes must be those of the geometry. {@code blas} is asked only if it is needed. */
    Plan(
            Conv2dGeometry geometry,
            Algorithm algorithm,
            Supplier<Blas> blas,
            Tensor image,
            Tensor weight,
            Tensor output) {
        this.geometry = geometry;
        this.interleaved = interleaved(image, weight, output);
        this.kernels =
                switch (algorithm.resolve(geometry)) {
                    case DIRECT -> new DirectKernels(geometry);
                    case IM2COL, POINTWISE -> gemm(blas.get(), image, weight, output);
                    case DEPTHWISE ->
                            new DepthwiseKernels(geometry, image, output, ScratchPool.shared());
                    case WINOGRAD ->
                            new PreparingKernels(
                                    geometry,
                                    Algorithm.WINOGRAD,
                                    blas.get(),
                                    gemm(blas.get(), image, weight, output));
                    case AUTO -> throw new AssertionError("AUTO is resolved");
                };
        this.imageLayout = layout(image);
        this.weightLayout = layout(weight);
        this.outputLayout = layout(output);
    }

    private Kernels gemm(Blas blas, Tensor image, Tensor weight, Tensor output) {
        GemmTiling tiling = new GemmTiling(geometry, image, weight, output, interleaved);
        return new GemmKernels(geometry, tiling, blas, ScratchPool.shared());
    }

    /**
     * Whether these operands have the sizes and strides that this plan was made for, and lie beside
     * or between each other as those did.
     */
    boolean fits(Tensor image, Tensor weight, Tensor output) {
        return hasLayout(image, imageLayout)
                && hasLayout(weight, weightLayout)
                && hasLayout(output, outputLayout)
                && interleaved == interleaved(image, weight, output);
    }

    private static boolean interleaved(Tensor image, Tensor weight, Tensor output) {
        return Shapes.rangesMeet(image, output)
                || Shapes.rangesMeet(weight, output)
                || Shapes.rangesMeet(image, weight);
    }

    private static long[] layout(Tensor t) {
        long[] layout = new long[8];
        for (int dim = 0; dim < 4; dim++) {
            layout[2 * dim] = t.size(dim);
            layout[2 * dim + 1] = t.stride(dim);
        }
        return layout;
    }

    private static boolean hasLayout(Tensor t, long[] layout) {
        if (t.rank() != 4) {
            return false;
        }
        for (int dim = 0; dim < 4; dim++) {
            if (t.size(dim) != layout[2 * dim] || t.stride(dim) != layout[2 * dim + 1]) {
                return false;
            }
        }
        return true;
    }
}
