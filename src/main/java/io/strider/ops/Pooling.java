package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.blas.VectorSupport;
import io.strider.blas.WarmUp;
import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Maximum or average of the elements under each window of a picture, bound to tensors N×C×H×W of
 * any strides, quickest where channels are neighbours. Split between threads by rows of windows
 * and, where those are few, by channels.
 *
 * <p>The maximum is NaN if an element is; −∞ for a window that is all padding. The average of k
 * elements is one division of a sum of float32, whose error is below γ<sub>256 + k/256</sub> · Σ|x|
 * (γ<sub>n</sub> = n·u/(1 − n·u), u = 2⁻²⁴); 0 for a window that is all padding.
 */
public final class Pooling implements Operation {
    /** Elements read by a task at least: less is not worth waking another thread. */
    private static final long TASK_ELEMENTS = 16 * 1024;

    /** Rows of windows below which their channels are shared out too. */
    private static final long FEW_ROWS = 16;

    /** Channels of a share at least: a few cache lines. */
    private static final long LEAST_CHANNELS = 64;

    private enum Kind {
        MAXIMUM,
        AVERAGE,
        AVERAGE_WITH_PADDING
    }

    private final Kind kind;
    private final Tensor x;
    private final Tensor y;
    private final WindowAxis height;
    private final WindowAxis width;
    private final PoolingLoops loops;

    /** Windows from here to {@link #insideEnd} of a row have all their taps on the input. */
    private final long insideFrom;

    private final long insideEnd;

    /** Channels of one share of a row. */
    private final long shareChannels;

    private final long shares;
    private final long units;
    private final long unitsOfTask;
    private final Workers.Task task = (index, _) -> run(index);

    private Pooling(
            Kind kind,
            Tensor x,
            WindowAxis height,
            WindowAxis width,
            Tensor y,
            @Nullable PoolingLoops vectors) {
        this.kind = kind;
        this.x = x;
        this.y = y;
        this.height = height;
        this.width = width;
        requireShape("x", x, y.size(0), y.size(1), height.input(), width.input());
        requireShape("y", y, y.size(0), y.size(1), height.output(), width.output());
        boolean neighbours = x.stride(1) == 1 && y.stride(1) == 1;
        this.loops =
                vectors != null && neighbours
                        ? vectors
                        : new ScalarPoolingLoops(x.stride(1), y.stride(1));
        long from = 0;
        while (from < width.output() && width.at(from, 0) < 0) {
            from++;
        }
        long end = width.output();
        while (end > from && width.at(end - 1, width.kernel() - 1) >= width.input()) {
            end--;
        }
        this.insideFrom = from;
        this.insideEnd = end;
        long channels = y.size(1);
        long rows = y.size(0) * height.output();
        long wanted = rows == 0 ? 1 : Math.ceilDiv(FEW_ROWS, rows);
        long each = Math.ceilDiv(Math.ceilDiv(channels, wanted), LEAST_CHANNELS);
        this.shareChannels = Math.max(1, each) * LEAST_CHANNELS;
        this.shares = Math.ceilDiv(channels, shareChannels);
        this.units = y.elementCount() == 0 ? 0 : rows * shares;
        double work =
                (double) Math.min(height.kernel(), height.input())
                        * Math.min(width.kernel(), width.input())
                        * width.output()
                        * Math.min(channels, shareChannels);
        this.unitsOfTask = Math.max(1, (long) (TASK_ELEMENTS / Math.max(1, work)));
    }

    private static void requireShape(String name, Tensor tensor, long... shape) {
        if (!java.util.Arrays.equals(tensor.shape(), shape)) {
            throw new IllegalArgumentException(
                    "%s: shape %s (expected: %s)"
                            .formatted(
                                    name,
                                    java.util.Arrays.toString(tensor.shape()),
                                    java.util.Arrays.toString(shape)));
        }
    }

    /**
     * Binds y[n, c, p, q] = max x[n, c, …] under window (p, q).
     *
     * @param x N×C×H×W, not written
     * @param height its inputs are H
     * @param width its inputs are W
     * @param y N×C×windows×windows, overwritten; apart from x
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static Pooling maximum(Tensor x, WindowAxis height, WindowAxis width, Tensor y) {
        return bind(Kind.MAXIMUM, x, height, width, y);
    }

    /**
     * Binds y[n, c, p, q] = the mean of x[n, c, …] under window (p, q).
     *
     * @param x N×C×H×W, not written
     * @param height its inputs are H
     * @param width its inputs are W
     * @param includePadding whether taps on the padding count as zeros
     * @param y N×C×windows×windows, overwritten; apart from x
     * @throws IllegalArgumentException if the shapes do not fit
     */
    public static Pooling average(
            Tensor x, WindowAxis height, WindowAxis width, boolean includePadding, Tensor y) {
        Kind kind = includePadding ? Kind.AVERAGE_WITH_PADDING : Kind.AVERAGE;
        return bind(kind, x, height, width, y);
    }

    private static Pooling bind(
            Kind kind, Tensor x, WindowAxis height, WindowAxis width, Tensor y) {
        if (y.rank() != 4) {
            throw new IllegalArgumentException("y: rank %d (expected: 4)".formatted(y.rank()));
        }
        return new Pooling(kind, x, height, width, y, vectors());
    }

    private static @Nullable PoolingLoops vectors() {
        if (!VectorSupport.isEnabled()) {
            return null;
        }
        return WarmUp.isAsked() ? new ColdPoolingLoops() : new VectorPoolingLoops();
    }

    /** The same without the Vector API. */
    Pooling plain() {
        return new Pooling(kind, x, height, width, y, null);
    }

    /** The same as long as the vectors' loops are not compiled. */
    Pooling cold() {
        return new Pooling(kind, x, height, width, y, new ColdPoolingLoops(true));
    }

    @Override
    public void run(@Nullable Workers workers) {
        long tasks = Math.ceilDiv(units, unitsOfTask);
        if (workers == null || tasks <= 1) {
            for (long index = 0; index < tasks; index++) {
                run(index);
            }
        } else {
            workers.run(tasks, 0, task);
        }
    }

    private void run(long index) {
        long end = Math.min(units, (index + 1) * unitsOfTask);
        for (long unit = index * unitsOfTask; unit < end; unit++) {
            long share = unit % shares;
            long row = unit / shares % height.output();
            long image = unit / shares / height.output();
            long channel = share * shareChannels;
            int channels = (int) Math.min(shareChannels, y.size(1) - channel);
            runRow(image, row, channel, channels);
        }
    }

    private void runRow(long image, long row, long channel, int channels) {
        for (long window = 0; window < insideFrom; window++) {
            runWindows(image, row, window, 1, channel, channels);
        }
        if (insideEnd > insideFrom) {
            runWindows(image, row, insideFrom, insideEnd - insideFrom, channel, channels);
        }
        for (long window = insideEnd; window < width.output(); window++) {
            runWindows(image, row, window, 1, channel, channels);
        }
    }

    /** Windows of one row with equally many taps on the input. */
    private void runWindows(
            long image, long row, long window, long count, long channel, int channels) {
        long firstRow = height.firstTap(row);
        long firstColumn = width.firstTap(window);
        int rows = (int) (height.endTap(row) - firstRow);
        int columns = (int) (width.endTap(window) - firstColumn);
        MemorySegment to = y.segment();
        long toAt =
                y.offset()
                        + image * y.stride(0)
                        + channel * y.stride(1)
                        + row * y.stride(2)
                        + window * y.stride(3);
        if (rows == 0 || columns == 0) {
            fill(to, toAt, count, channels);
            return;
        }
        long at =
                x.offset()
                        + image * x.stride(0)
                        + channel * x.stride(1)
                        + height.at(row, firstRow) * x.stride(2)
                        + width.at(window, firstColumn) * x.stride(3);
        long windowStep = width.stride() * x.stride(3);
        long rowStep = height.dilation() * x.stride(2);
        long columnStep = width.dilation() * x.stride(3);
        if (kind == Kind.MAXIMUM) {
            loops.maximum(
                    x.segment(),
                    at,
                    windowStep,
                    rowStep,
                    columnStep,
                    rows,
                    columns,
                    to,
                    toAt,
                    y.stride(3),
                    count,
                    channels);
            return;
        }
        double divisor =
                kind == Kind.AVERAGE
                        ? (double) rows * columns
                        : (double) height.paddedTaps(row) * width.paddedTaps(window);
        loops.average(
                x.segment(),
                at,
                windowStep,
                rowStep,
                columnStep,
                rows,
                columns,
                (float) divisor,
                to,
                toAt,
                y.stride(3),
                count,
                channels);
    }

    private void fill(MemorySegment to, long toAt, long count, int channels) {
        float nothing = kind == Kind.MAXIMUM ? Float.NEGATIVE_INFINITY : 0;
        for (long window = 0; window < count; window++) {
            for (int c = 0; c < channels; c++) {
                long at = toAt + window * y.stride(3) + c * y.stride(1);
                to.setAtIndex(JAVA_FLOAT, at, nothing);
            }
        }
    }
}
