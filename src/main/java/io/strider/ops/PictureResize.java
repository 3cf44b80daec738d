package io.strider.ops;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Resizes height and width of N×C×H×W pictures that lie channels-last: for each row of the output
 * the rows it is made of are summed, then the pixels of the sum. Weights and sums are float32.
 */
public final class PictureResize implements Operation {
    /** Elements that are worth a task. */
    private static final long GRAIN = 16_384;

    private final MemorySegment source;
    private final MemorySegment target;
    private final long from;
    private final long to;
    private final long sourceImage;
    private final long sourceRow;
    private final long sourcePixel;
    private final long targetImage;
    private final long targetRow;
    private final long targetPixel;
    private final int channels;
    private final int width;
    private final Taps rows;
    private final Taps columns;
    private final float outside;
    private final long allRows;
    private final long rowsPerTask;
    private final WeightedRuns runs;
    private final RunCopies copies;

    /** A row of sums, for a run without workers; 0 bytes if rows are never summed. */
    private final MemorySegment ownRow;

    private final Workers.Task task;

    /** Taps as the loops want them. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Taps(int size, int[] starts, int[] indices, float[] weights) {
        static Taps of(ResizeTaps taps) {
            int[] starts = new int[taps.size() + 1];
            for (int i = 0; i < taps.size(); i++) {
                starts[i + 1] = starts[i] + taps.count(i);
            }
            int[] indices = new int[starts[taps.size()]];
            float[] weights = new float[indices.length];
            for (int i = 0; i < taps.size(); i++) {
                for (int tap = 0; tap < taps.count(i); tap++) {
                    indices[starts[i] + tap] = taps.index(i, tap);
                    weights[starts[i] + tap] = (float) taps.weight(i, tap);
                }
            }
            return new Taps(taps.size(), starts, indices, weights);
        }

        boolean isEmpty(int index) {
            return starts[index] == starts[index + 1];
        }

        /** Whether an index is one index of the input, as it is. */
        boolean isOne(int index) {
            return starts[index] + 1 == starts[index + 1] && weights[starts[index]] == 1;
        }
    }

    private PictureResize(
            Tensor source,
            Tensor target,
            ResizeTaps rows,
            ResizeTaps columns,
            float outside,
            WeightedRuns runs,
            RunCopies copies) {
        this.source = source.segment();
        this.target = target.segment();
        this.from = source.offset();
        this.to = target.offset();
        this.sourceImage = source.stride(0);
        this.sourceRow = source.stride(2);
        this.sourcePixel = source.stride(3);
        this.targetImage = target.stride(0);
        this.targetRow = target.stride(2);
        this.targetPixel = target.stride(3);
        this.channels = Math.toIntExact(source.size(1));
        this.width = Math.toIntExact(source.size(3));
        this.rows = Taps.of(rows);
        this.columns = Taps.of(columns);
        this.outside = outside;
        this.allRows = target.size(0) * target.size(2);
        long perRow = Math.max(1, channels * (target.size(3) + width));
        this.rowsPerTask = Math.max(1, GRAIN / perRow);
        this.runs = runs;
        this.copies = copies;
        this.ownRow = Arena.ofAuto().allocate(rowBytes(), 64);
        this.task = (index, scratch) -> part(index, scratch);
    }

    /** Whether tensors lie as {@link #bind} wants them. */
    public static boolean suits(Tensor source, Tensor target) {
        return source.rank() == 4
                && (source.size(1) == 1 || (source.stride(1) == 1 && target.stride(1) == 1));
    }

    /**
     * Binds the computation.
     *
     * @param source N×C×H×W, not written
     * @param target N×C×OH×OW, overwritten; shares no memory with the source
     * @param rows OH taps, into H
     * @param columns OW taps, into W
     * @param outside what stands where there are no taps
     * @throws IllegalArgumentException if shapes do not agree, or a tensor's channels are no
     *     neighbours in memory
     */
    public static PictureResize bind(
            Tensor source, Tensor target, ResizeTaps rows, ResizeTaps columns, float outside) {
        return bind(source, target, rows, columns, outside, WeightedRuns.best(), RunCopies.best());
    }

    static PictureResize bind(
            Tensor source,
            Tensor target,
            ResizeTaps rows,
            ResizeTaps columns,
            float outside,
            WeightedRuns runs,
            RunCopies copies) {
        long[] wanted = source.shape().clone();
        boolean fits = suits(source, target);
        if (fits) {
            wanted[2] = rows.size();
            wanted[3] = columns.size();
            fits = rows.fits(source.size(2)) && columns.fits(source.size(3));
        }
        if (!fits || !Arrays.equals(wanted, target.shape())) {
            throw new IllegalArgumentException(
                    "target: shape %s (expected: %s of %s, both channels-last)"
                            .formatted(
                                    Arrays.toString(target.shape()),
                                    Arrays.toString(wanted),
                                    Arrays.toString(source.shape())));
        }
        return new PictureResize(source, target, rows, columns, outside, runs, copies);
    }

    private long rowBytes() {
        for (int y = 0; y < rows.size; y++) {
            if (!rows.isEmpty(y) && !rows.isOne(y)) {
                return (long) width * channels * Float.BYTES;
            }
        }
        return 0;
    }

    @Override
    public void run(@Nullable Workers workers) {
        long tasks = Math.ceilDiv(allRows, rowsPerTask);
        if (workers == null || tasks <= 1) {
            for (long i = 0; i < tasks; i++) {
                part(i, ownRow);
            }
        } else {
            workers.run(tasks, rowBytes(), task);
        }
    }

    private void part(long index, MemorySegment scratch) {
        long end = Math.min(allRows, (index + 1) * rowsPerTask);
        for (long row = index * rowsPerTask; row < end; row++) {
            long image = row / rows.size;
            int y = (int) (row % rows.size);
            row(from + image * sourceImage, y, to + image * targetImage + y * targetRow, scratch);
        }
    }

    private void row(long read, int y, long write, MemorySegment scratch) {
        if (rows.isEmpty(y)) {
            copies.fill(outside, target, write, targetPixel, columns.size, channels);
            return;
        }
        int first = rows.starts[y];
        if (rows.isOne(y)) {
            columns(source, read + rows.indices[first] * sourceRow, sourcePixel, write);
            return;
        }
        int end = rows.starts[y + 1];
        if (sourcePixel == channels) {
            long length = (long) width * channels;
            runs.sum(
                    source,
                    read,
                    sourceRow,
                    rows.indices,
                    rows.weights,
                    first,
                    end,
                    scratch,
                    0,
                    length);
        } else {
            for (int x = 0; x < width; x++) {
                runs.sum(
                        source,
                        read + x * sourcePixel,
                        sourceRow,
                        rows.indices,
                        rows.weights,
                        first,
                        end,
                        scratch,
                        (long) x * channels,
                        channels);
            }
        }
        columns(scratch, 0, channels, write);
    }

    private void columns(MemorySegment row, long read, long step, long write) {
        for (int x = 0; x < columns.size; x++) {
            long at = write + x * targetPixel;
            if (columns.isEmpty(x)) {
                copies.fill(outside, target, at, 0, 1, channels);
            } else {
                runs.sum(
                        row,
                        read,
                        step,
                        columns.indices,
                        columns.weights,
                        columns.starts[x],
                        columns.starts[x + 1],
                        target,
                        at,
                        channels);
            }
        }
    }
}
