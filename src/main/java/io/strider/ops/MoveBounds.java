package io.strider.ops;

import io.strider.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Proves that a move stays inside its tensors, so that its loops need not check. */
final class MoveBounds {
    private MoveBounds() {}

    /** Of a move of one element or more; a null source is not looked at. */
    static void check(Move move, @Nullable Tensor source, Tensor target) {
        if (source != null) {
            long[] least = new long[move.sourceStart().length];
            long[] most = new long[least.length];
            for (Move.Step step : move.steps()) {
                if (step.sourceDim() != Move.NOTHING) {
                    reach(step.sourceDim(), step.size(), step.sourceStep(), least, most);
                }
            }
            require("source", move, move.sourceStart(), least, most, source);
        }
        long[] least = new long[move.targetStart().length];
        long[] most = new long[least.length];
        for (Move.Step step : move.steps()) {
            reach(step.targetDim(), step.size(), step.targetStep(), least, most);
        }
        require("target", move, move.targetStart(), least, most, target);
    }

    private static void reach(int dim, long size, long step, long[] least, long[] most) {
        long way = Math.multiplyExact(size - 1, step);
        least[dim] = Math.addExact(least[dim], Math.min(0, way));
        most[dim] = Math.addExact(most[dim], Math.max(0, way));
    }

    private static void require(
            String side, Move move, long[] start, long[] least, long[] most, Tensor tensor) {
        boolean inside = start.length == tensor.rank();
        for (int dim = 0; inside && dim < start.length; dim++) {
            inside =
                    start[dim] + least[dim] >= 0
                            && Math.addExact(start[dim], most[dim]) < tensor.size(dim);
        }
        if (!inside) {
            throw new IllegalArgumentException(
                    "%s: shape %s (expected: room for the move: %s)"
                            .formatted(side, Arrays.toString(tensor.shape()), move));
        }
    }
}
