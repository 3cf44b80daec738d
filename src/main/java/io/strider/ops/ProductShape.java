package io.strider.ops;

import java.util.Arrays;

/**
 * The sizes of a product of stacks of matrices with NumPy's rules: the leading sizes are broadcast
 * against each other; a vector on the left is a row, on the right a column, and the dimension that
 * this adds is taken away again. Immutable and thread-safe.
 */
public final class ProductShape {
    private final long[] stack;
    private final long[] leftStack;
    private final long[] rightStack;
    private final long rows;
    private final long depth;
    private final long columns;
    private final long[] result;

    private ProductShape(
            long[] stack,
            long[] leftStack,
            long[] rightStack,
            long rows,
            long depth,
            long columns,
            long[] result) {
        this.stack = stack;
        this.leftStack = leftStack;
        this.rightStack = rightStack;
        this.rows = rows;
        this.depth = depth;
        this.columns = columns;
        this.result = result;
    }

    /**
     * Of the product of arrays of these shapes.
     *
     * @throws IllegalArgumentException if one has no dimension, or they do not fit each other
     */
    public static ProductShape of(long[] left, long[] right) {
        if (left.length == 0 || right.length == 0) {
            throw new IllegalArgumentException(
                    "A, B: shapes %s and %s (expected: at least one dimension each)"
                            .formatted(Arrays.toString(left), Arrays.toString(right)));
        }
        long[] a = left.length == 1 ? new long[] {1, left[0]} : left;
        long[] b = right.length == 1 ? new long[] {right[0], 1} : right;
        long depth = a[a.length - 1];
        if (b[b.length - 2] != depth) {
            throw unfit(left, right);
        }
        int outer = Math.max(a.length, b.length) - 2;
        long[] stack = new long[outer];
        long[] leftStack = new long[outer];
        long[] rightStack = new long[outer];
        for (int dim = 0; dim < outer; dim++) {
            leftStack[dim] = leading(a, dim - outer + a.length - 2);
            rightStack[dim] = leading(b, dim - outer + b.length - 2);
            if (leftStack[dim] != rightStack[dim] && leftStack[dim] != 1 && rightStack[dim] != 1) {
                throw unfit(left, right);
            }
            stack[dim] = leftStack[dim] == 1 ? rightStack[dim] : leftStack[dim];
        }
        long rows = a[a.length - 2];
        long columns = b[b.length - 1];
        int rank = outer + (left.length == 1 ? 0 : 1) + (right.length == 1 ? 0 : 1);
        long[] result = Arrays.copyOf(stack, rank);
        if (left.length > 1) {
            result[outer] = rows;
        }
        if (right.length > 1) {
            result[rank - 1] = columns;
        }
        return new ProductShape(stack, leftStack, rightStack, rows, depth, columns, result);
    }

    private static long leading(long[] shape, int dim) {
        return dim < 0 ? 1 : shape[dim];
    }

    private static IllegalArgumentException unfit(long[] left, long[] right) {
        return new IllegalArgumentException(
                ("A, B: shapes %s and %s (expected: A's last size equal to B's last but one, and"
                                + " leading sizes that are equal or 1)")
                        .formatted(Arrays.toString(left), Arrays.toString(right)));
    }

    /** The shape of the result; a new array. */
    public long[] result() {
        return result.clone();
    }

    /** The leading sizes of the result, before dimensions of vectors are taken away; a copy. */
    public long[] stack() {
        return stack.clone();
    }

    /** Rows of each matrix on the left and of the result. */
    public long rows() {
        return rows;
    }

    /** Columns of each matrix on the left, rows of each on the right. */
    public long depth() {
        return depth;
    }

    /** Columns of each matrix on the right and of the result. */
    public long columns() {
        return columns;
    }

    /**
     * How many matrices the result has.
     *
     * @throws IllegalArgumentException if they are more than an array can hold
     */
    int matrices() {
        return ElementCounts.length("output", stack);
    }

    /** Which matrix on the left takes part in a matrix of the result, both counted row-major. */
    int left(int matrix) {
        return source(matrix, leftStack);
    }

    /** Which matrix on the right takes part in a matrix of the result, both counted row-major. */
    int right(int matrix) {
        return source(matrix, rightStack);
    }

    private int source(int matrix, long[] sizes) {
        long rest = matrix;
        long source = 0;
        long step = 1;
        for (int dim = stack.length - 1; dim >= 0; dim--) {
            source += sizes[dim] == 1 ? 0 : rest % stack[dim] * step;
            step *= sizes[dim];
            rest /= stack[dim];
        }
        return (int) source;
    }
}
