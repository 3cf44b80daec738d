package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/** Which algorithm prepares which convolution: the choice, in one place. */
final class Preparation {
    private Preparation() {}

    /**
     * What {@link Algorithm#AUTO} takes for a convolution whose weights are prepared.
     *
     * @param strict whether every sum must stay within γ<sub>K</sub>·Σ|a||b|
     */
    static Algorithm choose(Conv2dGeometry geometry, boolean strict) {
        if (Algorithm.POINTWISE.supports(geometry)) {
            return Algorithm.POINTWISE;
        }
        if (!strict && Algorithm.WINOGRAD.supports(geometry)) {
            return Algorithm.WINOGRAD;
        }
        if (Algorithm.IM2COL.supports(geometry)) {
            return Algorithm.IM2COL;
        }
        return Algorithm.DIRECT;
    }

    /** F(4×4, 3×3) or, where it would compute many outputs that nobody wants, F(2×2, 3×3). */
    static WinogradTile tile(Conv2dGeometry geometry) {
        return WinogradTile.F4;
    }

    /** Packs or transforms the weights for an algorithm that supports the geometry. */
    static PreparedAlgorithm prepare(
            Algorithm algorithm,
            Conv2dGeometry geometry,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            Blas blas,
            SegmentAllocator allocator) {
        return switch (algorithm) {
            case IM2COL, POINTWISE ->
                    new TiledGemm(geometry, weight, bias, activation, blas, allocator);
            case WINOGRAD ->
                    Winograd.prepare(
                            tile(geometry), geometry, weight, bias, activation, blas, allocator);
            case DIRECT -> new PreparedDirect(geometry, weight, bias, activation, allocator);
            case AUTO -> throw new AssertionError("AUTO is no algorithm of its own");
        };
    }
}
