package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/** By BLAS: B lies as depth × columns, the epilogue goes over the written rows. */
final class BlasPackedGemm implements PackedGemm {
    private final long depth;
    private final long columns;
    private final MemorySegment packed;
    private final Blas blas;

    BlasPackedGemm(
            long depth,
            long columns,
            MemorySegment b,
            long at,
            long rowStep,
            long columnStep,
            Blas blas,
            SegmentAllocator allocator) {
        this.depth = depth;
        this.columns = columns;
        this.blas = blas;
        this.packed = allocator.allocate(depth * columns * Float.BYTES, 64);
        for (long k = 0; k < depth; k++) {
            Runs.copy(b, at + k * rowStep, columnStep, packed, k * columns, columns);
        }
    }

    @Override
    public long columns() {
        return columns;
    }

    @Override
    public void multiply(
            long rows,
            MemorySegment a,
            long aAt,
            long lda,
            MemorySegment c,
            long cAt,
            long ldc,
            Epilogue epilogue,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr) {
        blas.sgemm(
                Transpose.NO_TRANSPOSE,
                Transpose.NO_TRANSPOSE,
                rows,
                columns,
                depth,
                1,
                a,
                aAt,
                lda,
                packed,
                0,
                columns,
                0,
                c,
                cAt,
                ldc);
        epilogue.apply(c, cAt, ldc, rows, residual, residualAt, ldr);
    }
}
