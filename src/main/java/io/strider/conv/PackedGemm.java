package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.VectorSupport;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The product C = A·B with a matrix B that is packed once and used many times: weights. All
 * matrices are row-major, offsets and leading dimensions count floats.
 *
 * <p>{@link BlasPackedGemm} hands it to OpenBLAS; {@link VectorPackedGemm} multiplies itself, with
 * the epilogue in registers, where the Vector API has 512-bit registers. Immutable; may be used
 * from many threads.
 */
interface PackedGemm {

    /** Columns of B and C. */
    long columns();

    /** Pieces of B that can be multiplied by on their own. */
    int panels();

    /** The first column of a panel; {@link #columns} for the one behind the last. */
    long firstColumn(int panel);

    /** Rows that are multiplied at a time: as many are computed if fewer are left. */
    int blockRows();

    /** Whether the bits of a sum may depend on the rows and panels that are multiplied with it. */
    boolean isRoundedByNeighbours();

    /** All panels of the product. */
    default void multiply(
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
        multiply(0, panels(), rows, a, aAt, lda, c, cAt, ldc, epilogue, residual, residualAt, ldr);
    }

    /**
     * c = epilogue(a·b + residual), row by row; nothing but the columns of c that belong to the
     * panels is written.
     *
     * @param fromPanel the first panel
     * @param toPanel the panel behind the last
     * @param rows rows of a, c and the residual
     * @param a rows × depth, rows {@code lda} floats apart
     * @param c rows × columns, overwritten, rows {@code ldc} floats apart
     * @param epilogue bias and activation, of as many channels as there are columns
     * @param residual rows × columns, added before the activation; null for none
     */
    void multiply(
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
            long ldr);

    /** Whether it is {@link VectorPackedGemm} that packs; asked before that class is touched. */
    static boolean isVector() {
        return VectorSupport.isEnabled() && VectorPackedGemm.isQuick();
    }

    /**
     * Packs B with the quicker of the two.
     *
     * @param rows rows of A that most products will have
     * @param depth rows of B, the length of the sums
     * @param columns columns of B
     * @param b element (k, n) stands at index {@code at + k·rowStep + n·columnStep}; not kept
     * @param allocator gives the memory of the packed matrix
     */
    static PackedGemm pack(
            long rows,
            long depth,
            long columns,
            MemorySegment b,
            long at,
            long rowStep,
            long columnStep,
            Blas blas,
            SegmentAllocator allocator) {
        if (isVector()) {
            return new VectorPackedGemm(
                    rows, depth, columns, b, at, rowStep, columnStep, allocator);
        }
        return new BlasPackedGemm(depth, columns, b, at, rowStep, columnStep, blas, allocator);
    }
}
