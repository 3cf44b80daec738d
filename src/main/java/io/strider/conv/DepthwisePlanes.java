package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The products of {@link DepthwiseKernels} one channel of one image at a time, for operands of any
 * strides: a band of the picture is laid out in scratch, computed, and copied out. Weights or their
 * gradients stand packed at the front of scratch, the planes behind. Immutable.
 */
final class DepthwisePlanes {
    /** Up to this stride the forward pass lays out whole rows. */
    private static final long WHOLE_ROWS = 3;

    private final Conv2dGeometry geometry;
    private final PlaneLoops loops;
    private final DepthwisePlane forward;
    private final DepthwisePlane gradient;
    private final DepthwisePlane[] backward;
    private final List<DepthwisePhase> phases;
    private final long packedFloats;
    private final long planeFloats;
    private final long outputFloats;

    DepthwisePlanes(
            Conv2dGeometry geometry,
            DepthwiseWeights weights,
            List<DepthwisePhase> phases,
            PlaneLoops loops) {
        this.geometry = geometry;
        this.loops = loops;
        this.phases = phases;
        long rowPeriod = DepthwisePhase.period(geometry.height);
        this.gradient =
                new DepthwisePlane(
                        weights.window(), rowPeriod, DepthwisePhase.period(geometry.width));
        this.forward =
                geometry.strideWidth() <= WHOLE_ROWS
                        ? new DepthwisePlane(weights.window(), rowPeriod, 0)
                        : gradient;
        this.backward = new DepthwisePlane[phases.size()];
        long packed = 0;
        long plane = Math.max(forward.floats(), gradient.floats());
        long outputs = Math.max(forward.outputFloats(), gradient.outputFloats());
        for (int k = 0; k < backward.length; k++) {
            backward[k] = new DepthwisePlane(phases.get(k).weights().window(), 1, 1);
            packed += backward[k].window.packedFloats();
            plane = Math.max(plane, backward[k].floats());
            outputs = Math.max(outputs, backward[k].outputFloats());
        }
        this.packedFloats = Math.max(packed, weights.window().packedFloats());
        this.planeFloats = Math.ceilDiv(plane, 16) * 16;
        this.outputFloats = outputs;
    }

    /** Floats at the front of scratch. */
    long packedFloats() {
        return packedFloats;
    }

    /** Floats of scratch behind them. */
    long scratchFloats() {
        return planeFloats + outputFloats;
    }

    void forward(Tensor x, MemorySegment scratch, Tensor y) {
        for (long image = 0; image < geometry.batch(); image++) {
            for (int channel = 0; channel < geometry.inChannels(); channel++) {
                convolve(
                        forward,
                        scratch,
                        channel,
                        x,
                        at(x, image, channel),
                        y,
                        at(y, image, channel),
                        y.stride(2),
                        y.stride(3));
            }
        }
    }

    void backwardInput(Tensor gy, MemorySegment scratch, Tensor gx) {
        for (long image = 0; image < geometry.batch(); image++) {
            for (int channel = 0; channel < geometry.inChannels(); channel++) {
                long packedAt = channel;
                for (int k = 0; k < backward.length; k++) {
                    DepthwisePhase phase = phases.get(k);
                    convolve(
                            backward[k],
                            scratch,
                            packedAt,
                            gy,
                            at(gy, image, channel),
                            gx,
                            at(gx, image, channel)
                                    + phase.firstRow() * gx.stride(2)
                                    + phase.firstColumn() * gx.stride(3),
                            phase.rowStep() * gx.stride(2),
                            phase.columnStep() * gx.stride(3));
                    packedAt += backward[k].window.packedFloats();
                }
            }
        }
    }

    private void convolve(
            DepthwisePlane layout,
            MemorySegment scratch,
            long weightsAt,
            Tensor input,
            long from,
            Tensor output,
            long to,
            long rowStep,
            long pixelStep) {
        DepthwiseWindow window = layout.window;
        float bias = Runs.get(scratch, weightsAt + window.biasAt());
        long planeAt = packedFloats;
        long sumsAt = planeAt + planeFloats;
        for (int first = 0; first < window.outHeight; first += layout.bandRows) {
            int rows = Math.min(layout.bandRows, window.outHeight - first);
            layout.lay(
                    loops,
                    input.segment(),
                    from,
                    input.stride(2),
                    input.stride(3),
                    first,
                    rows,
                    scratch,
                    planeAt);
            int count = (rows - 1) * layout.pitch + layout.rowFloats();
            loops.sums(
                    layout,
                    scratch,
                    weightsAt,
                    window.pitch,
                    bias,
                    scratch,
                    planeAt,
                    scratch,
                    sumsAt,
                    count);
            for (int row = 0; row < rows; row++) {
                copyOut(
                        scratch,
                        sumsAt + (long) row * layout.pitch,
                        layout.step,
                        output.segment(),
                        to + (first + row) * rowStep,
                        pixelStep,
                        window.outWidth);
            }
        }
    }

    private void copyOut(
            MemorySegment sums,
            long at,
            int read,
            MemorySegment output,
            long to,
            long step,
            int count) {
        if (step == 1) {
            loops.copy(sums, at, read, output, to, count);
            return;
        }
        for (int q = 0; q < count; q++) {
            Runs.set(output, to + q * step, Runs.get(sums, at + (long) q * read));
        }
    }

    /** Adds to the packed gradients at the front of scratch. */
    void backwardWeight(Tensor x, Tensor gy, MemorySegment scratch) {
        DepthwiseWindow window = gradient.window;
        long planeAt = packedFloats;
        long gyAt = planeAt + planeFloats;
        for (long image = 0; image < geometry.batch(); image++) {
            for (int channel = 0; channel < geometry.inChannels(); channel++) {
                for (int first = 0; first < window.outHeight; first += gradient.bandRows) {
                    int rows = Math.min(gradient.bandRows, window.outHeight - first);
                    gradient.lay(
                            loops,
                            x.segment(),
                            at(x, image, channel),
                            x.stride(2),
                            x.stride(3),
                            first,
                            rows,
                            scratch,
                            planeAt);
                    for (int row = 0; row < rows; row++) {
                        loops.copy(
                                gy.segment(),
                                at(gy, image, channel) + (first + row) * gy.stride(2),
                                gy.stride(3),
                                scratch,
                                gyAt + (long) row * gradient.pitch,
                                window.outWidth);
                    }
                    loops.gradients(
                            gradient, scratch, gyAt, rows, scratch, planeAt, scratch, channel);
                }
            }
        }
    }

    private static long at(Tensor t, long image, long channel) {
        return t.offset() + image * t.stride(0) + channel * t.stride(1);
    }
}
