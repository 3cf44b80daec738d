package io.strider.ops;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Elements of operands that share a shape, in groups of those that differ only in some dimensions;
 * a group is called a line. Lines are split between threads.
 */
final class Lines {
    private final LoopNest outer;
    private final LoopNest inner;
    private final MemorySegment[] segments;
    private final long[] firsts;

    /**
     * Binds.
     *
     * @param together which dimensions a line spans
     * @param strides of each operand in every dimension, 0 where it is repeated
     * @param operands their memory
     */
    Lines(long[] shape, boolean[] together, long[][] strides, Tensor... operands) {
        boolean[] apart = new boolean[together.length];
        for (int dim = 0; dim < together.length; dim++) {
            apart[dim] = !together[dim];
        }
        outer = chosen(shape, apart, strides);
        inner = chosen(shape, together, strides);
        segments = new MemorySegment[operands.length];
        firsts = new long[operands.length];
        for (int i = 0; i < operands.length; i++) {
            segments[i] = operands[i].segment();
            firsts[i] = operands[i].offset();
        }
    }

    private static LoopNest chosen(long[] shape, boolean[] dims, long[][] strides) {
        return dims.length == 0
                ? LoopNest.of(new long[0], dims, strides)
                : LoopNest.of(shape, dims, strides);
    }

    /** The loops over the lines. */
    LoopNest outer() {
        return outer;
    }

    /** The loops over a line's elements. */
    LoopNest inner() {
        return inner;
    }

    MemorySegment segment(int operand) {
        return segments[operand];
    }

    long first(int operand) {
        return firsts[operand];
    }

    /** How many lines there are. */
    long count() {
        return outer.count();
    }

    /** How many elements a line has. */
    long length() {
        return inner.count();
    }

    /** Lines that a task is made of. */
    private long atOnce() {
        return Math.max(1, Tasks.ELEMENTS / Math.max(1, length()));
    }

    /** Runs {@code ceil(lines / atOnce)} tasks. */
    void run(@Nullable Workers workers, Workers.Task task) {
        Tasks.run(workers, Math.ceilDiv(count(), atOnce()), task);
    }

    /** The first line of a task; that of the next is its end. */
    long start(long task) {
        return Math.min(count(), task * atOnce());
    }

    void read(int operand, long line, long from, float[] to, int count) {
        long first = firsts[operand] + outer.at(operand, outer.depth(), line);
        Blocks.read(inner, operand, segments[operand], first, from, to, count);
    }

    void write(int operand, long line, long from, float[] values, int count) {
        long first = firsts[operand] + outer.at(operand, outer.depth(), line);
        Blocks.write(inner, operand, segments[operand], first, from, values, count);
    }

    /** How many elements to take at {@code from}. */
    int size(long from) {
        return (int) Math.min(Blocks.SIZE, length() - from);
    }
}
