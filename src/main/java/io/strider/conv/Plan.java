package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a convolution works out once for operands of given sizes and strides: the geometry, which
 * also proves that the shapes fit each other, and the kernels.
 */
final class Plan {
    /**
     * With fewer positions GEMM is as quick at the weights' gradient: 512 to 2048 channels under
     * 1×1 windows, 7×7 positions, 96 GFLOP/s against 83; at 14×14 104 against 105, at 28×28 99
     * against 108 (Zen 4, one thread).
     */
    private static final long FEW_POSITIONS = 64;

    final Conv2dGeometry geometry;
    final Kernels kernels;

    /** The quicker way to the gradient of the weights; null until it is asked for, or if none. */
    private @Nullable WeightGradient weightGradient;

    private final boolean hasWeightGradient;
    private final Supplier<Blas> blas;
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
        this.blas = blas;
        this.hasWeightGradient =
                (kernels instanceof GemmKernels || kernels instanceof PreparingKernels)
                        && PackedGemm.isVector()
                        && ChannelsLast.is(image)
                        && ChannelsLast.is(output);
        this.imageLayout = layout(image);
        this.weightLayout = layout(weight);
        this.outputLayout = layout(output);
    }

    /**
     * gw = the gradient of Σ gy·y by w; gw is overwritten.
     *
     * @param workers null for the calling thread
     */
    void backwardWeight(@Nullable Workers workers, Tensor x, Tensor gy, Tensor gw) {
        boolean few = workers == null && geometry.batch() * geometry.positions() < FEW_POSITIONS;
        if (!hasWeightGradient || few) {
            kernels.backwardWeight(x, gy, gw);
            return;
        }
        WeightGradient gradient = weightGradient();
        if (workers != null) {
            workers.run(
                    gradient.tasks(),
                    gradient.scratchBytes(),
                    (task, scratch) -> gradient.run(task, x, gy, gw, scratch));
            return;
        }
        try (ScratchPool.Slot slot = ScratchPool.shared().lease(gradient.scratchBytes())) {
            for (long task = 0; task < gradient.tasks(); task++) {
                gradient.run(task, x, gy, gw, slot.memory());
            }
        }
    }

    private synchronized WeightGradient weightGradient() {
        WeightGradient gradient = weightGradient;
        if (gradient == null) {
            gradient = WeightGradient.of(geometry, blas.get());
            weightGradient = gradient;
        }
        return gradient;
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
