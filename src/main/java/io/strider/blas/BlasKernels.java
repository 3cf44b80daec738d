package io.strider.blas;

import java.lang.foreign.MemorySegment;

/**
 * The operations of {@link Blas} after the door: every argument is proven, there is at least one
 * element to read or write, {@code alpha} is not 0 and no inner dimension is. Kernels trust.
 */
sealed interface BlasKernels permits NativeKernels, PlainKernels {
    void product(
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
            int ldc);

    void product(
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
            int ldc);

    void matrixVector(
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
            int incY);

    void rankOne(
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
            int lda);

    void add(
            int n,
            float alpha,
            MemorySegment x,
            long xOffset,
            int incX,
            float beta,
            MemorySegment y,
            long yOffset,
            int incY);

    void scale(int n, float alpha, MemorySegment x, long xOffset, int incX);

    void copy(
            int n,
            MemorySegment x,
            long xOffset,
            int incX,
            MemorySegment y,
            long yOffset,
            int incY);

    float dot(
            int n,
            MemorySegment x,
            long xOffset,
            int incX,
            MemorySegment y,
            long yOffset,
            int incY);

    float norm(int n, MemorySegment x, long xOffset, int incX);

    float magnitudes(int n, MemorySegment x, long xOffset, int incX);

    long largest(int n, MemorySegment x, long xOffset, int incX);

    void copyMatrix(
            boolean transA,
            int rows,
            int columns,
            float alpha,
            MemorySegment a,
            long aOffset,
            int lda,
            MemorySegment b,
            long bOffset,
            int ldb);
}
