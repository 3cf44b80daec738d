package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/** Which algorithm prepares which convolution. */
final class Preparation {
    private Preparation() {}

    /**
     * Packs or transforms the weights.
     *
     * @param algorithm one that supports the geometry, or AUTO
     */
    static PreparedAlgorithm prepare(
            Algorithm algorithm,
            Conv2dGeometry geometry,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            Blas blas,
            SegmentAllocator allocator) {
        return switch (algorithm.resolve(geometry)) {
            case IM2COL, POINTWISE ->
                    new TiledGemm(geometry, weight, bias, activation, blas, allocator);
            case DIRECT -> new PreparedDirect(geometry, weight, bias, activation, allocator);
            case AUTO -> throw new AssertionError("AUTO is resolved");
        };
    }
}
