package io.strider.ops;

import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Moves bound to float32 tensors of any strides, split between threads. Transposing, slicing,
 * joining, repeating and padding are all this; quick where runs of neighbours stay neighbours, and
 * where a matrix is turned.
 */
public final class StridedMoves implements Operation {
    /** Elements that are worth a task. */
    private static final long GRAIN = 16_384;

    /** Pieces of loops that one task runs, one behind the other. */
    private record Piece(CopyLoops loops, long first, long end) {}

    private final Piece[][] tasks;
    private final Workers.Task task = (index, _) -> run((int) index);

    private StridedMoves(List<List<Piece>> tasks) {
        this.tasks = tasks.stream().map(some -> some.toArray(Piece[]::new)).toArray(Piece[][]::new);
    }

    /**
     * Binds moves.
     *
     * @param sources not written; null where no move reads
     * @param moves inside the bounds of the tensors, no two to the same element
     * @param targets written where moves lead, not elsewhere; they share no memory with each other
     *     or the sources
     * @param fill what a move from {@link Move#NOTHING} writes
     * @throws IllegalArgumentException if a move leaves a tensor's bounds
     */
    public static StridedMoves bind(
            List<? extends @Nullable Tensor> sources,
            List<Move> moves,
            List<Tensor> targets,
            float fill) {
        return bind(sources, moves, targets, fill, RunCopies.best());
    }

    static StridedMoves bind(
            List<? extends @Nullable Tensor> sources,
            List<Move> moves,
            List<Tensor> targets,
            float fill,
            RunCopies copies) {
        List<List<Piece>> tasks = new ArrayList<>();
        List<Piece> open = new ArrayList<>();
        long gathered = 0;
        for (Move move : moves) {
            Tensor source =
                    move.source() == Move.NOTHING
                            ? null
                            : Objects.requireNonNull(sources.get(move.source()), "source");
            Tensor target = targets.get(move.target());
            if (move.count() == 0) {
                continue;
            }
            MoveBounds.check(move, source, target);
            CopyLoops loops = new CopyLoops(source, move, target, fill, copies);
            long pieces = loops.pieces();
            long each = Math.max(1, GRAIN / Math.max(1, loops.count / pieces));
            each = Math.ceilDiv(each, loops.together()) * loops.together();
            for (long first = 0; first < pieces; first += each) {
                long end = Math.min(pieces, first + each);
                open.add(new Piece(loops, first, end));
                gathered += loops.count / pieces * (end - first);
                if (gathered >= GRAIN) {
                    tasks.add(open);
                    open = new ArrayList<>();
                    gathered = 0;
                }
            }
        }
        if (!open.isEmpty()) {
            tasks.add(open);
        }
        return new StridedMoves(tasks);
    }

    @Override
    public void run(@Nullable Workers workers) {
        if (workers == null || tasks.length <= 1) {
            for (int i = 0; i < tasks.length; i++) {
                run(i);
            }
        } else {
            workers.run(tasks.length, 0, task);
        }
    }

    private void run(int index) {
        for (Piece piece : tasks[index]) {
            piece.loops.run(piece.first, piece.end);
        }
    }
}
