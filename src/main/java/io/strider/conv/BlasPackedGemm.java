package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/** By BLAS: B lies as depth × columns, the epilogue goes over the written rows. */
final class BlasPackedGemm implements PackedGemm {
    /** Columns of a panel, but for the last. */
    private static final long PANEL = 64;

    /** What the kernels of OpenBLAS compute at a time, 4 to 16 of one side or the other. */
    private static final int BLOCK_ROWS = 8;

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
    public int panels() {
        return Math.toIntExact(Math.ceilDiv(columns, PANEL));
    }

    @Override
    public long firstColumn(int panel) {
        return Math.min(columns, panel * PANEL);
    }

    @Override
    public int blockRows() {
        return BLOCK_ROWS;
    }

    @Override
    public boolean isRoundedByNeighbours() {
        return true;
    }

    @Override
    public void multiply(
            int fromPanel,
            int toPanel,
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
        long column = firstColumn(fromPanel);
        blas.sgemm(
                Transpose.NO_TRANSPOSE,
                Transpose.NO_TRANSPOSE,
                rows,
                firstColumn(toPanel) - column,
                depth,
                1,
                a,
                aAt,
                lda,
                packed,
                column,
                columns,
                0,
                c,
                cAt + column,
                ldc);
        epilogue.apply(column, firstColumn(toPanel), c, cAt, ldc, rows, residual, residualAt, ldr);
    }
}
