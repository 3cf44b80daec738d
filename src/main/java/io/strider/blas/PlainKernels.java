package io.strider.blas;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * The readable truth: the formulas as loops. Everything in {@code float} is summed in {@code
 * double}, where products of two floats are exact, and rounded to {@code float} once at the end.
 */
final class PlainKernels implements BlasKernels {
    static final Blas BLAS = new CheckedBlas("plain", new PlainKernels());

    private PlainKernels() {}

    @Override
    public void product(
            boolean transA,
            boolean transB,
            int m,
            int n,
            int k,
            float alpha,
            MemorySegment a,
            long aOffset,
            int lda,
            MemorySegment b,
            long bOffset,
            int ldb,
            float beta,
            MemorySegment c,
            long cOffset,
            int ldc) {
        for (long i = 0; i < m; i++) {
            for (long j = 0; j < n; j++) {
                double sum = 0;
                for (long p = 0; p < k; p++) {
                    long atA = aOffset + (transA ? p * lda + i : i * lda + p);
                    long atB = bOffset + (transB ? j * ldb + p : p * ldb + j);
                    sum += (double) a.getAtIndex(JAVA_FLOAT, atA) * b.getAtIndex(JAVA_FLOAT, atB);
                }
                update(alpha * sum, beta, c, cOffset + i * ldc + j);
            }
        }
    }

    @Override
    public void product(
            boolean transA,
            boolean transB,
            int m,
            int n,
            int k,
            double alpha,
            MemorySegment a,
            long aOffset,
            int lda,
            MemorySegment b,
            long bOffset,
            int ldb,
            double beta,
            MemorySegment c,
            long cOffset,
            int ldc) {
        for (long i = 0; i < m; i++) {
            for (long j = 0; j < n; j++) {
                double sum = 0;
                for (long p = 0; p < k; p++) {
                    long atA = aOffset + (transA ? p * lda + i : i * lda + p);
                    long atB = bOffset + (transB ? j * ldb + p : p * ldb + j);
                    sum += a.getAtIndex(JAVA_DOUBLE, atA) * b.getAtIndex(JAVA_DOUBLE, atB);
                }
                long at = cOffset + i * ldc + j;
                double old = beta == 0 ? 0 : beta * c.getAtIndex(JAVA_DOUBLE, at);
                c.setAtIndex(JAVA_DOUBLE, at, alpha * sum + old);
            }
        }
    }

    @Override
    public void matrixVector(
            boolean transA,
            int m,
            int n,
            float alpha,
            MemorySegment a,
            long aOffset,
            int lda,
            MemorySegment x,
            long xOffset,
            int incX,
            float beta,
            MemorySegment y,
            long yOffset,
            int incY) {
        int xs = transA ? m : n;
        int ys = transA ? n : m;
        for (long i = 0; i < ys; i++) {
            double sum = 0;
            for (long p = 0; p < xs; p++) {
                long atA = aOffset + (transA ? p * lda + i : i * lda + p);
                sum += (double) a.getAtIndex(JAVA_FLOAT, atA) * element(xs, x, xOffset, incX, p);
            }
            update(alpha * sum, beta, y, at(ys, yOffset, incY, i));
        }
    }

    @Override
    public void rankOne(
            int m,
            int n,
            float alpha,
            MemorySegment x,
            long xOffset,
            int incX,
            MemorySegment y,
            long yOffset,
            int incY,
            MemorySegment a,
            long aOffset,
            int lda) {
        for (long i = 0; i < m; i++) {
            double factor = (double) alpha * element(m, x, xOffset, incX, i);
            for (long j = 0; j < n; j++) {
                update(factor * element(n, y, yOffset, incY, j), 1, a, aOffset + i * lda + j);
            }
        }
    }

    @Override
    public void add(
            int n,
            float alpha,
            MemorySegment x,
            long xOffset,
            int incX,
            float beta,
            MemorySegment y,
            long yOffset,
            int incY) {
        for (long i = 0; i < n; i++) {
            double product = (double) alpha * element(n, x, xOffset, incX, i);
            update(product, beta, y, at(n, yOffset, incY, i));
        }
    }

    @Override
    public void scale(int n, float alpha, MemorySegment x, long xOffset, int incX) {
        Rows.scale(n, 1, alpha, x, xOffset, incX);
    }

    @Override
    public void copy(
            int n,
            MemorySegment x,
            long xOffset,
            int incX,
            MemorySegment y,
            long yOffset,
            int incY) {
        for (long i = 0; i < n; i++) {
            y.setAtIndex(JAVA_FLOAT, at(n, yOffset, incY, i), element(n, x, xOffset, incX, i));
        }
    }

    @Override
    public float dot(
            int n,
            MemorySegment x,
            long xOffset,
            int incX,
            MemorySegment y,
            long yOffset,
            int incY) {
        double sum = 0;
        for (long i = 0; i < n; i++) {
            sum += (double) element(n, x, xOffset, incX, i) * element(n, y, yOffset, incY, i);
        }
        return (float) sum;
    }

    @Override
    public float norm(int n, MemorySegment x, long xOffset, int incX) {
        double sum = 0;
        for (long i = 0; i < n; i++) {
            double value = element(n, x, xOffset, incX, i);
            sum += value * value;
        }
        return (float) Math.sqrt(sum);
    }

    @Override
    public float magnitudes(int n, MemorySegment x, long xOffset, int incX) {
        double sum = 0;
        for (long i = 0; i < n; i++) {
            sum += Math.abs(element(n, x, xOffset, incX, i));
        }
        return (float) sum;
    }

    @Override
    public long largest(int n, MemorySegment x, long xOffset, int incX) {
        return firstLargest(n, x, xOffset, incX);
    }

    /** The first NaN, else the first of the largest magnitude. */
    static long firstLargest(int n, MemorySegment x, long xOffset, int incX) {
        long best = 0;
        float largest = -1;
        for (long i = 0; i < n; i++) {
            float magnitude = Math.abs(element(n, x, xOffset, incX, i));
            if (Float.isNaN(magnitude)) {
                return i;
            }
            if (magnitude > largest) {
                largest = magnitude;
                best = i;
            }
        }
        return best;
    }

    @Override
    public void copyMatrix(
            boolean transA,
            int rows,
            int columns,
            float alpha,
            MemorySegment a,
            long aOffset,
            int lda,
            MemorySegment b,
            long bOffset,
            int ldb) {
        for (long i = 0; i < rows; i++) {
            for (long j = 0; j < columns; j++) {
                float value = alpha * a.getAtIndex(JAVA_FLOAT, aOffset + i * lda + j);
                b.setAtIndex(JAVA_FLOAT, bOffset + (transA ? j * ldb + i : i * ldb + j), value);
            }
        }
    }

    /** Where element i lies: a negative increment walks down from the highest address. */
    private static long at(long n, long offset, long increment, long i) {
        return increment > 0 ? offset + i * increment : offset + (i - (n - 1)) * increment;
    }

    private static float element(
            long n, MemorySegment vector, long offset, long increment, long i) {
        return vector.getAtIndex(JAVA_FLOAT, at(n, offset, increment, i));
    }

    /** target = addend + beta·target, rounded once; beta 0 does not read the target. */
    private static void update(double addend, float beta, MemorySegment target, long at) {
        double old = beta == 0 ? 0 : (double) beta * target.getAtIndex(JAVA_FLOAT, at);
        target.setAtIndex(JAVA_FLOAT, at, (float) (addend + old));
    }
}
