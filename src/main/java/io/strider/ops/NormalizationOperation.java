package io.strider.ops;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * y = (x − center) · factor · scale + shift along lines, center and factor from the line's own
 * statistics, which are summed in double.
 */
final class NormalizationOperation implements Operation {

    /** What center and factor are. */
    enum Statistic {
        /** The mean, and 1 / √(variance + epsilon). */
        DEVIATION,
        /** 0, and 1 / √(mean of x² + epsilon). */
        ROOT_MEAN_SQUARE,
        /** 0, and 1 / √Σx², or 0 if there is only 0. */
        LENGTH,
        /** 0, and 1 / Σ|x|, or 0 if there is only 0. */
        SUM_OF_MAGNITUDES
    }

    private final Lines lines;
    private final Statistic statistic;
    private final double epsilon;
    private final boolean scaled;
    private final boolean shifted;
    private final Workers.Task task = this::task;

    /**
     * Binds.
     *
     * @param lines of x, y, then scale and shift as far as there are
     */
    NormalizationOperation(
            Lines lines, Statistic statistic, double epsilon, boolean scaled, boolean shifted) {
        this.lines = lines;
        this.statistic = statistic;
        this.epsilon = epsilon;
        this.scaled = scaled;
        this.shifted = shifted;
    }

    /** Of tensors of one shape; scale and shift are repeated to it. */
    static NormalizationOperation of(
            Tensor x,
            boolean[] together,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Statistic statistic,
            double epsilon,
            Tensor y) {
        long[] shape = x.shape();
        int operands = scale == null ? 2 : shift == null ? 3 : 4;
        long[][] strides = new long[operands][];
        Tensor[] tensors = new Tensor[operands];
        strides[0] = x.strides();
        strides[1] = y.strides();
        tensors[0] = x;
        tensors[1] = y;
        if (scale != null) {
            strides[2] = Broadcasting.strides(scale, shape);
            tensors[2] = scale;
        }
        if (shift != null) {
            strides[3] = Broadcasting.strides(shift, shape);
            tensors[3] = shift;
        }
        Lines lines = new Lines(shape, together, strides, tensors);
        return new NormalizationOperation(lines, statistic, epsilon, scale != null, shift != null);
    }

    @Override
    public void run(@Nullable Workers workers) {
        lines.run(workers, task);
    }

    private void task(long index, MemorySegment scratch) {
        float[][] blocks = Blocks.ofThread();
        for (long line = lines.start(index); line < lines.start(index + 1); line++) {
            line(line, blocks);
        }
    }

    private void line(long line, float[][] blocks) {
        float[] x = blocks[0];
        long length = lines.length();
        double center = 0;
        if (statistic == Statistic.DEVIATION) {
            for (long from = 0; from < length; from += Blocks.SIZE) {
                lines.read(0, line, from, x, lines.size(from));
                center += BlockSums.sum(x, lines.size(from));
            }
            center /= length;
        }
        double sum = 0;
        for (long from = 0; from < length; from += Blocks.SIZE) {
            int count = lines.size(from);
            if (length > Blocks.SIZE || statistic != Statistic.DEVIATION) {
                lines.read(0, line, from, x, count);
            }
            sum +=
                    statistic == Statistic.SUM_OF_MAGNITUDES
                            ? BlockSums.magnitudes(x, count)
                            : BlockSums.squares(x, count, center);
        }
        double factor =
                switch (statistic) {
                    case DEVIATION, ROOT_MEAN_SQUARE -> 1 / Math.sqrt(sum / length + epsilon);
                    case LENGTH -> sum == 0 ? 0 : 1 / Math.sqrt(sum);
                    case SUM_OF_MAGNITUDES -> sum == 0 ? 0 : 1 / sum;
                };
        for (long from = 0; from < length; from += Blocks.SIZE) {
            int count = lines.size(from);
            if (length > Blocks.SIZE) {
                lines.read(0, line, from, x, count);
            }
            apply(line, from, count, center, factor, blocks);
            lines.write(1, line, from, x, count);
        }
    }

    private void apply(
            long line, long from, int count, double center, double factor, float[][] blocks) {
        float[] x = blocks[0];
        for (int k = 0; k < count; k++) {
            x[k] = (float) ((x[k] - center) * factor);
        }
        if (scaled) {
            float[] scale = blocks[1];
            lines.read(2, line, from, scale, count);
            for (int k = 0; k < count; k++) {
                x[k] *= scale[k];
            }
        }
        if (shifted) {
            float[] shift = blocks[2];
            lines.read(3, line, from, shift, count);
            for (int k = 0; k < count; k++) {
                x[k] += shift[k];
            }
        }
    }
}
