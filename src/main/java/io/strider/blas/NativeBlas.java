package io.strider.blas;

import io.strider.openblas.OpenBlas;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * OpenBLAS through the generated downcalls. Each call holds one of the {@link NativePermits}.
 *
 * <p>The operands go down as slices of the caller's segments, never as bare addresses: the downcall
 * then keeps their arenas alive until it returns. The slices do not outlive the call, so the
 * compiler takes them apart and nothing is allocated.
 */
final class NativeBlas extends CheckedBlas {
    private static volatile @Nullable NativeBlas instance;

    private final NativePermits permits;
    private final String name;

    private NativeBlas(NativePermits permits) {
        this.permits = permits;
        this.name = "OpenBLAS";
    }

    static NativeBlas instance() {
        NativeBlas ready = instance;
        return ready != null ? ready : create();
    }

    // The loader is built beside this; until it stands the library must have been loaded before.

    private static synchronized NativeBlas create() {
        NativeBlas ready = instance;
        if (ready == null) {
            NativePermits permits = NativePermits.shared();
            ready = new NativeBlas(permits);
            instance = ready;
        }
        return ready;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
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
            int ldc) {
        permits.acquire();
        try {
            OpenBlas.cblas_sgemm(
                    OpenBlas.CblasRowMajor(),
                    code(transA),
                    code(transB),
                    m,
                    n,
                    k,
                    alpha,
                    floats(a, aOffset),
                    lda,
                    floats(b, bOffset),
                    ldb,
                    beta,
                    floats(c, cOffset),
                    ldc);
        } finally {
            permits.release();
        }
    }

    @Override
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
            int ldc) {
        permits.acquire();
        try {
            OpenBlas.cblas_dgemm(
                    OpenBlas.CblasRowMajor(),
                    code(transA),
                    code(transB),
                    m,
                    n,
                    k,
                    alpha,
                    doubles(a, aOffset),
                    lda,
                    doubles(b, bOffset),
                    ldb,
                    beta,
                    doubles(c, cOffset),
                    ldc);
        } finally {
            permits.release();
        }
    }

    @Override
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
            int incY) {
        permits.acquire();
        try {
            OpenBlas.cblas_sgemv(
                    OpenBlas.CblasRowMajor(),
                    code(transA),
                    m,
                    n,
                    alpha,
                    floats(a, aOffset),
                    lda,
                    floats(x, xOffset),
                    incX,
                    beta,
                    floats(y, yOffset),
                    incY);
        } finally {
            permits.release();
        }
    }

    @Override
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
            int lda) {
        permits.acquire();
        try {
            OpenBlas.cblas_sger(
                    OpenBlas.CblasRowMajor(),
                    m,
                    n,
                    alpha,
                    floats(x, xOffset),
                    incX,
                    floats(y, yOffset),
                    incY,
                    floats(a, aOffset),
                    lda);
        } finally {
            permits.release();
        }
    }

    @Override
    void add(
            int n,
            float alpha,
            MemorySegment x,
            long xOffset,
            int incX,
            float beta,
            MemorySegment y,
            long yOffset,
            int incY) {
        permits.acquire();
        try {
            if (beta == 1) {
                OpenBlas.cblas_saxpy(n, alpha, floats(x, xOffset), incX, floats(y, yOffset), incY);
            } else {
                OpenBlas.cblas_saxpby(
                        n, alpha, floats(x, xOffset), incX, beta, floats(y, yOffset), incY);
            }
        } finally {
            permits.release();
        }
    }

    @Override
    void scale(int n, float alpha, MemorySegment x, long xOffset, int incX) {
        permits.acquire();
        try {
            OpenBlas.cblas_sscal(n, alpha, floats(x, xOffset), incX);
        } finally {
            permits.release();
        }
    }

    @Override
    void copy(
            int n,
            MemorySegment x,
            long xOffset,
            int incX,
            MemorySegment y,
            long yOffset,
            int incY) {
        permits.acquire();
        try {
            OpenBlas.cblas_scopy(n, floats(x, xOffset), incX, floats(y, yOffset), incY);
        } finally {
            permits.release();
        }
    }

    @Override
    float dot(
            int n,
            MemorySegment x,
            long xOffset,
            int incX,
            MemorySegment y,
            long yOffset,
            int incY) {
        permits.acquire();
        try {
            return OpenBlas.cblas_sdot(n, floats(x, xOffset), incX, floats(y, yOffset), incY);
        } finally {
            permits.release();
        }
    }

    @Override
    float norm(int n, MemorySegment x, long xOffset, int incX) {
        permits.acquire();
        try {
            return OpenBlas.cblas_snrm2(n, floats(x, xOffset), incX);
        } finally {
            permits.release();
        }
    }

    @Override
    float magnitudes(int n, MemorySegment x, long xOffset, int incX) {
        permits.acquire();
        try {
            return OpenBlas.cblas_sasum(n, floats(x, xOffset), incX);
        } finally {
            permits.release();
        }
    }

    @Override
    long largest(int n, MemorySegment x, long xOffset, int incX) {
        permits.acquire();
        try {
            return OpenBlas.cblas_isamax(n, floats(x, xOffset), incX);
        } finally {
            permits.release();
        }
    }

    @Override
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
            int ldb) {
        permits.acquire();
        try {
            OpenBlas.cblas_somatcopy(
                    OpenBlas.CblasRowMajor(),
                    code(transA),
                    rows,
                    columns,
                    alpha,
                    floats(a, aOffset),
                    lda,
                    floats(b, bOffset),
                    ldb);
        } finally {
            permits.release();
        }
    }

    private static int code(boolean transposed) {
        return transposed ? OpenBlas.CblasTrans() : OpenBlas.CblasNoTrans();
    }

    private static MemorySegment floats(MemorySegment segment, long offset) {
        return segment.asSlice(offset * Float.BYTES);
    }

    private static MemorySegment doubles(MemorySegment segment, long offset) {
        return segment.asSlice(offset * Double.BYTES);
    }
}
