package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;

/**
 * The weights of the convolution that is the gradient by the input: taps in reverse, input and
 * output channels exchanged within each group.
 *
 * <pre>
 *   flipped[g·C/G + c, o, u, v] = w[g·O/G + o, c, tap(u), tap(v)]
 * </pre>
 */
final class FlippedWeights {
    private FlippedWeights() {}

    /**
     * The weights of one phase.
     *
     * @param w O×C/G×kernelHeight×kernelWidth, any strides, not modified
     * @return C×O/G×height.taps×width.taps, channels-last
     */
    static Tensor of(
            Conv2dGeometry geometry,
            Tensor w,
            GradientPhase height,
            GradientPhase width,
            Arena arena) {
        long inputs = geometry.inChannelsPerGroup();
        long outputs = geometry.outChannelsPerGroup();
        Tensor flipped =
                Tensor.zeros(
                        arena,
                        io.strider.tensor.MemoryFormat.CHANNELS_LAST,
                        geometry.inChannels(),
                        outputs,
                        height.taps(),
                        width.taps());
        for (long channel = 0; channel < geometry.inChannels(); channel++) {
            long group = channel / inputs;
            for (long u = 0; u < height.taps(); u++) {
                for (long v = 0; v < width.taps(); v++) {
                    long from =
                            w.offset()
                                    + group * outputs * w.stride(0)
                                    + channel % inputs * w.stride(1)
                                    + height.tap(u) * w.stride(2)
                                    + width.tap(v) * w.stride(3);
                    long to =
                            flipped.offset()
                                    + channel * flipped.stride(0)
                                    + u * flipped.stride(2)
                                    + v * flipped.stride(3);
                    for (long o = 0; o < outputs; o++) {
                        float value = Runs.get(w.segment(), from + o * w.stride(0));
                        Runs.set(flipped.segment(), to + o * flipped.stride(1), value);
                    }
                }
            }
        }
        return flipped;
    }
}
