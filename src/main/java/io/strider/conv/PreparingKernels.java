package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * {@link Algorithm#WINOGRAD} for weights that change from call to call: each call transforms them,
 * in memory that it gives back. The gradients are those of {@code others}.
 */
final class PreparingKernels implements Kernels {
    private final Conv2dGeometry geometry;
    private final Algorithm algorithm;
    private final Blas blas;
    private final Kernels others;

    PreparingKernels(Conv2dGeometry geometry, Algorithm algorithm, Blas blas, Kernels others) {
        this.geometry = geometry;
        this.algorithm = algorithm;
        this.blas = blas;
        this.others = others;
    }

    @Override
    public void forward(Tensor x, Tensor w, @Nullable Tensor bias, Tensor y) {
        try (Arena arena = Arena.ofConfined()) {
            PreparedAlgorithm prepared =
                    Preparation.prepare(
                            algorithm, geometry, w, null, bias, Activation.NONE, blas, arena);
            new PreparedRun(prepared, blas).execute(null, x, null, y);
        }
    }

    @Override
    public void backwardInput(Tensor w, Tensor gy, Tensor gx) {
        others.backwardInput(w, gy, gx);
    }

    @Override
    public void backwardWeight(Tensor x, Tensor gy, Tensor gw) {
        others.backwardWeight(x, gy, gw);
    }
}
