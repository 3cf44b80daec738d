package io.strider.conv;

import io.strider.blas.VectorSupport;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The loops of a depthwise convolution on channels-last pictures: every channel has a window of its
 * own, so that the same arithmetic is done on all channels of a pixel.
 *
 * <p>{@link VectorDepthwiseLoops} are written with the Vector API, {@link ScalarDepthwiseLoops}
 * plainly. All offsets and steps count floats. Callers have checked bounds and overlap. Immutable;
 * may be used from many threads.
 */
interface DepthwiseLoops {

    /** The quicker ones of those that this JVM can run. */
    static DepthwiseLoops best() {
        return VectorSupport.isEnabled() ? new VectorDepthwiseLoops() : new ScalarDepthwiseLoops();
    }

    /**
     * Computes one row of outputs: y = min(max(x ∗ w + bias + residual, low), high).
     *
     * @param window sizes
     * @param row the row of outputs
     * @param packed weights, bias and zeros as {@link DepthwiseWindow} tells
     * @param packedAt where they begin
     * @param x the input
     * @param xAt its first pixel's first channel
     * @param xRow from one row of x to the next
     * @param xPixel from one pixel of x to the next
     * @param residual added to the row; null for none
     * @param residualAt first element of that row
     * @param residualPixel from one pixel of the residual to the next
     * @param y the output; overwritten are the channels of the row's pixels
     * @param yAt first element of that row
     * @param yPixel from one pixel of y to the next
     */
    void row(
            DepthwiseWindow window,
            int row,
            MemorySegment packed,
            long packedAt,
            MemorySegment x,
            long xAt,
            long xRow,
            long xPixel,
            @Nullable MemorySegment residual,
            long residualAt,
            long residualPixel,
            MemorySegment y,
            long yAt,
            long yPixel,
            float low,
            float high);

    /**
     * Adds what one row of outputs gives to the gradient of the weights: gradients(i, j) += Σ over
     * its windows of gy · x under tap (i, j).
     *
     * @param gyAt first element of that row
     * @param gradients a row of {@link DepthwiseWindow#pitch} floats for each tap, from index
     *     {@code gradientsAt} on; what stands behind the channels is not changed
     */
    void gradients(
            DepthwiseWindow window,
            int row,
            MemorySegment x,
            long xAt,
            long xRow,
            long xPixel,
            MemorySegment gy,
            long gyAt,
            long gyPixel,
            MemorySegment gradients,
            long gradientsAt);
}
