package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a convolution while they are packed: read a few filters at a time into arrays, as
 * loops over those are quick long before the compiler has seen through memory segments, and times
 * the factors of their outputs. Used by one thread.
 */
final class Filters {
    /** Filters that are turned at a time: a cache line of a panel's row. */
    private static final int TURNED = 16;

    /** Between two filters, lest they meet in one set of the cache. */
    private static final int GAP = 16;

    private final Tensor weight;
    private final float @Nullable [] factors;

    /** Products of a filter. */
    private final long depth;

    private final long taps;
    private float[] raw = {};
    private float[] panel = {};

    /**
     * Reads what is needed later.
     *
     * @param weight O×C/groups×kernelHeight×kernelWidth, any strides; not modified
     * @param scale O, factors of the outputs, or null for none
     */
    Filters(Tensor weight, @Nullable Tensor scale) {
        this.weight = weight;
        this.factors = scale == null ? null : scale.toArray();
        this.taps = weight.size(2) * weight.size(3);
        this.depth = weight.size(1) * taps;
    }

    /** The weights, times the factors if there are any; then in memory of an arena. */
    Tensor scaled(Arena arena) {
        if (factors == null) {
            return weight;
        }
        Tensor result = Tensor.zeros(arena, weight.shape());
        for (int o = 0; o < factors.length; o++) {
            float[] filter = load(o, 1);
            long to = o * depth * Float.BYTES;
            MemorySegment.copy(
                    filter, 0, result.segment(), ValueLayout.JAVA_FLOAT, to, (int) depth);
        }
        return result;
    }

    /** Floats from filter to filter of what {@link #load} gives. */
    int pitch() {
        return Math.toIntExact(depth + GAP);
    }

    /**
     * Some filters times their factors, each as C × taps, {@link #pitch} floats apart.
     *
     * @return an array that the next call overwrites
     */
    float[] load(long first, int count) {
        int floats = Math.multiplyExact(count, pitch());
        if (raw.length < floats) {
            raw = new float[floats];
        }
        for (int i = 0; i < count; i++) {
            int to = i * pitch();
            read(first + i, to);
            if (factors != null) {
                multiply(raw, to, (int) depth, factors[(int) first + i]);
            }
        }
        return raw;
    }

    private void read(long output, int to) {
        long at = weight.offset() + output * weight.stride(0);
        MemorySegment from = weight.segment();
        long width = weight.size(3);
        boolean dense =
                (weight.size(3) == 1 || weight.stride(3) == 1)
                        && (weight.size(2) == 1 || weight.stride(2) == width)
                        && (weight.size(1) == 1 || weight.stride(1) == taps);
        if (dense) {
            MemorySegment.copy(
                    from, ValueLayout.JAVA_FLOAT, at * Float.BYTES, raw, to, (int) depth);
            return;
        }
        for (int k = 0; k < depth; k++) {
            long tap = k % taps;
            long place =
                    at
                            + k / taps * weight.stride(1)
                            + tap / width * weight.stride(2)
                            + tap % width * weight.stride(3);
            raw[to + k] = Runs.get(from, place);
        }
    }

    private static void multiply(float[] values, int at, int count, float factor) {
        for (int i = at; i < at + count; i++) {
            values[i] *= factor;
        }
    }

    /**
     * Brings the filters into a matrix whose columns they are, products in channels-last order.
     *
     * @param first the filter of column 0
     */
    void fill(Panels matrix, long first) {
        int channels = Math.toIntExact(depth / taps);
        int step = (int) taps;
        for (int p = 0; p < matrix.panels(); p++) {
            int pitch = matrix.pitch(p);
            int count = matrix.count(p);
            float[] values = panel(Math.toIntExact(depth * pitch));
            for (int i = 0; i < count; i += TURNED) {
                int some = Math.min(TURNED, count - i);
                float[] filters = load(first + matrix.firstColumn(p) + i, some);
                for (int tap = 0; tap < step; tap++) {
                    int to = tap * channels * pitch + i;
                    turn(filters, tap, step, pitch(), some, values, to, pitch, channels);
                }
            }
            if (count < pitch) {
                clear(values, count, pitch, (int) depth);
            }
            matrix.set(p, values);
        }
    }

    private float[] panel(int floats) {
        if (panel.length < floats) {
            panel = new float[floats];
        }
        return panel;
    }

    /** to[c·pitch + n] = from[n·apart + c·step] of all channels c and filters n. */
    private static void turn(
            float[] from,
            int at,
            int step,
            int apart,
            int filters,
            float[] to,
            int toAt,
            int pitch,
            int channels) {
        for (int c = 0; c < channels; c++) {
            int write = toAt + c * pitch;
            int read = at + c * step;
            for (int n = 0; n < filters; n++) {
                to[write + n] = from[read + n * apart];
            }
        }
    }

    private static void clear(float[] panel, int from, int pitch, int rows) {
        for (int row = 0; row < rows; row++) {
            for (int i = from; i < pitch; i++) {
                panel[row * pitch + i] = 0;
            }
        }
    }
}
