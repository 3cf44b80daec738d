package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the sums of some output channels before they are written: bias, residual and
 * activation. Immutable.
 *
 * <p>A clamp (none, ReLU and ReLU6 are clamps) can be applied by whoever has the sums in registers,
 * from {@link #bias}, {@link #low} and {@link #high}. An activation that is none is left to {@link
 * #finish}, which is then called over the written rows while they are in cache; {@link #isClamp}
 * tells.
 */
final class Epilogue {
    /** Bias is padded with zeros to a multiple of this: no vector is longer. */
    static final int PADDING = 16;

    /** Nothing at all: for products that are not outputs yet. */
    static Epilogue none(SegmentAllocator allocator, long channels) {
        return new Epilogue(null, 0, channels, Activation.NONE, allocator);
    }

    /** One float an output channel, zeros if there is none; padded with zeros. */
    final MemorySegment bias;

    /** The same on the heap. */
    final float[] biasValues;

    /** Lower bound; −∞ if there is none, or if the activation is no clamp. */
    final float low;

    /** Upper bound; +∞ if there is none, or if the activation is no clamp. */
    final float high;

    private final Activation activation;
    private final boolean nothing;

    /** The epilogue of {@code channels} output channels from {@code first} on. */
    Epilogue(
            @Nullable Tensor bias,
            long first,
            long channels,
            Activation activation,
            SegmentAllocator allocator) {
        this.activation = activation;
        this.nothing = bias == null && activation.equals(Activation.NONE);
        this.bias =
                allocator.allocate(
                        Math.ceilDiv(channels, PADDING) * PADDING * Float.BYTES, 64); // zeros
        if (bias != null) {
            long from = bias.offset() + first * bias.stride(0);
            Runs.copy(bias.segment(), from, bias.stride(0), this.bias, 0, channels);
        }
        this.biasValues = this.bias.toArray(ValueLayout.JAVA_FLOAT);
        boolean clamp = activation instanceof Activation.Clamp;
        this.low = clamp ? ((Activation.Clamp) activation).low() : Float.NEGATIVE_INFINITY;
        this.high = clamp ? ((Activation.Clamp) activation).high() : Float.POSITIVE_INFINITY;
    }

    /** Whether bias, residual and the bounds are all there is. */
    boolean isClamp() {
        return activation instanceof Activation.Clamp;
    }

    /**
     * Applies an activation that is no clamp to rows of finished sums; does nothing for a clamp.
     *
     * @param at index of the first row in {@code c}
     * @param ldc floats from row to row
     * @param channels floats of a row to apply it to
     */
    void finish(MemorySegment c, long at, long ldc, long rows, long channels) {
        if (isClamp()) {
            return;
        }
        for (long row = 0; row < rows; row++) {
            for (long k = at + row * ldc; k < at + row * ldc + channels; k++) {
                Runs.set(c, k, activation.apply(Runs.get(c, k)));
            }
        }
    }

    /**
     * All of it on raw sums, plainly: c = activation(c + bias + residual).
     *
     * @param fromChannel the first channel to do it for
     * @param toChannel the channel behind the last
     * @param at index of the first row in {@code c}, of its channel 0
     * @param residual null for none
     */
    void apply(
            long fromChannel,
            long toChannel,
            MemorySegment c,
            long at,
            long ldc,
            long rows,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr) {
        if (nothing && residual == null) {
            return;
        }
        for (long row = 0; row < rows; row++) {
            for (long k = fromChannel; k < toChannel; k++) {
                float sum = Runs.get(c, at + row * ldc + k) + Runs.get(bias, k);
                if (residual != null) {
                    sum += Runs.get(residual, residualAt + row * ldr + k);
                }
                Runs.set(c, at + row * ldc + k, activation.apply(sum));
            }
        }
    }
}
