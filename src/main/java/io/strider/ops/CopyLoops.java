package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One {@link Move} bound to tensors: a nest of loops over two memories. Loops of one turn are gone,
 * the others ordered by their step in the target, largest outside, and those that both sides could
 * run through as one are merged.
 */
final class CopyLoops {
    private final @Nullable MemorySegment source;
    private final MemorySegment target;
    private final float fill;
    private final RunCopies copies;

    private long from;
    private long to;
    private int depth;
    private final long[] sizes;
    private final long[] reads;
    private final long[] writes;

    /** How many elements. */
    final long count;

    private final Kind kind;

    /** What the two innermost loops do. */
    private enum Kind {
        COPY,
        FILL,
        TRANSPOSE,
        ANY
    }

    CopyLoops(@Nullable Tensor source, Move move, Tensor target, float fill, RunCopies copies) {
        this.source = source == null ? null : source.segment();
        this.target = target.segment();
        this.fill = fill;
        this.copies = copies;
        this.count = move.count();
        int most = move.steps().size() + 2;
        this.sizes = new long[most];
        this.reads = new long[most];
        this.writes = new long[most];
        long[] sourceStrides = source == null ? new long[0] : source.strides();
        long[] targetStrides = target.strides();
        if (source != null) {
            from = source.offset() + Move.position(move.sourceStart(), sourceStrides);
        }
        to = target.offset() + Move.position(move.targetStart(), targetStrides);
        for (Move.Step step : move.steps()) {
            long read = source == null ? 0 : move.sourceStride(step, sourceStrides);
            if (step.size() != 1) {
                insert(step.size(), read, move.targetStride(step, targetStrides));
            }
        }
        merge();
        kind = arrange();
    }

    private void insert(long size, long read, long write) {
        int at = depth++;
        while (at > 0 && writes[at - 1] < write) {
            set(at, sizes[at - 1], reads[at - 1], writes[at - 1]);
            at--;
        }
        set(at, size, read, write);
    }

    private void merge() {
        int kept = 0;
        for (int at = 0; at < depth; at++) {
            boolean joins =
                    kept > 0
                            && reads[kept - 1] == sizes[at] * reads[at]
                            && writes[kept - 1] == sizes[at] * writes[at];
            if (joins) {
                set(kept - 1, sizes[kept - 1] * sizes[at], reads[at], writes[at]);
            } else {
                set(kept++, sizes[at], reads[at], writes[at]);
            }
        }
        depth = kept;
    }

    private void set(int at, long size, long read, long write) {
        sizes[at] = size;
        reads[at] = read;
        writes[at] = write;
    }

    /** Makes two loops the innermost ones that one of the kinds can run. */
    private Kind arrange() {
        while (depth < 2 || (depth == 2 && writes[1] != 1)) {
            // A run of one element, or runs of one, need loops of their own.
            set(depth, 1, 1, 1);
            depth++;
        }
        int inner = depth - 1;
        if (writes[inner] != 1) {
            return Kind.ANY;
        }
        if (source == null) {
            return Kind.FILL;
        }
        if (reads[inner] == 1) {
            return Kind.COPY;
        }
        for (int loop = inner - 1; loop >= 0 && reads[inner] > 0; loop--) {
            if (reads[loop] == 1) {
                long size = sizes[loop];
                long write = writes[loop];
                for (int at = loop; at < inner - 1; at++) {
                    set(at, sizes[at + 1], reads[at + 1], writes[at + 1]);
                }
                set(inner - 1, size, 1, write);
                return Kind.TRANSPOSE;
            }
        }
        return Kind.ANY;
    }

    /** Into how many pieces it can be cut. */
    long pieces() {
        return sizes[0];
    }

    /** How many pieces had better stay together, so that a matrix is cut between whole squares. */
    long together() {
        return kind == Kind.TRANSPOSE && depth == 2 ? 16 : 1;
    }

    /** Runs a range of the pieces. */
    void run(long first, long end) {
        if (depth == 2) {
            innermost(from + first * reads[0], to + first * writes[0], end - first);
            return;
        }
        long turns = end - first;
        for (int loop = 1; loop < depth - 2; loop++) {
            turns *= sizes[loop];
        }
        for (long turn = 0; turn < turns; turn++) {
            long read = from;
            long write = to;
            long rest = turn;
            for (int loop = depth - 3; loop > 0; loop--) {
                long at = rest % sizes[loop];
                rest /= sizes[loop];
                read += at * reads[loop];
                write += at * writes[loop];
            }
            read += (first + rest) * reads[0];
            write += (first + rest) * writes[0];
            innermost(read, write, sizes[depth - 2]);
        }
    }

    private void innermost(long read, long write, long outer) {
        int inner = depth - 1;
        MemorySegment origin = source;
        if (origin == null) {
            fill(write, outer);
            return;
        }
        long outerRead = reads[inner - 1];
        long outerWrite = writes[inner - 1];
        switch (kind) {
            case COPY ->
                    copies.copy(
                            origin,
                            read,
                            outerRead,
                            target,
                            write,
                            outerWrite,
                            outer,
                            sizes[inner]);
            case TRANSPOSE ->
                    copies.transpose(
                            origin,
                            read,
                            reads[inner],
                            target,
                            write,
                            outerWrite,
                            sizes[inner],
                            outer);
            default -> {
                for (long i = 0; i < outer; i++) {
                    for (long k = 0; k < sizes[inner]; k++) {
                        float value =
                                origin.getAtIndex(
                                        JAVA_FLOAT, read + i * outerRead + k * reads[inner]);
                        target.setAtIndex(
                                JAVA_FLOAT, write + i * outerWrite + k * writes[inner], value);
                    }
                }
            }
        }
    }

    private void fill(long write, long outer) {
        int inner = depth - 1;
        if (kind == Kind.FILL) {
            copies.fill(fill, target, write, writes[inner - 1], outer, sizes[inner]);
            return;
        }
        for (long i = 0; i < outer; i++) {
            for (long k = 0; k < sizes[inner]; k++) {
                long at = write + i * writes[inner - 1] + k * writes[inner];
                target.setAtIndex(JAVA_FLOAT, at, fill);
            }
        }
    }
}
