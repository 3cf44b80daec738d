package io.strider.ops;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * y[…, i, j] = factor · Σ a[…, i, k] · b[…, k, j] of stacks of matrices, bound to float32 tensors
 * of any strides; leading sizes are broadcast as in {@link ProductShape}. Computed by BLAS, split
 * between threads by matrices and blocks of rows or columns. Matrices of which neither dimension is
 * dense are copied on the way.
 *
 * <p>Each output is within γ<sub>K</sub> · factor · Σ|a||b| of the true sum of K products, and one
 * rounding.
 */
public final class MatrixProduct implements Operation {
    /** Multiplications of a task at least: some 20 µs. */
    private static final double TASK_PRODUCTS = 1 << 20;

    /** The same where a row or few read the matrix, 4 bytes a product, from a cache or memory. */
    private static final double TASK_PRODUCTS_OF_FEW_ROWS = 1 << 17;

    /** Rows or columns of a block are a multiple of this, the kernels' own. */
    private static final long BLOCK = 48;

    /**
     * Up to so many rows are multiplied one by one, as BLAS does a matrix and a vector. Measured
     * with 2048 by 1000: one row like this 0.23 ms, with packed weights 0.87; eight rows with
     * packed weights 1.2.
     */
    public static final long FEW_ROWS = 3;

    private final ProductShape shape;
    private final float factor;
    private final MatrixOperand a;
    private final MatrixOperand b;
    private final MatrixOperand y;
    private final Operation before;
    private final Operation beforeToo;
    private final Operation after;
    private final Blas blas;
    private final int matrices;
    private final boolean byRows;
    private final long block;
    private final long blocks;
    private final long units;
    private final long unitsOfTask;
    private final Workers.Task task = (index, _) -> run(index);

    private MatrixProduct(Tensor a, Tensor b, float factor, Tensor y, Blas blas) {
        this.shape = ProductShape.of(a.shape(), b.shape());
        if (!Arrays.equals(y.shape(), shape.result())) {
            throw new IllegalArgumentException(
                    "y: shape %s (expected: %s)"
                            .formatted(
                                    Arrays.toString(y.shape()), Arrays.toString(shape.result())));
        }
        this.factor = factor;
        this.blas = blas;
        this.a = MatrixOperand.of(a.rank() == 1 ? a.unsqueeze(0) : a, true);
        this.b = MatrixOperand.of(b.rank() == 1 ? b.unsqueeze(1) : b, true);
        Tensor full = y;
        if (a.rank() == 1) {
            full = full.unsqueeze(full.rank() - (b.rank() == 1 ? 0 : 1));
        }
        if (b.rank() == 1) {
            full = full.unsqueeze(full.rank());
        }
        this.y = MatrixOperand.of(full, false);
        this.before = this.a.loading();
        this.beforeToo = this.b.loading();
        this.after = this.y.storing();
        this.matrices = shape.matrices();
        double products = (double) shape.rows() * shape.columns() * shape.depth();
        boolean narrow = shape.rows() >= shape.columns() || shape.columns() < 2 * BLOCK;
        this.byRows = narrow && shape.rows() > FEW_ROWS;
        long length = byRows ? shape.rows() : shape.columns();
        double least = shape.rows() > FEW_ROWS ? TASK_PRODUCTS : TASK_PRODUCTS_OF_FEW_ROWS;
        long parts = Math.clamp((long) (products / least), 1, 64);
        this.block = Math.max(BLOCK, Math.ceilDiv(Math.ceilDiv(length, parts), BLOCK) * BLOCK);
        this.blocks = Math.ceilDiv(length, block);
        this.units = matrices * blocks;
        double unit = Math.max(1, products / Math.max(1, blocks));
        this.unitsOfTask = Math.max(1, (long) (least / unit));
    }

    /**
     * Binds the product by OpenBLAS.
     *
     * @param a …×M×K, or K; not written
     * @param b …×K×N, or K; not written
     * @param factor of the sums
     * @param y …×M×N, overwritten; apart from a and b
     * @throws IllegalArgumentException if the shapes do not fit each other
     * @throws UnsatisfiedLinkError if OpenBLAS cannot be had
     */
    public static MatrixProduct bind(Tensor a, Tensor b, float factor, Tensor y) {
        return bind(a, b, factor, y, Blas.openBlas());
    }

    static MatrixProduct bind(Tensor a, Tensor b, float factor, Tensor y, Blas blas) {
        return new MatrixProduct(a, b, factor, y, blas);
    }

    @Override
    public void run(@Nullable Workers workers) {
        if (units == 0) {
            return;
        }
        if (shape.depth() == 0) {
            y.tensor().fill(0);
            after.run(workers);
            return;
        }
        before.run(workers);
        beforeToo.run(workers);
        long tasks = Math.ceilDiv(units, unitsOfTask);
        if (workers == null || tasks <= 1) {
            for (long index = 0; index < tasks; index++) {
                run(index);
            }
        } else {
            workers.run(tasks, 0, task);
        }
        after.run(workers);
    }

    private void run(long index) {
        long end = Math.min(units, (index + 1) * unitsOfTask);
        for (long unit = index * unitsOfTask; unit < end; unit++) {
            long first = unit % blocks * block;
            int matrix = (int) (unit / blocks);
            if (byRows) {
                multiply(matrix, first, Math.min(block, shape.rows() - first), 0, shape.columns());
            } else {
                long columns = Math.min(block, shape.columns() - first);
                multiply(matrix, 0, shape.rows(), first, columns);
            }
        }
    }

    private void multiply(int matrix, long row, long rows, long column, long columns) {
        int left = shape.left(matrix);
        int right = shape.right(matrix);
        if (shape.rows() <= FEW_ROWS) {
            for (long single = row; single < row + rows; single++) {
                multiplyRow(matrix, left, right, single, column, columns);
            }
            return;
        }
        blas.sgemm(
                a.transpose(),
                b.transpose(),
                rows,
                columns,
                shape.depth(),
                factor,
                a.tensor().segment(),
                a.at(left, row, 0),
                a.leading(),
                b.tensor().segment(),
                b.at(right, 0, column),
                b.leading(),
                0,
                y.tensor().segment(),
                y.at(matrix, row, column),
                y.leading());
    }

    /** One row of the result is a matrix times a vector, for which BLAS reads the matrix once. */
    private void multiplyRow(int matrix, int left, int right, long row, long column, long columns) {
        boolean rowsOfB = b.transpose() == Transpose.NO_TRANSPOSE;
        blas.sgemv(
                rowsOfB ? Transpose.TRANSPOSE : Transpose.NO_TRANSPOSE,
                rowsOfB ? shape.depth() : columns,
                rowsOfB ? columns : shape.depth(),
                factor,
                b.tensor().segment(),
                b.at(right, 0, column),
                b.leading(),
                a.tensor().segment(),
                a.at(left, row, 0),
                a.transpose() == Transpose.NO_TRANSPOSE ? 1 : a.leading(),
                0,
                y.tensor().segment(),
                y.at(matrix, row, column),
                1);
    }
}
