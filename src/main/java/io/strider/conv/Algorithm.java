package io.strider.conv;

/**
 * How a convolution is computed. All give the same sums; they differ in speed, in the order of
 * summation and so in the last bits.
 *
 * <p>Error bounds, with K products in a sum, u = 2⁻²⁴ and γ<sub>K</sub> = K·u / (1 − K·u) (Higham,
 * <i>Accuracy and Stability of Numerical Algorithms</i>, section 3.1): every algorithm here but
 * {@link #WINOGRAD} stays within γ<sub>K</sub> · Σ|a||b|, and sums of small integers (partial sums
 * below 2²⁴) are exact.
 */
public enum Algorithm {
    /** Picks the quickest of the others that can compute the geometry. */
    AUTO,

    /**
     * The loops of the formula, one double-precision sum an output: slow, plain, any strides. The
     * others are tested against it. Its error is one rounding to float.
     */
    DIRECT,

    /**
     * Patches are copied into a matrix, a tile at a time, and multiplied by GEMM (Chellapilla, Puri
     * and Simard, <i>High Performance Convolutional Neural Networks for Document Processing</i>,
     * 2006). The gradient of the input comes back by col2im.
     */
    IM2COL,

    /**
     * A 1×1 window at stride 1 without padding is a matrix product on the input itself; nothing is
     * copied where the input's strides let GEMM read it.
     */
    POINTWISE,

    /**
     * 3×3 windows at stride 1 with 2.25 to 4 times fewer products: F(2×2, 3×3) or F(4×4, 3×3), by
     * the size of the output (Lavin and Gray, <i>Fast Algorithms for Convolutional Neural
     * Networks</i>, 2016). The gradient of the weights is computed as by {@link #IM2COL}.
     *
     * <p>Its error is larger: for values of one scale within 8 · 16 · u·Σ|a||b|, measured 3 to 10
     * u·Σ|a||b| at most, and sums of small integers are not exact.
     */
    WINOGRAD,

    /**
     * One window for each channel (groups, input and output channels are as many): loops that
     * multiply and add in registers, on the input where it lies. Each output is one sum of its
     * products, in their order.
     */
    DEPTHWISE;

    /** Whether this algorithm can compute {@code geometry}, forward and backward. */
    public boolean supports(Conv2dGeometry geometry) {
        return switch (this) {
            case AUTO, DIRECT -> true;
            case IM2COL -> geometry.fitsGemm();
            case POINTWISE -> geometry.fitsGemm() && geometry.isPointwise();
            case WINOGRAD -> geometry.fitsGemm() && Winograd.supports(geometry);
            case DEPTHWISE -> DepthwiseWindow.supports(geometry);
        };
    }

    /** This algorithm, or for {@link #AUTO} the one to use on {@code geometry}. */
    Algorithm resolve(Conv2dGeometry geometry) {
        if (this != AUTO) {
            if (!supports(geometry)) {
                throw new IllegalArgumentException(
                        "algorithm: %s (expected: one that can compute %s; %s)"
                                .formatted(this, geometry, condition()));
            }
            return this;
        }
        if (DEPTHWISE.supports(geometry)) {
            return DEPTHWISE; // GEMMs of one row a channel are 1.2 to 40 times slower
        }
        if (POINTWISE.supports(geometry)) {
            return POINTWISE; // no patches to copy: bare GEMM speed
        }
        if (IM2COL.supports(geometry)) {
            return IM2COL;
        }
        return DIRECT; // sizes that a 32-bit BLAS cannot be told
    }

    /** Whether sums of small integers come out exact, in all products. */
    boolean isExact() {
        return this != WINOGRAD;
    }

    private String condition() {
        return switch (this) {
            case POINTWISE -> "POINTWISE needs a 1×1 kernel, stride 1 and no padding";
            case DEPTHWISE -> "DEPTHWISE needs as many groups as input and as output channels";
            case IM2COL -> "IM2COL needs matrices whose sides fit an int";
            case WINOGRAD -> "WINOGRAD needs a 3×3 kernel, stride 1, dilation 1 and one group";
            case AUTO, DIRECT -> "all can";
        };
    }
}
