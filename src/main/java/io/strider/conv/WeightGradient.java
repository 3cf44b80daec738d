package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * The gradient of Σ gy·y by the weights of a convolution, for channels-last pictures:
 *
 * <pre>
 *   gw[o, c, i, j] = Σ over n, p, q of gy[n, o, p, q] · x[n, c, p·s + i·d − pad, q·s + j·d − pad]
 * </pre>
 *
 * <p>{@code x.stride(1)} and {@code gy.stride(1)} are 1 (or there is one channel); pixels, rows and
 * images follow at whatever strides. gw may have any strides; where its channels lie together, as
 * in channels-last order or under 1×1 windows, nothing has to be reordered.
 *
 * <p>A run is split into tasks. Each sums its own part of gw over all positions in the same order,
 * so they may run at the same time, in any order, on any number of threads: the result is the same
 * bits. Callers have checked shapes, access and overlap. Immutable; may be used from many threads.
 */
interface WeightGradient {

    /** Bytes of scratch that one task needs. */
    long scratchBytes();

    /** Independent pieces of the gradient. */
    long tasks();

    /**
     * Computes piece {@code task}.
     *
     * @param x N×C×H×W, of any batch; not modified
     * @param gy N×O×outHeight×outWidth, not modified
     * @param gw O×C/G×kernelHeight×kernelWidth; the piece is overwritten
     * @param scratch the caller's own, aligned to 64 bytes, contents undefined
     */
    void run(long task, Tensor x, Tensor gy, Tensor gw, MemorySegment scratch);

    /** The one that suits the sizes; the geometry's batch does not matter. */
    static WeightGradient of(Conv2dGeometry geometry, Blas blas) {
        return of(geometry, GatheredProduct.of(blas));
    }

    /** The same by a given product. */
    static WeightGradient of(Conv2dGeometry geometry, GatheredProduct product) {
        // below 16 channels a vector along them would have idle lanes
        return geometry.inChannelsPerGroup() < 16 && WindowWeightGradient.supports(geometry)
                ? new WindowWeightGradient(geometry, product)
                : new TapWeightGradient(geometry, product);
    }
}
