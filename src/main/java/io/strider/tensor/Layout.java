package io.strider.tensor;

import static io.strider.tensor.Arguments.refused;

import java.util.Arrays;
import java.util.Objects;

/**
 * Where the elements of a tensor are: offset, shape and strides, immutable, without the memory.
 * What each view means is told at the method of {@link Tensor} with the same name.
 *
 * <p>Every view spans no more than the layout it is made from, so that a tensor whose layout fits
 * its segment has only views that fit. Sizes are at least 0, strides too, and no sum or product of
 * them overflows, even where a size of 0 makes the tensor empty.
 */
final class Layout {
    final long offset;
    final long[] shape;
    final long[] strides;
    final long elementCount;

    /** See {@link Tensor#overlapsItself}; worked out here, as every write asks for it. */
    final boolean mayOverlapItself;

    /** Keeps the arrays. */
    private Layout(long offset, long[] shape, long[] strides) {
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
        this.elementCount = Strides.elementCount(shape);
        this.mayOverlapItself = Strides.mayOverlapItself(shape, strides);
    }

    static Layout of(MemoryFormat format, long... shape) {
        long[] sizes = Strides.checkedShape(shape);
        return new Layout(0, sizes, Strides.of(format, sizes));
    }

    static Layout of(long[] shape, long[] strides, long offset) {
        long[] sizes = Strides.checkedShape(shape);
        long[] steps = Objects.requireNonNull(strides, "strides").clone();
        if (steps.length != sizes.length) {
            throw refused(
                    "strides: %s (expected: one for each dimension of shape %s)", steps, sizes);
        }
        for (int dim = 0; dim < steps.length; dim++) {
            Arguments.notNegative("strides[" + dim + "]", steps[dim]);
        }
        Arguments.notNegative("storageOffset", offset);
        Strides.span(sizes, steps);
        return new Layout(offset, sizes, steps);
    }

    int rank() {
        return shape.length;
    }

    boolean isEmpty() {
        return elementCount == 0;
    }

    /** Whether the elements fill one run of memory, in whatever order. */
    boolean isDense() {
        return !isEmpty() && !mayOverlapItself && span() == elementCount - 1;
    }

    /** The distance from the first element to the furthest one. */
    long span() {
        return Strides.span(shape, strides);
    }

    long position(long[] index) {
        Objects.requireNonNull(index, "index");
        if (index.length != shape.length) {
            throw refused("index: %s (expected: %s entries)", index, shape.length);
        }
        long position = offset;
        for (int dim = 0; dim < index.length; dim++) {
            checkIndex(dim, index[dim]);
            position += index[dim] * strides[dim];
        }
        return position;
    }

    private void checkIndex(int dim, long index) {
        if (index < 0 || index >= shape[dim]) {
            throw refused(
                    "index: %s in dimension %s (expected: >= 0 and < %s)", index, dim, shape[dim]);
        }
    }

    Layout slice(int dim, long from, long to, long step) {
        Arguments.dimension("dim", dim, rank());
        if (from < 0 || to < from || to > shape[dim]) {
            throw refused(
                    "from, to: %s, %s (expected: 0 <= from <= to <= %s, the size of dimension %s)",
                    from, to, shape[dim], dim);
        }
        Arguments.positive("step", step);
        long length = to - from;
        return every(dim, from, length / step + (length % step == 0 ? 0 : 1), step);
    }

    Layout select(int dim, long index) {
        Arguments.dimension("dim", dim, rank());
        checkIndex(dim, index);
        return every(dim, index, 1, 1).squeeze(dim);
    }

    /**
     * Every step-th index. Empty results stay where this is, so that no offset leaves the segment.
     */
    private Layout every(int dim, long from, long size, long step) {
        long[] sizes = shape.clone();
        sizes[dim] = size;
        long[] steps = strides.clone();
        if (size > 1) {
            steps[dim] *= step;
        }
        long first = Strides.isEmpty(sizes) ? offset : offset + from * strides[dim];
        return new Layout(first, sizes, steps);
    }

    Layout permute(int... dims) {
        Objects.requireNonNull(dims, "dims");
        int rank = rank();
        long[] sizes = new long[rank];
        long[] steps = new long[rank];
        int seen = 0;
        for (int i = 0; i < Math.min(rank, dims.length); i++) {
            int dim = Arguments.dimension("dims[" + i + "]", dims[i], rank);
            seen |= 1 << dim;
            sizes[i] = shape[dim];
            steps[i] = strides[dim];
        }
        if (dims.length != rank || Integer.bitCount(seen) != rank) {
            throw refused("dims: %s (expected: each of the %s dimensions once)", dims, rank);
        }
        return new Layout(offset, sizes, steps);
    }

    Layout transpose(int first, int second) {
        Arguments.dimension("first", first, rank());
        Arguments.dimension("second", second, rank());
        int[] dims = new int[rank()];
        Arrays.setAll(dims, i -> i == first ? second : i == second ? first : i);
        return permute(dims);
    }

    Layout reshape(long... wanted) {
        long[] sizes = Strides.checkedShape(wanted);
        if (Strides.elementCount(sizes) != elementCount) {
            throw refused(
                    "shape: %s (expected: %s elements, as shape %s has)",
                    sizes, elementCount, shape);
        }
        long[] steps = Strides.reshape(shape, strides, sizes);
        if (steps == null) {
            throw refused(
                    "shape: %s (expected: a view of shape %s with strides %s, and there is none;"
                            + " call contiguous(arena) first)",
                    sizes, shape, strides);
        }
        return new Layout(offset, sizes, steps);
    }

    Layout squeeze(int dim) {
        Arguments.dimension("dim", dim, rank());
        if (shape[dim] != 1) {
            throw refused("dim: %s of size %s (expected: size 1)", dim, shape[dim]);
        }
        return new Layout(offset, without(shape, dim), without(strides, dim));
    }

    Layout unsqueeze(int dim) {
        Arguments.dimension("dim", dim, rank() + 1);
        checkRankBelowMaximum();
        // A stride of no consequence, but one that suits as a leading dimension where it can.
        long stride = dim == rank() ? 1 : Math.max(shape[dim], 1) * strides[dim];
        boolean overflows = dim < rank() && Math.multiplyHigh(shape[dim], strides[dim]) != 0;
        return new Layout(
                offset,
                inserted(shape, dim, 1),
                inserted(strides, dim, overflows || stride < 0 ? 0 : stride));
    }

    Layout expand(long... wanted) {
        long[] sizes = Strides.checkedShape(wanted);
        int added = sizes.length - rank();
        long[] steps = new long[sizes.length];
        boolean fits = added >= 0;
        for (int dim = added; fits && dim < sizes.length; dim++) {
            long size = shape[dim - added];
            fits = size == 1 || size == sizes[dim];
            steps[dim] = size == sizes[dim] ? strides[dim - added] : 0;
        }
        if (!fits) {
            throw refused(
                    "shape: %s (expected: an expansion of %s: sizes of 1 change, others stay, new"
                            + " dimensions stand in front)",
                    sizes, shape);
        }
        return new Layout(offset, sizes, steps);
    }

    Layout unfold(int dim, long size, long step) {
        Arguments.dimension("dim", dim, rank());
        if (size < 1 || size > shape[dim]) {
            throw refused(
                    "size: %s (expected: 1 to %s, the size of dimension %s)",
                    size, shape[dim], dim);
        }
        Arguments.positive("step", step);
        checkRankBelowMaximum();
        Layout windows = every(dim, 0, (shape[dim] - size) / step + 1, step);
        return new Layout(
                offset,
                inserted(windows.shape, rank(), size),
                inserted(windows.strides, rank(), strides[dim]));
    }

    private void checkRankBelowMaximum() {
        if (rank() == Strides.MAX_RANK) {
            throw refused("tensor: rank 8 (expected: at most 7, as a dimension is added)");
        }
    }

    private static long[] without(long[] values, int dim) {
        long[] result = new long[values.length - 1];
        System.arraycopy(values, 0, result, 0, dim);
        System.arraycopy(values, dim + 1, result, dim, result.length - dim);
        return result;
    }

    private static long[] inserted(long[] values, int dim, long value) {
        long[] result = new long[values.length + 1];
        System.arraycopy(values, 0, result, 0, dim);
        result[dim] = value;
        System.arraycopy(values, dim, result, dim + 1, values.length - dim);
        return result;
    }
}
