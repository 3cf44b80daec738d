package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Which taps of a depthwise layer's weights become the packed rows of a {@link DepthwiseWindow}:
 * tap (i, j) of the window is (firstRow + i·rowStep, firstColumn + j·columnStep) of the weights.
 * The forward pass takes all as they stand, the gradient of the input every some from the last on.
 */
record DepthwiseWeights(
        DepthwiseWindow window, long firstRow, long rowStep, long firstColumn, long columnStep) {

    /** All taps in their order. */
    static DepthwiseWeights forward(DepthwiseWindow window) {
        return new DepthwiseWeights(window, 0, 1, 0, 1);
    }

    /** Writes weights, bias (zeros for null) and zeros from index {@code at} on. */
    void pack(Tensor weight, @Nullable Tensor bias, MemorySegment packed, long at) {
        packed.asSlice(at * Float.BYTES, window.packedFloats() * Float.BYTES).fill((byte) 0);
        long to = at;
        for (int i = 0; i < window.kernelHeight; i++) {
            for (int j = 0; j < window.kernelWidth; j++) {
                long from =
                        weight.offset()
                                + (firstRow + i * rowStep) * weight.stride(2)
                                + (firstColumn + j * columnStep) * weight.stride(3);
                Runs.copy(weight.segment(), from, weight.stride(0), packed, to, window.channels);
                to += window.pitch;
            }
        }
        if (bias != null) {
            Runs.copy(
                    bias.segment(),
                    bias.offset(),
                    bias.stride(0),
                    packed,
                    at + window.biasAt(),
                    window.channels);
        }
    }

    /** The way back for gradients: overwrites all of {@code weight}. */
    void unpack(MemorySegment packed, long at, Tensor weight) {
        long from = at;
        for (int i = 0; i < window.kernelHeight; i++) {
            for (int j = 0; j < window.kernelWidth; j++) {
                long to =
                        weight.offset()
                                + (firstRow + i * rowStep) * weight.stride(2)
                                + (firstColumn + j * columnStep) * weight.stride(3);
                for (int c = 0; c < window.channels; c++) {
                    Runs.set(
                            weight.segment(),
                            to + c * weight.stride(0),
                            Runs.get(packed, from + c));
                }
                from += window.pitch;
            }
        }
    }
}
