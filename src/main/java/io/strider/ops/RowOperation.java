package io.strider.ops;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic whose innermost loop runs over neighbouring floats in all operands, on {@link
 * RowLoops}. The two innermost loops are the rows and columns of a plane; pieces of planes are the
 * tasks.
 */
final class RowOperation implements Operation {
    private final LoopNest nest;
    private final RowLoops loops;
    private final Step step;
    private final MemorySegment[] segments;
    private final long[] firsts;
    private final long rows;
    private final long columns;
    private final long tasks;
    private final long rowsAtOnce;
    private final long columnsAtOnce;
    private final Workers.Task task = this::task;

    /** What is done with a piece: {@code at} is where it starts in an operand. */
    @FunctionalInterface
    interface Step {
        /**
         * Computes a piece.
         *
         * @param operation where the operands are had from
         * @param turn of the loops around the plane
         */
        void run(RowOperation operation, long turn, long row, long column, long rows, int columns);
    }

    /**
     * Binds.
     *
     * @param nest of the output and then the inputs, {@link #suits} it
     */
    RowOperation(LoopNest nest, RowLoops loops, Step step, Tensor output, Tensor... inputs) {
        this.nest = nest;
        this.loops = loops;
        this.step = step;
        segments = new MemorySegment[inputs.length + 1];
        firsts = new long[inputs.length + 1];
        segments[0] = output.segment();
        firsts[0] = output.offset();
        for (int i = 0; i < inputs.length; i++) {
            segments[i + 1] = inputs[i].segment();
            firsts[i + 1] = inputs[i].offset();
        }
        columns = nest.inner();
        rows = nest.depth() > 1 ? nest.sizes[nest.depth() - 2] : 1;
        columnsAtOnce = Math.max(1, Math.min(columns, Tasks.ELEMENTS));
        rowsAtOnce = Math.max(1, Math.min(rows, Tasks.ELEMENTS / columnsAtOnce));
        tasks = nest.count() == 0 ? 0 : planes() * piecesDown() * piecesAcross();
    }

    /** Whether every operand's innermost stride is 1. */
    static boolean suits(LoopNest nest) {
        for (int operand = 0; operand < nest.strides.length; operand++) {
            if (nest.innerStride(operand) != 1) {
                return false;
            }
        }
        return true;
    }

    private long planes() {
        return nest.outerCount(Math.max(0, nest.depth() - 2));
    }

    private long piecesDown() {
        return Math.ceilDiv(rows, rowsAtOnce);
    }

    private long piecesAcross() {
        return Math.ceilDiv(columns, columnsAtOnce);
    }

    RowLoops loops() {
        return loops;
    }

    MemorySegment segment(int operand) {
        return segments[operand];
    }

    /** Where a piece starts in an operand. */
    long at(int operand, long turn, long row, long column) {
        long plane = nest.at(operand, Math.max(0, nest.depth() - 2), turn);
        return firsts[operand] + plane + row * rowStep(operand) + column;
    }

    /** Floats from row to row of an operand. */
    long rowStep(int operand) {
        return nest.depth() > 1 ? nest.strides[operand][nest.depth() - 2] : 0;
    }

    @Override
    public void run(@Nullable Workers workers) {
        Tasks.run(workers, tasks, task);
    }

    private void task(long index, MemorySegment scratch) {
        long across = index % piecesAcross();
        long rest = index / piecesAcross();
        long down = rest % piecesDown();
        long row = down * rowsAtOnce;
        long column = across * columnsAtOnce;
        step.run(
                this,
                rest / piecesDown(),
                row,
                column,
                Math.min(rowsAtOnce, rows - row),
                (int) Math.min(columnsAtOnce, columns - column));
    }
}
