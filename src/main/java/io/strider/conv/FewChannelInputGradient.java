package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The gradient by a picture of few channels, the first layer's, with any strides:
 *
 * <pre>
 *   gx[n, c, y, x] = Σ over i, j, o of gy[n, o, p, q] · w[o, c, i, j],   p·s + i·d − pad = y, q alike
 * </pre>
 *
 * <p>As a matrix product it would have 3 columns, and vectors of 16 lanes nothing to do. Here the
 * vectors run along o: pixels of a row that the same taps reach, {@link ChannelDots#PIXELS} at a
 * time, are dot products of gy's pixels with the taps' weights.
 *
 * <p>A task computes some rows of one image. {@code x} of {@link #run} is gy, {@code y} is gx.
 */
final class FewChannelInputGradient implements PreparedAlgorithm {
    /** Up to here it is quicker than a matrix product. */
    static final long MOST_CHANNELS = 4;

    /** Rows of gx that a task computes. */
    private static final long ROWS = 8;

    private static final ThreadLocal<float[]> SUMS =
            ThreadLocal.withInitial(() -> new float[ChannelDots.PIXELS * ChannelDots.CHANNELS]);

    private final Conv2dGeometry geometry;
    private final ChannelDots dots;

    /** Vectors along a group's output channels. */
    private final long vectors;

    /** Group × tap × vector × channel × lane. */
    private final MemorySegment weights;

    /** Whether it is quick for these sizes, and can do them at all. */
    static boolean suits(Conv2dGeometry geometry, ChannelDots dots) {
        long outputs = geometry.outChannelsPerGroup();
        return geometry.inChannelsPerGroup() <= MOST_CHANNELS
                && outputs % dots.lanes() == 0
                && outputs <= GatherTable.MOST_TERMS
                && mostTaps(geometry.height) <= GatherTable.MOST_TERMS
                && mostTaps(geometry.width) <= GatherTable.MOST_TERMS
                && mostTaps(geometry.height) * mostTaps(geometry.width) * outputs / dots.lanes()
                        <= GatherTable.MOST_TERMS;
    }

    /** Taps of an axis that can reach one element of the input. */
    private static long mostTaps(Axis axis) {
        long most = 0;
        for (long phase = 0; phase < Math.min(axis.stride(), axis.input()); phase++) {
            long taps = 0;
            for (long tap = 0; tap < axis.kernel(); tap++) {
                taps += reaches(axis, phase, tap) ? 1 : 0;
            }
            most = Math.max(most, taps);
        }
        return most;
    }

    /** Whether a window can stand so that its tap lies on the input's element. */
    private static boolean reaches(Axis axis, long element, long tap) {
        return Math.floorMod(element + axis.before() - tap * axis.dilation(), axis.stride()) == 0;
    }

    /** Which window that is, if {@link #reaches} says so; may be outside of the output. */
    private static long window(Axis axis, long element, long tap) {
        return Math.floorDiv(element + axis.before() - tap * axis.dilation(), axis.stride());
    }

    FewChannelInputGradient(
            Conv2dGeometry geometry, Tensor w, ChannelDots dots, SegmentAllocator allocator) {
        this.geometry = geometry;
        this.dots = dots;
        long outputs = geometry.outChannelsPerGroup();
        long channels = geometry.inChannelsPerGroup();
        long lanes = dots.lanes();
        long window = geometry.kernelHeight() * geometry.kernelWidth();
        long taps = geometry.groups() * window;
        this.vectors = outputs / lanes;
        this.weights = allocator.allocate(taps * channels * outputs * Float.BYTES, 64);
        for (long tap = 0; tap < taps; tap++) {
            long i = tap % window / geometry.kernelWidth();
            long j = tap % geometry.kernelWidth();
            for (long c = 0; c < channels; c++) {
                for (long v = 0; v < vectors; v++) {
                    long from =
                            w.offset()
                                    + (tap / window * outputs + v * lanes) * w.stride(0)
                                    + c * w.stride(1)
                                    + i * w.stride(2)
                                    + j * w.stride(3);
                    long to = ((tap * vectors + v) * channels + c) * lanes;
                    Runs.copy(w.segment(), from, w.stride(0), weights, to, lanes);
                }
            }
        }
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.DIRECT;
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public long tasks(long batch, int threads) {
        return batch * Math.ceilDiv(geometry.inHeight(), ROWS);
    }

    @Override
    public void run(
            long task,
            int threads,
            Tensor gy,
            @Nullable Tensor residual,
            Tensor gx,
            MemorySegment scratch) {
        if (residual != null) {
            throw new IllegalArgumentException("residual: given (expected: none for a gradient)");
        }
        long blocks = Math.ceilDiv(geometry.inHeight(), ROWS);
        long n = task / blocks;
        long first = task % blocks * ROWS;
        long end = Math.min(first + ROWS, geometry.inHeight());
        long phases = Math.min(geometry.strideWidth(), geometry.inWidth());
        for (long y = first; y < end; y++) {
            for (long group = 0; group < geometry.groups(); group++) {
                for (long phase = 0; phase < phases; phase++) {
                    row(gy, gx, n, group, y, phase);
                }
            }
        }
    }

    /**
     * The pixels phase, phase + stride, … of a row. Where all taps that reach them have a window,
     * one list of terms serves them all; at the edges each pixel has its own.
     */
    private void row(Tensor gy, Tensor gx, long n, long group, long y, long phase) {
        Axis width = geometry.width;
        long pixels = Math.ceilDiv(width.input() - phase, width.stride());
        long from = 0;
        long to = pixels;
        for (long j = 0; j < width.kernel(); j++) {
            if (reaches(width, phase, j)) {
                from = Math.max(from, -window(width, phase, j));
                to = Math.min(to, width.output() - window(width, phase, j));
            }
        }
        if (to - from < ChannelDots.PIXELS) {
            from = pixels;
            to = pixels;
        }
        GatherTable table = GatherTable.ofThread();
        for (long q = 0; q < from; q++) {
            int terms = list(table, gy, group, y, phase, q);
            pixels(table, terms, gy, gx, n, group, y, phase, q, 1);
        }
        int terms = from < to ? list(table, gy, group, y, phase, from) : 0;
        for (long q = from; q < to; q += ChannelDots.PIXELS) {
            long first = Math.min(q, to - ChannelDots.PIXELS); // the last may meet the one before
            pixels(table, terms, gy, gx, n, group, y, phase, first, ChannelDots.PIXELS);
        }
        for (long q = to; q < pixels; q++) {
            terms = list(table, gy, group, y, phase, q);
            pixels(table, terms, gy, gx, n, group, y, phase, q, 1);
        }
    }

    /** Lists the taps and vectors whose sum is pixel {@code q} of the phase, and how many. */
    private int list(GatherTable table, Tensor gy, long group, long y, long phase, long q) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long lanes = dots.lanes();
        long vector = geometry.inChannelsPerGroup() * lanes * Float.BYTES;
        int terms = 0;
        for (long i = 0; i < height.kernel(); i++) {
            long p = window(height, y, i);
            if (!reaches(height, y, i) || p < 0 || p >= height.output()) {
                continue;
            }
            for (long j = 0; j < width.kernel(); j++) {
                long ahead = window(width, phase, j);
                if (!reaches(width, phase, j) || q + ahead < 0 || q + ahead >= width.output()) {
                    continue;
                }
                long tap = (group * height.kernel() + i) * width.kernel() + j;
                long output = (p * gy.stride(2) + ahead * gy.stride(3)) * Float.BYTES;
                for (long v = 0; v < vectors; v++) {
                    table.terms[2 * terms] = output + v * lanes * Float.BYTES;
                    table.terms[2 * terms + 1] = (tap * vectors + v) * vector;
                    terms++;
                }
            }
        }
        return terms;
    }

    /** Writes {@code count} pixels from the {@code first}-th of the phase on. */
    private void pixels(
            GatherTable table,
            int terms,
            Tensor gy,
            Tensor gx,
            long n,
            long group,
            long y,
            long phase,
            long first,
            int count) {
        long channels = geometry.inChannelsPerGroup();
        float[] sums = SUMS.get();
        long from =
                gy.offset()
                        + n * gy.stride(0)
                        + group * geometry.outChannelsPerGroup() * gy.stride(1)
                        + first * gy.stride(3);
        long step = geometry.strideWidth() * gx.stride(3);
        long to =
                gx.offset()
                        + n * gx.stride(0)
                        + group * channels * gx.stride(1)
                        + y * gx.stride(2)
                        + phase * gx.stride(3)
                        + first * step;
        int together;
        for (long c = 0; c < channels; c += together) {
            together = channels - c >= ChannelDots.CHANNELS ? ChannelDots.CHANNELS : 1;
            dots.sum(
                    table.terms,
                    terms,
                    gy.segment(),
                    from * Float.BYTES,
                    gy.stride(3) * Float.BYTES,
                    count,
                    weights,
                    c * dots.lanes() * Float.BYTES,
                    together,
                    sums);
            for (int pixel = 0; pixel < count; pixel++) {
                for (int k = 0; k < together; k++) {
                    long at = to + pixel * step + (c + k) * gx.stride(1);
                    Runs.set(gx.segment(), at, sums[pixel * together + k]);
                }
            }
        }
    }
}
