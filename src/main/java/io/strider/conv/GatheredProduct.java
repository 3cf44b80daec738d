package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.VectorSupport;
import java.lang.foreign.MemorySegment;

/**
 * A sum of outer products whose vectors are gathered from where they lie:
 *
 * <pre>
 *   c[m, n] = Σ over k of a[row(m) + first(k)] · b[bAt + second(k) + n]   (+ c[m, n])
 * </pre>
 *
 * <p>first(k), second(k) and row(m) stand in a {@link GatherTable}; all are byte offsets. So the
 * pixels of a picture are multiplied in place: windows, strides and padding are nothing but entries
 * of the table.
 *
 * <p>{@link VectorGatheredProduct} and its plain twin {@link ScalarGatheredProduct} read a and b
 * where they are, {@link BlasGatheredProduct} copies them side by side for GEMM. Stateless; may be
 * used from many threads.
 */
interface GatheredProduct {

    /** Columns that one call takes at most. */
    int MOST_COLUMNS = 64;

    /** Floats of scratch that a call with so many terms and rows needs. */
    long workFloats(long count, long rows);

    /**
     * Computes c; nothing but its rows × columns and the work memory is written.
     *
     * @param table the terms' and the rows' offsets
     * @param count terms of the sum, from 0
     * @param rows rows of c
     * @param bAt byte offset
     * @param columns columns of c, 1 to {@link #MOST_COLUMNS}
     * @param cAt byte offset of c's first element
     * @param ldc bytes from row to row of c
     * @param add whether the sums are added to what c holds, or overwrite it
     * @param work the work memory, from byte {@code workAt} on
     */
    void multiply(
            GatherTable table,
            int count,
            MemorySegment a,
            int rows,
            MemorySegment b,
            long bAt,
            int columns,
            MemorySegment c,
            long cAt,
            long ldc,
            boolean add,
            MemorySegment work,
            long workAt);

    /**
     * The quickest on this machine. A tile of 6 × 4 vectors takes 29 registers: only with 512 bits
     * are there so many, and OpenBLAS is quicker than spilling.
     */
    static GatheredProduct of(Blas blas) {
        return VectorSupport.isEnabled() && VectorGatheredProduct.isQuick()
                ? new VectorGatheredProduct()
                : new BlasGatheredProduct(blas);
    }
}
