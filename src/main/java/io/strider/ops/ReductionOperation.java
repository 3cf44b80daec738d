package io.strider.ops;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One element of each line: sums in double. Where neighbouring lines lie beside one another in
 * memory, as channels do, they are taken together, element by element.
 */
final class ReductionOperation implements Operation {
    private static final ThreadLocal<double[]> SUMS =
            ThreadLocal.withInitial(() -> new double[Blocks.SIZE]);

    private final Lines lines;
    private final ReductionFunction function;
    private final boolean sideBySide;
    private final Workers.Task task = this::task;

    /**
     * Binds.
     *
     * @param function {@link #supports} it
     * @param y as many dimensions as x; sizes of 1 where x is reduced
     */
    ReductionOperation(ReductionFunction function, Tensor x, boolean[] reduced, Tensor y) {
        long[][] strides = {x.strides(), y.strides()};
        this.lines = new Lines(x.shape(), reduced, strides, x, y);
        this.function = function;
        LoopNest outer = lines.outer();
        this.sideBySide =
                outer.innerStride(0) == 1
                        && outer.inner() > 1
                        && lines.length() > 1
                        && lines.inner().innerStride(0) != 1;
    }

    /** Whether there is a quick form. */
    static boolean supports(ReductionFunction function) {
        return switch (function) {
            case SUM, MEAN, MAXIMUM, MINIMUM, L1, L2, SUM_OF_SQUARES -> true;
            default -> false;
        };
    }

    @Override
    public void run(@Nullable Workers workers) {
        if (sideBySide) {
            Tasks.run(workers, turns() * pieces(), task);
        } else {
            lines.run(workers, task);
        }
    }

    private long turns() {
        return lines.outer().outerCount(lines.outer().depth() - 1);
    }

    private long pieces() {
        return Math.ceilDiv(lines.outer().inner(), Blocks.SIZE);
    }

    private void task(long index, MemorySegment scratch) {
        if (sideBySide) {
            piece(index / pieces(), index % pieces() * Blocks.SIZE);
            return;
        }
        float[][] blocks = Blocks.ofThread();
        for (long line = lines.start(index); line < lines.start(index + 1); line++) {
            double result = start();
            for (long from = 0; from < lines.length(); from += Blocks.SIZE) {
                int count = lines.size(from);
                lines.read(0, line, from, blocks[0], count);
                result = fold(result, blocks[0], count);
            }
            blocks[0][0] = (float) finished(result);
            Blocks.write(lines.outer(), 1, lines.segment(1), lines.first(1), line, blocks[0], 1);
        }
    }

    private double start() {
        return switch (function) {
            case MAXIMUM -> Double.NEGATIVE_INFINITY;
            case MINIMUM -> Double.POSITIVE_INFINITY;
            default -> 0;
        };
    }

    private double fold(double before, float[] x, int count) {
        return switch (function) {
            case MAXIMUM -> Math.max(before, BlockSums.maximum(x, count));
            case MINIMUM -> Math.min(before, BlockSums.minimum(x, count));
            case L1 -> before + BlockSums.magnitudes(x, count);
            case L2, SUM_OF_SQUARES -> before + BlockSums.squares(x, count, 0);
            default -> before + BlockSums.sum(x, count);
        };
    }

    private double finished(double result) {
        return switch (function) {
            case MEAN -> result / lines.length();
            case L2 -> Math.sqrt(result);
            default -> result;
        };
    }

    private void piece(long turn, long column) {
        float[] x = Blocks.ofThread()[0];
        double[] sums = SUMS.get();
        LoopNest outer = lines.outer();
        LoopNest inner = lines.inner();
        int count = (int) Math.min(Blocks.SIZE, outer.inner() - column);
        long place = turn * outer.inner() + column;
        Arrays.fill(sums, 0, count, start());
        for (long i = 0; i < lines.length(); i++) {
            long first = lines.first(0) + inner.at(0, inner.depth(), i);
            Blocks.read(outer, 0, lines.segment(0), first, place, x, count);
            add(x, sums, count);
        }
        for (int k = 0; k < count; k++) {
            x[k] = (float) finished(sums[k]);
        }
        Blocks.write(outer, 1, lines.segment(1), lines.first(1), place, x, count);
    }

    private void add(float[] x, double[] sums, int count) {
        switch (function) {
            case MAXIMUM -> {
                for (int k = 0; k < count; k++) {
                    sums[k] = Math.max(sums[k], x[k]);
                }
            }
            case MINIMUM -> {
                for (int k = 0; k < count; k++) {
                    sums[k] = Math.min(sums[k], x[k]);
                }
            }
            case L1 -> {
                for (int k = 0; k < count; k++) {
                    sums[k] += Math.abs(x[k]);
                }
            }
            case L2, SUM_OF_SQUARES -> {
                for (int k = 0; k < count; k++) {
                    sums[k] += (double) x[k] * x[k];
                }
            }
            default -> {
                for (int k = 0; k < count; k++) {
                    sums[k] += x[k];
                }
            }
        }
    }
}
