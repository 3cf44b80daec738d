package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The product C = A·B whose rows of A are windows, read where they lie: element (r, k) of A stands
 * {@code starts[first + r] + taps[k]} bytes behind index {@code aAt} of {@code a}. B is packed as
 * by {@link PackedGemm}. Immutable; may be used from many threads.
 *
 * <p>{@link VectorPackedGemm} and its plain twin {@link ScalarWindowGemm}.
 */
interface WindowGemm extends Panels {
    /**
     * Entries of {@code starts} behind the last row that are read too, for rows that fill up a
     * block and are thrown away.
     */
    int SURPLUS = 8;

    /** Longest sums. */
    int MOST_DEPTH = 2048; // as many as the vector loops take in one go

    /**
     * c = epilogue(a·b + residual), row by row; nothing but the columns of c is written.
     *
     * @param rows rows of c and the residual
     * @param starts offsets of the windows in bytes, {@value #SURPLUS} more than there are rows
     *     from {@code first} on, all of windows inside {@code a}
     * @param taps offsets in a window in bytes
     * @param c rows × columns, overwritten, rows {@code ldc} floats apart
     * @param epilogue bias and activation, of as many channels as there are columns
     * @param residual rows × columns, added before the activation; null for none
     * @throws IllegalArgumentException if there are not as many taps as B has rows
     */
    void multiplyWindows(
            long rows,
            MemorySegment a,
            long aAt,
            int[] starts,
            int first,
            int[] taps,
            MemorySegment c,
            long cAt,
            long ldc,
            Epilogue epilogue,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr);

    /** Refuses taps that B has no rows for. */
    static void requireTaps(int[] taps, long depth) {
        if (taps.length != depth) {
            throw new IllegalArgumentException(
                    "taps: %d (expected: %d, the depth)".formatted(taps.length, depth));
        }
    }

    /**
     * An empty matrix of the quicker of the two.
     *
     * @param rows rows of C that most products will have
     * @param depth rows of B, the length of the sums, {@value #MOST_DEPTH} at most
     * @param columns columns of B
     * @param allocator gives the memory of the packed matrix
     */
    static WindowGemm empty(long rows, long depth, long columns, SegmentAllocator allocator) {
        return PackedGemm.isVector()
                ? new VectorPackedGemm(rows, depth, columns, allocator)
                : new ScalarWindowGemm(depth, columns, allocator);
    }
}
