package io.strider.ops;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Normalisation across neighbouring channels, one pixel's channels a line. */
final class LocalResponseOperation implements Operation {
    private final Lines lines;
    private final int before;
    private final int behind;
    private final double factor;
    private final double beta;
    private final double bias;
    private final Workers.Task task = this::task;

    /**
     * Binds.
     *
     * @param x at most {@link Blocks#SIZE} channels
     */
    LocalResponseOperation(Tensor x, int size, double alpha, double beta, double bias, Tensor y) {
        boolean[] channels = new boolean[x.rank()];
        channels[1] = true;
        this.lines = new Lines(x.shape(), channels, new long[][] {x.strides(), y.strides()}, x, y);
        this.before = (size - 1) / 2;
        this.behind = size - 1 - before;
        this.factor = alpha / size;
        this.beta = beta;
        this.bias = bias;
    }

    @Override
    public void run(@Nullable Workers workers) {
        lines.run(workers, task);
    }

    private void task(long index, MemorySegment scratch) {
        float[] x = Blocks.ofThread()[0];
        float[] y = Blocks.ofThread()[1];
        int channels = (int) lines.length();
        for (long line = lines.start(index); line < lines.start(index + 1); line++) {
            lines.read(0, line, 0, x, channels);
            for (int c = 0; c < channels; c++) {
                int first = Math.max(0, c - before);
                int last = (int) Math.min(channels - 1L, (long) c + behind);
                double sum = 0;
                for (int other = first; other <= last; other++) {
                    sum += (double) x[other] * x[other];
                }
                y[c] = (float) (x[c] / power(bias + factor * sum));
            }
            lines.write(1, line, 0, y, channels);
        }
    }

    /** The usual exponent 3/4 is two square roots, a tenth of the time of a power. */
    private double power(double base) {
        if (beta == 0.75) {
            double root = Math.sqrt(base);
            return root * Math.sqrt(root);
        }
        return Math.pow(base, beta);
    }
}
