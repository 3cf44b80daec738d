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

    /** Floats that {@link #apply} brings onto the heap at a time. */
    private static final int BLOCK = 4096;

    private static final ThreadLocal<float[]> SUMS =
            ThreadLocal.withInitial(() -> new float[BLOCK]);

    private static final ThreadLocal<float[]> ADDED =
            ThreadLocal.withInitial(() -> new float[BLOCK]);

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
     * All of it on raw sums: c = activation(c + bias + residual). On arrays, a few rows at a time:
     * such loops are quick as soon as they are compiled at all.
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
        int first = Math.toIntExact(fromChannel);
        int width = Math.toIntExact(toChannel - fromChannel);
        boolean together = ldc == width && (residual == null || ldr == width);
        int most = together ? (int) Math.max(1, Math.min(BLOCK / Math.max(1, width), rows)) : 1;
        float[] sums = SUMS.get();
        float[] added = ADDED.get();
        if (sums.length < most * width) {
            sums = new float[most * width];
            added = new float[most * width];
            SUMS.set(sums);
            ADDED.set(added);
        }
        for (long row = 0; row < rows; row += most) {
            int count = (int) Math.min(most, rows - row) * width;
            long place = (at + first + row * ldc) * Float.BYTES;
            MemorySegment.copy(c, ValueLayout.JAVA_FLOAT, place, sums, 0, count);
            for (int start = 0; start < count; start += width) {
                add(sums, start, biasValues, first, width);
            }
            if (residual != null) {
                long from = (residualAt + first + row * ldr) * Float.BYTES;
                MemorySegment.copy(residual, ValueLayout.JAVA_FLOAT, from, added, 0, count);
                add(sums, 0, added, 0, count);
            }
            activate(sums, count);
            MemorySegment.copy(sums, 0, c, ValueLayout.JAVA_FLOAT, place, count);
        }
    }

    private void activate(float[] sums, int count) {
        if (isClamp()) {
            clamp(sums, count, low, high);
            return;
        }
        for (int i = 0; i < count; i++) {
            sums[i] = activation.apply(sums[i]);
        }
    }

    /** sums[at + i] += terms[from + i]. */
    static void add(float[] sums, int at, float[] terms, int from, int count) {
        for (int i = 0; i < count; i++) {
            sums[at + i] += terms[from + i];
        }
    }

    /** Brings what is outside the bounds to them; NaN stays. */
    static void clamp(float[] sums, int count, float low, float high) {
        if (low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY) {
            return;
        }
        for (int i = 0; i < count; i++) {
            sums[i] = Math.min(Math.max(sums[i], low), high);
        }
    }
}
