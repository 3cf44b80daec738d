package io.strider.ops;

import io.strider.tensor.NdArray;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products by their definitions on arrays: floating-point numbers are summed in double,
 * whole numbers modulo 2⁶⁴. Stateless.
 */
public final class PlainProducts {
    private PlainProducts() {}

    /**
     * y[…, i, j] = Σ a[…, i, k] · b[…, k, j], with NumPy's rules for leading sizes and vectors.
     *
     * @param a of the type of b
     * @param b of the type of a
     * @throws IllegalArgumentException if the shapes do not fit each other
     */
    public static NdArray multiply(NdArray a, NdArray b) {
        ProductShape shape = ProductShape.of(a.shape(), b.shape());
        int length = ElementCounts.length("output", shape.result());
        boolean floating = a.type().isFloating();
        double[] sums = new double[floating ? length : 0];
        long[] wholeSums = new long[floating ? 0 : length];
        int rows = (int) shape.rows();
        int depth = (int) shape.depth();
        int columns = (int) shape.columns();
        for (int at = 0; at < length; at++) {
            int matrix = at / columns / rows;
            int i = at / columns % rows;
            int j = at % columns;
            int row = (shape.left(matrix) * rows + i) * depth;
            int column = shape.right(matrix) * depth * columns + j;
            if (floating) {
                double sum = 0;
                for (int k = 0; k < depth; k++) {
                    sum += a.getDouble(row + k) * b.getDouble(column + k * columns);
                }
                sums[at] = sum;
            } else {
                long sum = 0;
                for (int k = 0; k < depth; k++) {
                    sum += a.getLong(row + k) * b.getLong(column + k * columns);
                }
                wholeSums[at] = sum;
            }
        }
        return floating
                ? NdArray.ofDoubles(a.type(), sums, shape.result())
                : NdArray.ofLongs(a.type(), wholeSums, shape.result());
    }

    /**
     * y = alpha · op(a) · op(b) + beta · c, where op is the transpose or nothing. Of whole numbers,
     * products with a factor other than 1 are computed in double and cut.
     *
     * @param a m×k, or k×m if it is to be transposed
     * @param b k×n, or n×k if it is to be transposed; of the type of a
     * @param c of a shape that can be broadcast to m×n, of the type of a; null for none
     */
    public static NdArray gemm(
            NdArray a,
            NdArray b,
            @Nullable NdArray c,
            boolean transA,
            boolean transB,
            float alpha,
            float beta) {
        NdArray left = transA ? transposed(a) : a;
        NdArray right = transB ? transposed(b) : b;
        long rows = left.size(0);
        long columns = right.size(1);
        if (!a.type().isFloating()) {
            NdArray product = multiply(left, right);
            long[] y = product.toLongs();
            for (int at = 0; at < y.length; at++) {
                y[at] = scaled(y[at], alpha);
                if (c != null) {
                    y[at] += scaled(c.getLong(addend(c, at, columns)), beta);
                }
            }
            return NdArray.ofLongs(a.type(), y, rows, columns);
        }
        int depth = (int) left.size(1);
        double[] y = new double[ElementCounts.length("output", rows, columns)];
        for (int at = 0; at < y.length; at++) {
            int row = (int) (at / columns) * depth;
            int column = (int) (at % columns);
            double sum = 0;
            for (int k = 0; k < depth; k++) {
                sum += left.getDouble(row + k) * right.getDouble((int) (column + k * columns));
            }
            double addend = c == null ? 0 : beta * c.getDouble(addend(c, at, columns));
            y[at] = alpha * sum + (beta == 0 ? 0 : addend);
        }
        return NdArray.ofDoubles(a.type(), y, rows, columns);
    }

    private static long scaled(long value, float factor) {
        return factor == 1 ? value : (long) ((double) value * factor);
    }

    /** Which element of c is added to element {@code at} of the product. */
    private static int addend(NdArray c, int at, long columns) {
        long width = c.rank() == 0 ? 1 : c.size(c.rank() - 1);
        long height = c.rank() < 2 ? 1 : c.size(c.rank() - 2);
        long row = height == 1 ? 0 : at / columns;
        long column = width == 1 ? 0 : at % columns;
        return (int) (row * width + column);
    }

    private static NdArray transposed(NdArray matrix) {
        int rows = (int) matrix.size(0);
        int columns = (int) matrix.size(1);
        boolean floating = matrix.type().isFloating();
        double[] doubles = new double[floating ? matrix.count() : 0];
        long[] longs = new long[floating ? 0 : matrix.count()];
        for (int at = 0; at < matrix.count(); at++) {
            int from = at % rows * columns + at / rows;
            if (floating) {
                doubles[at] = matrix.getDouble(from);
            } else {
                longs[at] = matrix.getLong(from);
            }
        }
        return floating
                ? NdArray.ofDoubles(matrix.type(), doubles, columns, rows)
                : NdArray.ofLongs(matrix.type(), longs, columns, rows);
    }
}
