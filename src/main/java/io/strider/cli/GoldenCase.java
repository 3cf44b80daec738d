package io.strider.cli;

import io.strider.conv.Algorithm;
import io.strider.conv.Conv2d;
import io.strider.conv.Padding;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * A convolution that PyTorch computed.
 *
 * @param name its folder
 * @param stride pixels between windows
 * @param padding zeros around the input
 * @param dilation pixels between taps
 * @param groups groups of channels
 */
record GoldenCase(
        String name, HeightAndWidth stride, Padding padding, HeightAndWidth dilation, long groups) {

    /** Whether its values are small integers, so that results must be equal, not near. */
    boolean isExact() {
        return name.startsWith("seed-");
    }

    /** The convolution, computed by an algorithm. */
    Conv2d convolution(Algorithm algorithm) {
        return Conv2d.builder()
                .stride(stride.height(), stride.width())
                .padding(padding)
                .dilation(dilation.height(), dilation.width())
                .groups(groups)
                .algorithm(algorithm)
                .build();
    }

    /**
     * Operands in float32, and the results that PyTorch computed from them in float64.
     *
     * @param x input, N×C×H×W
     * @param w weights, O×C/groups×kh×kw
     * @param b bias, O, or null
     * @param gy gradient of the output
     * @param y output
     * @param gx gradient of the input
     * @param gw gradient of the weights
     * @param gb gradient of the bias, or null
     */
    record Arrays(
            Tensor x,
            Tensor w,
            @Nullable Tensor b,
            Tensor gy,
            Npy.Doubles y,
            Npy.Doubles gx,
            Npy.Doubles gw,
            Npy.@Nullable Doubles gb) {

        /** The same with the operands in a memory format. */
        Arrays in(MemoryFormat format, Arena arena) {
            return new Arrays(
                    x.contiguous(arena, format),
                    w.contiguous(arena, format),
                    b,
                    gy.contiguous(arena, format),
                    y,
                    gx,
                    gw,
                    gb);
        }
    }
}
