package io.strider.blas;

import io.strider.openblas.OpenBlas;
import io.strider.openblas.OpenBlasLibrary;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * OpenBLAS through the handles of the generated downcalls. Each call holds one of the {@link
 * NativePermits}.
 *
 * <p>Where OpenBLAS departs from the contract of {@link Blas} in some version or on some CPU, the
 * case is caught here, in Java; versions 0.3.21 and 0.3.31 were probed on their Nehalem,
 * Sandybridge, Haswell, SkylakeX and Cooperlake kernels.
 *
 * <p>The operands go down as slices of the caller's segments, never as bare addresses: the downcall
 * then keeps their arenas alive until it returns. The slices do not outlive the call, so the
 * compiler takes them apart and nothing is allocated; see {@link Downcalls}.
 */
final class NativeKernels implements BlasKernels {
    private static volatile @Nullable Blas blas;

    private final NativePermits permits;

    NativeKernels(NativePermits permits) {
        this.permits = permits;
    }

    /** The checked OpenBLAS, loaded at the first call; a call that failed is tried again. */
    static Blas blas() {
        Blas ready = blas;
        return ready != null ? ready : load();
    }

    private static synchronized Blas load() {
        Blas ready = blas;
        if (ready == null) {
            NativePermits permits = NativePermits.shared();
            OpenBlasLibrary library = OpenBlasLibrary.load();
            String name = "OpenBLAS " + library.version() + " (" + library.coreName() + ")";
            ready = new CheckedBlas(name, new NativeKernels(permits));
            blas = ready;
        }
        return ready;
    }

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
        permits.acquire();
        try {
            Downcalls.Sgemm.HANDLE.invokeExact(
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
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
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
        permits.acquire();
        try {
            Downcalls.Dgemm.HANDLE.invokeExact(
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
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
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
        float factor = beta;
        if (beta == 0 || Float.isNaN(beta)) {
            // A beta of NaN zeroes y in 0.3.21, and in 0.3.31 on kernels without AVX.
            Rows.scale(transA ? n : m, 1, beta, y, yOffset, Math.abs(incY));
            factor = 1;
        }
        permits.acquire();
        try {
            Downcalls.Sgemv.HANDLE.invokeExact(
                    OpenBlas.CblasRowMajor(),
                    code(transA),
                    m,
                    n,
                    alpha,
                    floats(a, aOffset),
                    lda,
                    floats(x, xOffset),
                    incX,
                    factor,
                    floats(y, yOffset),
                    incY);
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
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
        permits.acquire();
        try {
            Downcalls.Sger.HANDLE.invokeExact(
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
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
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
        permits.acquire();
        try {
            if (beta == 1) {
                Downcalls.Saxpy.HANDLE.invokeExact(
                        n, alpha, floats(x, xOffset), incX, floats(y, yOffset), incY);
            } else {
                Downcalls.Saxpby.HANDLE.invokeExact(
                        n, alpha, floats(x, xOffset), incX, beta, floats(y, yOffset), incY);
            }
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
        }
    }

    @Override
    public void scale(int n, float alpha, MemorySegment x, long xOffset, int incX) {
        if (Float.isNaN(alpha)) {
            // 0.3.21 compares the factor with 0 in a way that NaN passes, and writes zeros.
            Rows.scale(n, 1, alpha, x, xOffset, incX);
            return;
        }
        permits.acquire();
        try {
            Downcalls.Sscal.HANDLE.invokeExact(n, alpha, floats(x, xOffset), incX);
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
        }
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
        permits.acquire();
        try {
            Downcalls.Scopy.HANDLE.invokeExact(
                    n, floats(x, xOffset), incX, floats(y, yOffset), incY);
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
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
        permits.acquire();
        try {
            return (float)
                    Downcalls.Sdot.HANDLE.invokeExact(
                            n, floats(x, xOffset), incX, floats(y, yOffset), incY);
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
        }
    }

    @Override
    public float norm(int n, MemorySegment x, long xOffset, int incX) {
        permits.acquire();
        try {
            return (float) Downcalls.Snrm2.HANDLE.invokeExact(n, floats(x, xOffset), incX);
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
        }
    }

    @Override
    public float magnitudes(int n, MemorySegment x, long xOffset, int incX) {
        permits.acquire();
        try {
            return (float) Downcalls.Sasum.HANDLE.invokeExact(n, floats(x, xOffset), incX);
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
        }
    }

    @Override
    public long largest(int n, MemorySegment x, long xOffset, int incX) {
        // With a NaN about, OpenBLAS answers differently from kernel to kernel. The sum of
        // magnitudes
        // is NaN exactly if an element is, and both passes together run at the speed of memory.
        if (Float.isNaN(magnitudes(n, x, xOffset, incX))) {
            return PlainKernels.firstLargest(n, x, xOffset, incX);
        }
        permits.acquire();
        try {
            return (long) Downcalls.Isamax.HANDLE.invokeExact(n, floats(x, xOffset), incX);
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
        }
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
        permits.acquire();
        try {
            Downcalls.Somatcopy.HANDLE.invokeExact(
                    OpenBlas.CblasRowMajor(),
                    code(transA),
                    rows,
                    columns,
                    alpha,
                    floats(a, aOffset),
                    lda,
                    floats(b, bOffset),
                    ldb);
        } catch (Throwable e) {
            throw Downcalls.failure(e);
        } finally {
            permits.release();
        }
    }

    private static int code(boolean transposed) {
        return transposed ? OpenBlas.CblasTrans() : OpenBlas.CblasNoTrans();
    }

    private static MemorySegment floats(MemorySegment segment, long offset) {
        return start(segment, offset * Float.BYTES);
    }

    private static MemorySegment doubles(MemorySegment segment, long offset) {
        return start(segment, offset * Double.BYTES);
    }

    /**
     * The segment from an offset on, of the same arena. Reinterpreting it at its own size changes
     * nothing but its class, which then is the same for mapped and for allocated memory: only a
     * slice of known class is taken apart by the compiler. Without it a process that uses both
     * allocates 40 bytes for each operand.
     */
    private static MemorySegment start(MemorySegment segment, long byteOffset) {
        return segment.reinterpret(segment.byteSize()).asSlice(byteOffset);
    }
}
