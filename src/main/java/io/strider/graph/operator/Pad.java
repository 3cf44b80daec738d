package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.Move;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds a border, or cuts one off where a number is negative. Inputs: data, pads (how many indices
 * to add in front of each axis, then behind each), constant_value (0 if absent), axes (all if
 * absent).
 *
 * @param mode what stands in the border
 */
public record Pad(Mode mode) implements Movement {
    /** How many boxes a border that repeats a short axis may come apart into. */
    private static final long MOST_MOVES = 1 << 16;

    /** What stands in a border. */
    public enum Mode {
        /** One value. */
        CONSTANT,
        /** The nearest element. */
        EDGE,
        /** The data as in a mirror that stands on its outermost elements. */
        REFLECT,
        /** The data once more from its other side. */
        WRAP
    }

    /** How many indices are added to each axis. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Border(long[] before, long[] after) {}

    @Override
    public String name() {
        return "Pad";
    }

    private static Border border(Inputs inputs) {
        int rank = Demands.present(inputs, 0, "data").rank();
        long[] pads = Demands.integers(inputs, 1, "pads");
        int[] axes = Demands.axesOrAll(inputs, 3, rank);
        if (pads.length != 2L * axes.length) {
            throw Demands.refused("pads: %s (expected: %s of them)", pads, 2L * axes.length);
        }
        long[] before = new long[rank];
        long[] after = new long[rank];
        for (int i = 0; i < axes.length; i++) {
            before[axes[i]] = pads[i];
            after[axes[i]] = pads[axes.length + i];
        }
        return new Border(before, after);
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        Border border = border(inputs);
        TensorType data = inputs.type(0);
        long[] shape = data.shape().clone();
        for (int dim = 0; dim < shape.length; dim++) {
            long added = Math.addExact(border.before[dim], border.after[dim]);
            shape[dim] = Math.addExact(shape[dim], added);
            boolean nothingToRepeat =
                    mode != Mode.CONSTANT && data.shape()[dim] == 0 && shape[dim] > 0;
            if (shape[dim] < 0 || nothingToRepeat) {
                throw Demands.refused(
                        "pads: %s before and %s behind axis %s of %s (expected: a size >= 0 and, to"
                                + " repeat elements, some)",
                        border.before[dim], border.after[dim], dim, data);
            }
        }
        if (mode == Mode.CONSTANT && inputs.has(2)) {
            Demands.present(inputs, 2, "constant_value", data.type());
            if (inputs.type(2).elementCount() != 1) {
                throw Demands.refused("constant_value: %s (expected: 1 element)", inputs.type(2));
            }
        }
        return List.of(Demands.output(data.type(), shape));
    }

    @Override
    public boolean isSettled(Inputs inputs) {
        return mode != Mode.CONSTANT || !inputs.has(2) || inputs.isKnown(2);
    }

    @Override
    public @Nullable NdArray fill(Inputs inputs) {
        return mode == Mode.CONSTANT && inputs.has(2) ? inputs.value(2) : null;
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        if (outputs.get(0).elementCount() == 0) {
            return List.of();
        }
        Border border = border(inputs);
        long[] from = inputs.type(0).shape();
        long[] to = outputs.get(0).shape();
        List<Move> moves = new ArrayList<>();
        if (mode == Mode.CONSTANT) {
            constant(border, from, to, moves);
        } else {
            repeated(border, from, to, moves);
        }
        return moves;
    }

    /** Around what stays: two slabs an axis, the first ones reaching over all the later axes. */
    private static void constant(Border border, long[] from, long[] to, List<Move> moves) {
        long[] start = new long[to.length];
        long[] size = to.clone();
        for (int dim = 0; dim < to.length; dim++) {
            long inside = Math.clamp(border.before[dim], 0, to[dim]);
            long end = Math.clamp(border.before[dim] + from[dim], inside, to[dim]);
            addFilled(start, size, dim, 0, inside, moves);
            addFilled(start, size, dim, end, to[dim], moves);
            start[dim] = inside;
            size[dim] = end - inside;
        }
        Move.Builder move = Move.between(to.length, to.length);
        for (int dim = 0; dim < to.length; dim++) {
            move.fromIndex(dim, Math.max(0, -border.before[dim])).toIndex(dim, start[dim]);
            move.step(size[dim], dim, dim);
        }
        if (Arrays.stream(size).allMatch(some -> some > 0)) {
            moves.add(move.build());
        }
    }

    private static void addFilled(
            long[] start, long[] size, int dim, long first, long end, List<Move> moves) {
        Move.Builder move = Move.between(0, size.length).source(Move.NOTHING);
        boolean some = first < end;
        for (int d = 0; d < size.length; d++) {
            move.toIndex(d, d == dim ? first : start[d]);
            move.repeat(d == dim ? end - first : size[d], d, 1);
            some &= d == dim || size[d] > 0;
        }
        if (some) {
            moves.add(move.build());
        }
    }

    private void repeated(Border border, long[] from, long[] to, List<Move> moves) {
        List<List<AxisRun>> runs = new ArrayList<>();
        long count = 1;
        for (int dim = 0; dim < to.length; dim++) {
            int[] indices = new int[Math.toIntExact(to[dim])];
            for (int i = 0; i < indices.length; i++) {
                indices[i] = (int) origin(i - border.before[dim], from[dim]);
            }
            runs.add(AxisRun.of(indices));
            count = Math.min(MOST_MOVES + 1, count * runs.get(dim).size());
        }
        if (count > MOST_MOVES) {
            throw Demands.refused(
                    "pads: %s before, %s behind (expected: no axis repeated thousands of times)",
                    border.before, border.after);
        }
        AxisRun[] chosen = new AxisRun[to.length];
        combine(runs, 0, chosen, moves);
    }

    private static void combine(
            List<List<AxisRun>> runs, int dim, AxisRun[] chosen, List<Move> moves) {
        if (dim < chosen.length) {
            for (AxisRun run : runs.get(dim)) {
                chosen[dim] = run;
                combine(runs, dim + 1, chosen, moves);
            }
            return;
        }
        Move.Builder move = Move.between(chosen.length, chosen.length);
        for (int d = 0; d < chosen.length; d++) {
            AxisRun run = chosen[d];
            move.fromIndex(d, run.from()).toIndex(d, run.at());
            move.step(run.size(), d, run.step(), d, 1);
        }
        moves.add(move.build());
    }

    /** The data's index that an index before, inside or behind it shows. */
    private long origin(long index, long size) {
        return switch (mode) {
            case CONSTANT, EDGE -> Math.clamp(index, 0, size - 1);
            case WRAP -> Math.floorMod(index, size);
            case REFLECT -> {
                long period = Math.max(1, 2 * (size - 1));
                long place = Math.floorMod(index, period);
                yield Math.min(place, period - place) % size;
            }
        };
    }

    @Override
    public @Nullable View view(Inputs inputs, int output) {
        Border border = border(inputs);
        boolean none = Arrays.stream(border.before).allMatch(added -> added == 0);
        return none ? Boxes.unchanged(inputs, outputTypes(inputs).get(0)) : null;
    }
}
