package io.strider.ops;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Moves elements between arrays of any type, one by one. */
public final class PlainMoves {
    private PlainMoves() {}

    /**
     * Strides of a row-major array.
     *
     * @param shape the sizes
     * @return for every dimension the product of the sizes behind it
     */
    public static long[] rowMajor(long... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int dim = shape.length - 1; dim >= 0; dim--) {
            strides[dim] = stride;
            stride *= shape[dim];
        }
        return strides;
    }

    /**
     * How many elements an array of a shape has.
     *
     * @throws IllegalArgumentException if a size is negative or there are more than a Java array
     *     can hold
     */
    public static int count(long... shape) {
        long count = 1;
        boolean fits = true;
        for (long size : shape) {
            fits &= size >= 0 && Math.multiplyHigh(count, size) == 0 && count * size >= 0;
            count *= size;
        }
        if (!fits || count > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "shape: %s (expected: sizes >= 0, at most 2147483639 elements in all)"
                            .formatted(Arrays.toString(shape)));
        }
        return (int) count;
    }

    /**
     * Applies the moves that write one target.
     *
     * @param sources arrays of the target's type; those that no move reads may be null
     * @param moves inside the bounds of their arrays; those to other targets are passed over
     * @param target which one
     * @param type of the target's elements
     * @param fill one element of that type, which goes wherever nothing is moved to and where a
     *     move reads nothing; null for 0
     * @param shape of the target
     */
    public static NdArray apply(
            List<@Nullable NdArray> sources,
            List<Move> moves,
            int target,
            ElementType type,
            @Nullable NdArray fill,
            long... shape) {
        int count = count(shape);
        if (type.isFloating()) {
            double[] values = new double[count];
            if (fill != null) {
                Arrays.fill(values, fill.getDouble(0));
            }
            each(sources, moves, target, shape, (from, at, to) -> values[to] = from.getDouble(at));
            return NdArray.ofDoubles(type, values, shape);
        }
        long[] values = new long[count];
        if (fill != null) {
            Arrays.fill(values, fill.getLong(0));
        }
        each(sources, moves, target, shape, (from, at, to) -> values[to] = from.getLong(at));
        return NdArray.ofLongs(type, values, shape);
    }

    /**
     * An array of elements picked by position.
     *
     * @param from where they come from
     * @param positions one for each element of the result, in row-major order
     * @param shape of the result
     * @throws IndexOutOfBoundsException if there is no such position
     */
    public static NdArray pick(NdArray from, int[] positions, long... shape) {
        if (from.type().isFloating()) {
            double[] values = new double[positions.length];
            Arrays.setAll(values, i -> from.getDouble(positions[i]));
            return NdArray.ofDoubles(from.type(), values, shape);
        }
        long[] values = new long[positions.length];
        Arrays.setAll(values, i -> from.getLong(positions[i]));
        return NdArray.ofLongs(from.type(), values, shape);
    }

    @FunctionalInterface
    private interface Visitor {
        void move(NdArray from, int at, int to);
    }

    private static void each(
            List<@Nullable NdArray> sources,
            List<Move> moves,
            int target,
            long[] shape,
            Visitor visitor) {
        long[] targetStrides = rowMajor(shape);
        for (Move move : moves) {
            NdArray source = move.source() == Move.NOTHING ? null : sources.get(move.source());
            if (move.target() == target && source != null) {
                long[] strides = rowMajor(source.shape());
                long at = Move.position(move.sourceStart(), strides);
                long to = Move.position(move.targetStart(), targetStrides);
                walk(move, 0, source, strides, at, targetStrides, to, visitor);
            }
        }
    }

    private static void walk(
            Move move,
            int axis,
            NdArray source,
            long[] sourceStrides,
            long at,
            long[] targetStrides,
            long to,
            Visitor visitor) {
        if (axis == move.steps().size()) {
            visitor.move(source, (int) at, (int) to);
            return;
        }
        Move.Step step = move.steps().get(axis);
        long read = move.sourceStride(step, sourceStrides);
        long write = move.targetStride(step, targetStrides);
        for (long i = 0; i < step.size(); i++) {
            walk(
                    move,
                    axis + 1,
                    source,
                    sourceStrides,
                    at + i * read,
                    targetStrides,
                    to + i * write,
                    visitor);
        }
    }
}
