package io.strider.blas;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * What stands before every implementation's kernels: all checks of {@link Operands}, then the cases
 * that must not depend on the library underneath (nothing to do, factors of 0, an inner dimension
 * of 0). What remains goes to the kernels.
 */
final class CheckedBlas implements Blas {
    private static final int FLOAT = Float.BYTES;
    private static final int DOUBLE = Double.BYTES;

    private final String name;
    private final BlasKernels kernels;

    CheckedBlas(String name, BlasKernels kernels) {
        this.name = name;
        this.kernels = kernels;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void sgemm(
            Transpose transA,
            Transpose transB,
            long m,
            long n,
            long k,
            float alpha,
            MemorySegment a,
            long aOffset,
            long lda,
            MemorySegment b,
            long bOffset,
            long ldb,
            float beta,
            MemorySegment c,
            long cOffset,
            long ldc) {
        Operands.product(
                transA, transB, m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc, FLOAT);
        if (m == 0 || n == 0) {
            return;
        }
        if (alpha == 0 || k == 0) {
            Rows.scale(m, n, beta, c, cOffset, ldc);
            return;
        }
        kernels.product(
                transA == Transpose.TRANSPOSE,
                transB == Transpose.TRANSPOSE,
                (int) m,
                (int) n,
                (int) k,
                alpha,
                a,
                aOffset,
                (int) lda,
                b,
                bOffset,
                (int) ldb,
                beta,
                c,
                cOffset,
                (int) ldc);
    }

    @Override
    public void dgemm(
            Transpose transA,
            Transpose transB,
            long m,
            long n,
            long k,
            double alpha,
            MemorySegment a,
            long aOffset,
            long lda,
            MemorySegment b,
            long bOffset,
            long ldb,
            double beta,
            MemorySegment c,
            long cOffset,
            long ldc) {
        Operands.product(
                transA, transB, m, n, k, a, aOffset, lda, b, bOffset, ldb, c, cOffset, ldc, DOUBLE);
        if (m == 0 || n == 0) {
            return;
        }
        if (alpha == 0 || k == 0) {
            Rows.scaleDoubles(m, n, beta, c, cOffset, ldc);
            return;
        }
        kernels.product(
                transA == Transpose.TRANSPOSE,
                transB == Transpose.TRANSPOSE,
                (int) m,
                (int) n,
                (int) k,
                alpha,
                a,
                aOffset,
                (int) lda,
                b,
                bOffset,
                (int) ldb,
                beta,
                c,
                cOffset,
                (int) ldc);
    }

    @Override
    public void sgemv(
            Transpose transA,
            long m,
            long n,
            float alpha,
            MemorySegment a,
            long aOffset,
            long lda,
            MemorySegment x,
            long xOffset,
            long incX,
            float beta,
            MemorySegment y,
            long yOffset,
            long incY) {
        Objects.requireNonNull(transA, "transA");
        Operands.size("m", m);
        Operands.size("n", n);
        Operands.leadingDimension("lda", lda, n);
        Operands.increment("incX", incX);
        Operands.increment("incY", incY);
        boolean transposed = transA == Transpose.TRANSPOSE;
        long xs = transposed ? m : n;
        long ys = transposed ? n : m;
        long xStep = Math.abs(incX);
        long yStep = Math.abs(incY);
        Operands.readable("a", a, aOffset, m, n, lda, FLOAT);
        Operands.readable("x", x, xOffset, xs, 1, xStep, FLOAT);
        Operands.writable("y", y, yOffset, ys, 1, yStep, FLOAT);
        Operands.disjoint("y", y, yOffset, ys, 1, yStep, "a", a, aOffset, m, n, lda, FLOAT);
        Operands.disjoint("y", y, yOffset, ys, 1, yStep, "x", x, xOffset, xs, 1, xStep, FLOAT);
        if (ys == 0) {
            return;
        }
        if (alpha == 0 || xs == 0) {
            Rows.scale(ys, 1, beta, y, yOffset, yStep);
            return;
        }
        kernels.matrixVector(
                transposed,
                (int) m,
                (int) n,
                alpha,
                a,
                aOffset,
                (int) lda,
                x,
                xOffset,
                (int) incX,
                beta,
                y,
                yOffset,
                (int) incY);
    }

    @Override
    public void sger(
            long m,
            long n,
            float alpha,
            MemorySegment x,
            long xOffset,
            long incX,
            MemorySegment y,
            long yOffset,
            long incY,
            MemorySegment a,
            long aOffset,
            long lda) {
        Operands.size("m", m);
        Operands.size("n", n);
        Operands.increment("incX", incX);
        Operands.increment("incY", incY);
        Operands.leadingDimension("lda", lda, n);
        long xStep = Math.abs(incX);
        long yStep = Math.abs(incY);
        Operands.readable("x", x, xOffset, m, 1, xStep, FLOAT);
        Operands.readable("y", y, yOffset, n, 1, yStep, FLOAT);
        Operands.writable("a", a, aOffset, m, n, lda, FLOAT);
        Operands.disjoint("a", a, aOffset, m, n, lda, "x", x, xOffset, m, 1, xStep, FLOAT);
        Operands.disjoint("a", a, aOffset, m, n, lda, "y", y, yOffset, n, 1, yStep, FLOAT);
        if (m == 0 || n == 0 || alpha == 0) {
            return;
        }
        kernels.rankOne(
                (int) m,
                (int) n,
                alpha,
                x,
                xOffset,
                (int) incX,
                y,
                yOffset,
                (int) incY,
                a,
                aOffset,
                (int) lda);
    }

    @Override
    public void saxpy(
            long n,
            float alpha,
            MemorySegment x,
            long xOffset,
            long incX,
            MemorySegment y,
            long yOffset,
            long incY) {
        Operands.update(n, x, xOffset, incX, y, yOffset, incY);
        if (n == 0 || alpha == 0) {
            return;
        }
        kernels.add((int) n, alpha, x, xOffset, (int) incX, 1, y, yOffset, (int) incY);
    }

    @Override
    public void saxpby(
            long n,
            float alpha,
            MemorySegment x,
            long xOffset,
            long incX,
            float beta,
            MemorySegment y,
            long yOffset,
            long incY) {
        Operands.update(n, x, xOffset, incX, y, yOffset, incY);
        if (n == 0) {
            return;
        }
        if (alpha == 0) {
            Rows.scale(n, 1, beta, y, yOffset, Math.abs(incY));
            return;
        }
        kernels.add((int) n, alpha, x, xOffset, (int) incX, beta, y, yOffset, (int) incY);
    }

    @Override
    public void sscal(long n, float alpha, MemorySegment x, long xOffset, long incX) {
        Operands.size("n", n);
        Operands.positiveIncrement("incX", incX);
        Operands.writable("x", x, xOffset, n, 1, incX, FLOAT);
        if (n == 0) {
            return;
        }
        if (alpha == 0) {
            Rows.scale(n, 1, 0, x, xOffset, incX);
            return;
        }
        kernels.scale((int) n, alpha, x, xOffset, (int) incX);
    }

    @Override
    public void scopy(
            long n,
            MemorySegment x,
            long xOffset,
            long incX,
            MemorySegment y,
            long yOffset,
            long incY) {
        Operands.update(n, x, xOffset, incX, y, yOffset, incY);
        if (n == 0) {
            return;
        }
        kernels.copy((int) n, x, xOffset, (int) incX, y, yOffset, (int) incY);
    }

    @Override
    public float sdot(
            long n,
            MemorySegment x,
            long xOffset,
            long incX,
            MemorySegment y,
            long yOffset,
            long incY) {
        Operands.size("n", n);
        Operands.increment("incX", incX);
        Operands.increment("incY", incY);
        Operands.readable("x", x, xOffset, n, 1, Math.abs(incX), FLOAT);
        Operands.readable("y", y, yOffset, n, 1, Math.abs(incY), FLOAT);
        return n == 0 ? 0 : kernels.dot((int) n, x, xOffset, (int) incX, y, yOffset, (int) incY);
    }

    @Override
    public float snrm2(long n, MemorySegment x, long xOffset, long incX) {
        Operands.vector(n, x, xOffset, incX);
        return n == 0 ? 0 : kernels.norm((int) n, x, xOffset, (int) incX);
    }

    @Override
    public float sasum(long n, MemorySegment x, long xOffset, long incX) {
        Operands.vector(n, x, xOffset, incX);
        return n == 0 ? 0 : kernels.magnitudes((int) n, x, xOffset, (int) incX);
    }

    @Override
    public long isamax(long n, MemorySegment x, long xOffset, long incX) {
        Operands.vector(n, x, xOffset, incX);
        return n == 0 ? -1 : kernels.largest((int) n, x, xOffset, (int) incX);
    }

    @Override
    public void somatcopy(
            Transpose transA,
            long rows,
            long columns,
            float alpha,
            MemorySegment a,
            long aOffset,
            long lda,
            MemorySegment b,
            long bOffset,
            long ldb) {
        Objects.requireNonNull(transA, "transA");
        boolean transposed = transA == Transpose.TRANSPOSE;
        Operands.size("rows", rows);
        Operands.size("columns", columns);
        long bRows = transposed ? columns : rows;
        long bColumns = transposed ? rows : columns;
        Operands.leadingDimension("lda", lda, columns);
        Operands.leadingDimension("ldb", ldb, bColumns);
        Operands.readable("a", a, aOffset, rows, columns, lda, FLOAT);
        Operands.writable("b", b, bOffset, bRows, bColumns, ldb, FLOAT);
        Operands.disjoint(
                "b", b, bOffset, bRows, bColumns, ldb, "a", a, aOffset, rows, columns, lda, FLOAT);
        if (rows == 0 || columns == 0) {
            return;
        }
        if (alpha == 0) {
            Rows.scale(bRows, bColumns, 0, b, bOffset, ldb);
            return;
        }
        kernels.copyMatrix(
                transposed,
                (int) rows,
                (int) columns,
                alpha,
                a,
                aOffset,
                (int) lda,
                b,
                bOffset,
                (int) ldb);
    }
}
