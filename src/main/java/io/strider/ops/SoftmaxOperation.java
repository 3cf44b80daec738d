package io.strider.ops;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * e^(x − m) / Σ e^(x − m) along lines, m the largest of the line, or the logarithm of that: by a
 * pass for m, one for the exponentials and their sum, one for the quotients.
 */
final class SoftmaxOperation implements Operation {
    private final Lines lines;
    private final boolean logarithm;
    private final Exponentials exponentials;
    private final Workers.Task task = this::task;

    SoftmaxOperation(
            Tensor x, boolean[] together, boolean logarithm, Tensor y, Exponentials exponentials) {
        this.lines = new Lines(x.shape(), together, new long[][] {x.strides(), y.strides()}, x, y);
        this.logarithm = logarithm;
        this.exponentials = exponentials;
    }

    @Override
    public void run(@Nullable Workers workers) {
        lines.run(workers, task);
    }

    private void task(long index, MemorySegment scratch) {
        float[] x = Blocks.ofThread()[0];
        boolean fits = lines.length() <= Blocks.SIZE;
        for (long line = lines.start(index); line < lines.start(index + 1); line++) {
            if (fits) {
                one(line, x, (int) lines.length());
            } else {
                several(line, x);
            }
        }
    }

    private void one(long line, float[] x, int count) {
        float[] e = Blocks.ofThread()[1];
        lines.read(0, line, 0, x, count);
        float largest = BlockSums.maximum(x, count);
        above(x, largest, logarithm ? e : x, count);
        exponentials.exp(logarithm ? e : x, count);
        double sum = BlockSums.sum(logarithm ? e : x, count);
        finish(x, largest, sum, count);
        lines.write(1, line, 0, x, count);
    }

    private static void above(float[] x, float largest, float[] to, int count) {
        for (int k = 0; k < count; k++) {
            to[k] = x[k] - largest;
        }
    }

    /** From the exponentials, or for the logarithm from x itself. */
    private void finish(float[] x, float largest, double sum, int count) {
        if (logarithm) {
            float log = (float) Math.log(sum);
            for (int k = 0; k < count; k++) {
                x[k] = x[k] - largest - log;
            }
        } else {
            float inverse = (float) (1 / sum);
            for (int k = 0; k < count; k++) {
                x[k] *= inverse;
            }
        }
    }

    private void several(long line, float[] x) {
        float largest = Float.NEGATIVE_INFINITY;
        for (long from = 0; from < lines.length(); from += Blocks.SIZE) {
            int count = lines.size(from);
            lines.read(0, line, from, x, count);
            largest = Math.max(largest, BlockSums.maximum(x, count));
        }
        double sum = 0;
        for (long from = 0; from < lines.length(); from += Blocks.SIZE) {
            sum += exponentials(line, from, largest, x);
        }
        for (long from = 0; from < lines.length(); from += Blocks.SIZE) {
            int count = lines.size(from);
            if (logarithm) {
                lines.read(0, line, from, x, count);
            } else {
                exponentials(line, from, largest, x);
            }
            finish(x, largest, sum, count);
            lines.write(1, line, from, x, count);
        }
    }

    private double exponentials(long line, long from, float largest, float[] x) {
        int count = lines.size(from);
        lines.read(0, line, from, x, count);
        above(x, largest, x, count);
        exponentials.exp(x, count);
        return BlockSums.sum(x, count);
    }
}
