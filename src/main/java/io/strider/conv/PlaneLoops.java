package io.strider.conv;

import io.strider.blas.VectorSupport;
import java.lang.foreign.MemorySegment;

/**
 * The loops of a depthwise convolution on one channel that {@link DepthwisePlane} laid out. All
 * positions count floats. Immutable; may be used from many threads.
 */
interface PlaneLoops {

    /** The quicker ones of those that this JVM can run. */
    static PlaneLoops best() {
        return VectorSupport.isEnabled() ? new VectorPlaneLoops() : new ScalarPlaneLoops();
    }

    /**
     * sums[k] = bias + Σ over taps of weight · plane[tap + k] for k below {@code count}. Up to
     * {@link DepthwisePlane#SLACK} floats behind are read and overwritten too.
     *
     * @param weights one float a tap, {@code weightStep} floats apart
     */
    void sums(
            DepthwisePlane layout,
            MemorySegment weights,
            long weightsAt,
            long weightStep,
            float bias,
            MemorySegment plane,
            long planeAt,
            MemorySegment sums,
            long sumsAt,
            int count);

    /**
     * gradients[tap · window.pitch] += Σ over outputs (p, q) of gy(p, q) · plane[tap + p·pitch +
     * q].
     *
     * @param gy rows of outWidth floats, {@code pitch} apart as in the plane
     */
    void gradients(
            DepthwisePlane layout,
            MemorySegment gy,
            long gyAt,
            int rows,
            MemorySegment plane,
            long planeAt,
            MemorySegment gradients,
            long gradientsAt);

    /** to[k] = from[k · step] for k below {@code count}, and not one float more. */
    void copy(MemorySegment from, long fromAt, long step, MemorySegment to, long toAt, int count);
}
