package io.strider.graph;

import io.strider.blas.Workers;
import io.strider.ops.Operation;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Copies elements from one tensor to another of the same shape, a piece of the largest outer
 * dimension at a time. Values that cannot be had as views go this way, and what comes in and goes
 * out of a session.
 */
final class TensorCopy implements Operation, Workers.Task {
    /** Enough that a thread's wake-up is worth it. */
    private static final long TASK_ELEMENTS = 1 << 16;

    private final Tensor[] from;
    private final Tensor[] to;

    private TensorCopy(Tensor[] from, Tensor[] to) {
        this.from = from;
        this.to = to;
    }

    /** Of two tensors of one shape. */
    static TensorCopy of(Tensor from, Tensor to) {
        int dim = 0;
        // Any but the innermost of both layouts: the pieces stay whole runs.
        int last = from.rank() == 4 ? 2 : Math.max(0, from.rank() - 2);
        for (int candidate = 0; candidate <= last; candidate++) {
            boolean pixels = from.rank() != 4 || candidate != 1;
            if (pixels && from.rank() > 0 && from.size(candidate) > from.size(dim)) {
                dim = candidate;
            }
        }
        long most = Math.max(1, from.elementCount() / TASK_ELEMENTS);
        int pieces = (int) Math.min(from.rank() == 0 ? 1 : Math.max(1, from.size(dim)), most);
        Tensor[] sources = new Tensor[pieces];
        Tensor[] targets = new Tensor[pieces];
        for (int i = 0; i < pieces; i++) {
            if (pieces == 1) {
                sources[i] = from;
                targets[i] = to;
                continue;
            }
            long size = from.size(dim);
            long first = size * i / pieces;
            long end = size * (i + 1) / pieces;
            sources[i] = from.slice(dim, first, end);
            targets[i] = to.slice(dim, first, end);
        }
        return new TensorCopy(sources, targets);
    }

    @Override
    public void run(@Nullable Workers workers) {
        if (workers != null && from.length > 1) {
            workers.run(from.length, 0, this);
            return;
        }
        for (int i = 0; i < from.length; i++) {
            to[i].copyFrom(from[i]);
        }
    }

    @Override
    public void run(long task, MemorySegment scratch) {
        to[(int) task].copyFrom(from[(int) task]);
    }
}
