package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The channels of N×C×H×W in another order: channel c of y is channel {@code sources[c]} of x. For
 * any strides; quick where both are channels-last, as a pixel then stays in the first-level cache.
 * Pieces of rows of pixels are split between workers.
 */
public final class ChannelPermutation implements Operation, Workers.Task {
    private static final long TASK_ELEMENTS = 1 << 14;

    private final Tensor x;
    private final Tensor y;
    private final long[] sources;
    private final long rows;
    private final long rowsEach;

    /**
     * Binds.
     *
     * @param x not modified
     * @param sources a channel of x for each of y; copied
     * @param y of the shape of x, overwritten; memory of its own
     */
    public ChannelPermutation(Tensor x, int[] sources, Tensor y) {
        this.x = x;
        this.y = y;
        this.sources = new long[sources.length];
        for (int c = 0; c < sources.length; c++) {
            this.sources[c] = sources[c] * x.stride(1);
        }
        this.rows = x.size(0) * x.size(2);
        long row = Math.max(1, x.size(1) * x.size(3));
        this.rowsEach = Math.max(1, TASK_ELEMENTS / row);
    }

    @Override
    public void run(@Nullable Workers workers) {
        long tasks = Math.ceilDiv(rows, rowsEach);
        if (workers != null && tasks > 1) {
            workers.run(tasks, 0, this);
            return;
        }
        for (long task = 0; task < tasks; task++) {
            run(task, MemorySegment.NULL);
        }
    }

    @Override
    public void run(long task, MemorySegment scratch) {
        long end = Math.min(rows, (task + 1) * rowsEach);
        for (long row = task * rowsEach; row < end; row++) {
            long image = row / x.size(2);
            long h = row % x.size(2);
            permute(
                    x.offset() + image * x.stride(0) + h * x.stride(2),
                    y.offset() + image * y.stride(0) + h * y.stride(2));
        }
    }

    private void permute(long firstRead, long firstWrite) {
        MemorySegment from = x.segment();
        MemorySegment to = y.segment();
        long width = x.size(3);
        long readStep = x.stride(3);
        long writeStep = y.stride(3);
        long channelStep = y.stride(1);
        for (long w = 0; w < width; w++) {
            long read = firstRead + w * readStep;
            long write = firstWrite + w * writeStep;
            for (int c = 0; c < sources.length; c++) {
                to.setAtIndex(
                        JAVA_FLOAT,
                        write + c * channelStep,
                        from.getAtIndex(JAVA_FLOAT, read + sources[c]));
            }
        }
    }
}
