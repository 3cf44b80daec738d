package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Algorithm#DEPTHWISE} on operands of any strides. Where image and outputs both have their
 * channels side by side, {@link DepthwiseLoops} work on them where they lie; else one channel of
 * one image after the other is laid out in scratch and computed by {@link PlaneLoops}: copying is
 * cheap beside transposing pictures to channels-last, which takes longer than the convolution.
 *
 * <p>The input's gradient is computed element by element as a sum over the windows that reach it,
 * by the forward loops on the output's gradient: see {@link DepthwisePhase}. The weights' gradient
 * is summed row by row of the outputs, image by image. Scratch is leased for the length of a call.
 */
final class DepthwiseKernels implements Kernels {
    /** With fewer channels than this a vector of them is mostly empty, and rows are not. */
    private static final long FEW_CHANNELS = 4;

    private final Conv2dGeometry geometry;
    private final ScratchPool pool;
    private final DepthwiseLoops loops;
    private final boolean channelsLast;
    private final DepthwiseWindow window;
    private final DepthwiseWeights forward;
    private final List<DepthwisePhase> phases;
    private final boolean covered;
    private final DepthwisePlanes planes;

    /** For operands with these strides. */
    DepthwiseKernels(Conv2dGeometry geometry, Tensor image, Tensor output, ScratchPool pool) {
        this(
                geometry,
                isChannelsLast(geometry, image, output),
                DepthwiseLoops.best(),
                PlaneLoops.best(),
                pool);
    }

    /**
     * With the given loops.
     *
     * @param channelsLast whether the channels of a pixel lie side by side in image and output
     */
    DepthwiseKernels(
            Conv2dGeometry geometry,
            boolean channelsLast,
            DepthwiseLoops loops,
            PlaneLoops planeLoops,
            ScratchPool pool) {
        this.geometry = geometry;
        this.channelsLast = channelsLast;
        this.loops = loops;
        this.pool = pool;
        this.window = new DepthwiseWindow(geometry.height, geometry.width, geometry.inChannels());
        this.forward = DepthwiseWeights.forward(window);
        this.phases = DepthwisePhase.of(geometry);
        this.covered = DepthwisePhase.covers(geometry);
        this.planes = new DepthwisePlanes(geometry, forward, phases, planeLoops);
    }

    private static boolean isChannelsLast(Conv2dGeometry geometry, Tensor image, Tensor output) {
        return geometry.inChannels() >= FEW_CHANNELS
                && image.stride(1) == 1
                && output.stride(1) == 1;
    }

    @Override
    public void forward(Tensor x, Tensor w, @Nullable Tensor bias, Tensor y) {
        try (ScratchPool.Slot slot = pool.lease(scratchBytes())) {
            MemorySegment scratch = slot.memory();
            forward.pack(w, bias, scratch, 0);
            if (!channelsLast) {
                planes.forward(x, scratch, y);
                return;
            }
            for (long image = 0; image < geometry.batch(); image++) {
                rows(
                        window,
                        scratch,
                        0,
                        x,
                        image,
                        y,
                        image * y.stride(0),
                        y.stride(2),
                        y.stride(3));
            }
        }
    }

    @Override
    public void backwardInput(Tensor w, Tensor gy, Tensor gx) {
        if (!covered) {
            gx.fill(0); // no window reaches some elements
        }
        try (ScratchPool.Slot slot = pool.lease(scratchBytes())) {
            MemorySegment scratch = slot.memory();
            long packedAt = 0;
            for (DepthwisePhase phase : phases) {
                phase.weights().pack(w, null, scratch, packedAt);
                packedAt += phase.weights().window().packedFloats();
            }
            if (!channelsLast) {
                planes.backwardInput(gy, scratch, gx);
                return;
            }
            for (long image = 0; image < geometry.batch(); image++) {
                packedAt = 0;
                for (int k = 0; k < phases.size(); k++) {
                    DepthwisePhase phase = phases.get(k);
                    DepthwiseWindow reading = phase.weights().window();
                    rows(
                            reading,
                            scratch,
                            packedAt,
                            gy,
                            image,
                            gx,
                            image * gx.stride(0)
                                    + phase.firstRow() * gx.stride(2)
                                    + phase.firstColumn() * gx.stride(3),
                            phase.rowStep() * gx.stride(2),
                            phase.columnStep() * gx.stride(3));
                    packedAt += reading.packedFloats();
                }
            }
        }
    }

    @Override
    public void backwardWeight(Tensor x, Tensor gy, Tensor gw) {
        try (ScratchPool.Slot slot = pool.lease(scratchBytes())) {
            MemorySegment scratch = slot.memory();
            scratch.asSlice(0, window.packedFloats() * Float.BYTES).fill((byte) 0);
            if (channelsLast) {
                for (long image = 0; image < geometry.batch(); image++) {
                    for (int row = 0; row < window.outHeight; row++) {
                        loops.gradients(
                                window,
                                row,
                                x.segment(),
                                x.offset() + image * x.stride(0),
                                x.stride(2),
                                x.stride(3),
                                gy.segment(),
                                gy.offset() + image * gy.stride(0) + row * gy.stride(2),
                                gy.stride(3),
                                scratch,
                                0);
                    }
                }
            } else {
                planes.backwardWeight(x, gy, scratch);
            }
            forward.unpack(scratch, 0, gw);
        }
    }

    /** All rows of one image; {@code to} is relative to the first element of {@code output}. */
    private void rows(
            DepthwiseWindow reading,
            MemorySegment packed,
            long packedAt,
            Tensor input,
            long image,
            Tensor output,
            long to,
            long rowStep,
            long pixelStep) {
        for (int row = 0; row < reading.outHeight; row++) {
            loops.row(
                    reading,
                    row,
                    packed,
                    packedAt,
                    input.segment(),
                    input.offset() + image * input.stride(0),
                    input.stride(2),
                    input.stride(3),
                    null,
                    0,
                    0,
                    output.segment(),
                    output.offset() + to + row * rowStep,
                    pixelStep,
                    Float.NEGATIVE_INFINITY,
                    Float.POSITIVE_INFINITY);
        }
    }

    /** Weights of all phases (the phases share the taps, so that this is the most), and planes. */
    private long scratchBytes() {
        return (packedFloats() + (channelsLast ? 0 : planes.scratchFloats())) * Float.BYTES;
    }

    private long packedFloats() {
        return planes.packedFloats();
    }
}
