package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/** Which algorithm prepares which convolution: the choice, in one place. */
final class Preparation {
    private Preparation() {}

    /** Fewer input channels than this and the transforms cost Winograd more than it saves. */
    private static final long WINOGRAD_CHANNELS = 16;

    /** Winograd's share of the products must be less than this for its transforms to pay. */
    private static final double WINOGRAD_SHARE = 0.8;

    /** Positions of the smallest picture that is cut into bands: 28×28. */
    private static final long BAND_PICTURE = 784;

    /** Rows of the quickest product: fewer, or a rest, cost as much. */
    private static final long GEMM_ROWS = 7;

    /**
     * What {@link Algorithm#AUTO} takes for a convolution whose weights are prepared. The figures
     * are GFLOP/s of the definition's operations on one Zen 4 core with a peak of 118, all of them
     * with the Vector API.
     *
     * @param geometry its batch is the one to expect
     * @param strict whether every sum must stay within γ<sub>K</sub>·Σ|a||b|
     */
    static Algorithm choose(Conv2dGeometry geometry, boolean strict) {
        if (Algorithm.DEPTHWISE.supports(geometry)) {
            return Algorithm.DEPTHWISE; // 144 channels, 56×56: 85, IM2COL 1
        }
        if (Algorithm.POINTWISE.supports(geometry)) {
            return Algorithm.POINTWISE; // 1024 to 256, 14×14: 108, bare sgemm 99
        }
        if (!strict && Algorithm.WINOGRAD.supports(geometry) && winogradPays(geometry)) {
            return Algorithm.WINOGRAD;
        }
        if (Algorithm.IM2COL.supports(geometry)) {
            return Algorithm.IM2COL;
        }
        return Algorithm.DIRECT; // sizes that a 32-bit BLAS cannot be told
    }

    /**
     * Measured, WINOGRAD against IM2COL, one image of 56×56: 8 to 64 channels 59 and 76, 16 to 64
     * 164 and 89, 64 to 64 269 and 99; 256 to 256, pictures of 3×3 78 and 75, 5×5 92 and 90, 6×6
     * 136 and 94; 512 to 512, 7×7 118 and 97, eight of 2×2 114 and 90, eight of 7×7 199 and 98.
     */
    private static boolean winogradPays(Conv2dGeometry geometry) {
        double direct = wholeRows(geometry.positions() * geometry.batch());
        return geometry.inChannels() >= WINOGRAD_CHANNELS
                && share(geometry, tile(geometry)) < WINOGRAD_SHARE * direct;
    }

    /**
     * Which of Winograd's tiles needs fewer products: F(4×4, 3×3) but for small pictures. Measured,
     * F(4×4) against F(2×2): 256 channels, 5×5 75 and 92, 6×6 106 and 136; 512 channels, 7×7 114
     * and 118, eight of 7×7 199 and 145, eight of 4×4 188 and 168, eight of 2×2 49 and 114.
     */
    static WinogradTile tile(Conv2dGeometry geometry) {
        return share(geometry, WinogradTile.F4) <= share(geometry, WinogradTile.F2)
                ? WinogradTile.F4
                : WinogradTile.F2;
    }

    /** Products by a tile for one of the definition's, with the rows of GEMM that are filled up. */
    private static double share(Conv2dGeometry geometry, WinogradTile tile) {
        long tiles =
                Math.ceilDiv(geometry.outHeight(), tile.outputs())
                        * Math.ceilDiv(geometry.outWidth(), tile.outputs());
        double products = (double) tiles * tile.positions() / (9.0 * geometry.positions());
        return products * wholeRows(tiles * geometry.batch());
    }

    private static double wholeRows(long rows) {
        return rows == 0 ? 1 : (double) Math.ceilDiv(rows, GEMM_ROWS) * GEMM_ROWS / rows;
    }

    /**
     * Whether IM2COL reads windows from a band of input rows and copies no patches. Measured, bands
     * against patches: 3 to 64 channels, 7×7 with stride 2, 224×224 106 and 80; 3×3, 224×224 81 and
     * 48; 3 to 32, 3×3 with stride 2, 224×224 67 and 50; 8 to 64, 3×3, 56×56 100 and 84; 128 to
     * 128, 3×3 with stride 2, 56×56 110 and 100; 256 to 512, 1×1 with stride 2, 56×56 98 and 106,
     * as a band has the pixels between the windows too. Small pictures have too few bands to share
     * out, and without vectors OpenBLAS wants patches.
     */
    private static boolean bandsPay(Conv2dGeometry geometry) {
        return PackedGemm.isVector()
                && BandedGemm.supports(geometry)
                && geometry.positions() >= BAND_PICTURE
                && geometry.kernelHeight() >= geometry.strideHeight()
                && geometry.kernelWidth() >= geometry.strideWidth()
                && !geometry.isPointwise();
    }

    /**
     * Packs or transforms the weights for an algorithm that supports the geometry.
     *
     * @param scale factors of the outputs, by which the weights are multiplied; null for none
     */
    static PreparedAlgorithm prepare(
            Algorithm algorithm,
            Conv2dGeometry geometry,
            Tensor weight,
            @Nullable Tensor scale,
            @Nullable Tensor bias,
            Activation activation,
            Blas blas,
            SegmentAllocator allocator) {
        Filters filters = new Filters(weight, scale);
        try (Arena passing = Arena.ofConfined()) {
            return switch (algorithm) {
                case IM2COL, POINTWISE ->
                        bandsPay(geometry)
                                ? new BandedGemm(geometry, filters, bias, activation, allocator)
                                : new TiledGemm(
                                        geometry, filters, bias, activation, blas, allocator);
                case WINOGRAD ->
                        Winograd.prepare(
                                tile(geometry),
                                geometry,
                                filters,
                                bias,
                                activation,
                                blas,
                                allocator);
                case DEPTHWISE ->
                        Depthwise.prepare(
                                geometry, filters.scaled(passing), bias, activation, allocator);
                case DIRECT ->
                        new PreparedDirect(
                                geometry, filters.scaled(passing), bias, activation, allocator);
                case AUTO -> throw new AssertionError("AUTO is no algorithm of its own");
            };
        }
    }

    /**
     * The gradient by the input: with strides in phases, each the convolution that {@link #choose}
     * takes for it.
     *
     * @param algorithm one that supports the geometry of the forward pass
     */
    static PreparedAlgorithm prepareInputGradient(
            Algorithm algorithm,
            boolean strict,
            Conv2dGeometry geometry,
            Tensor weight,
            Blas blas,
            SegmentAllocator allocator) {
        boolean plain = strict || algorithm == Algorithm.IM2COL || algorithm == Algorithm.DIRECT;
        StridedInputGradient.PhasePreparation phases =
                (phase, weights) ->
                        prepare(
                                algorithm == Algorithm.DIRECT
                                        ? Algorithm.DIRECT
                                        : choose(phase, plain),
                                phase,
                                weights,
                                null,
                                null,
                                Activation.NONE,
                                blas,
                                allocator);
        return algorithm == Algorithm.DIRECT
                ? new StridedInputGradient(geometry, weight, phases)
                : StridedInputGradient.quickest(geometry, weight, allocator, phases);
    }
}
