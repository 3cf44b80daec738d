package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What {@link VectorPackedGemm} computes, by OpenBLAS: its panels are row-major matrices, which
 * OpenBLAS can read too. Serves while {@link VectorWarmUp} has the vector loops compiled, before
 * which every vector in them is an object.
 */
final class ColdProduct {
    /** Windows that are copied at a time. */
    private static final int WINDOWS = 128;

    private ColdProduct() {}

    /**
     * As {@link PackedGemm#multiply}.
     *
     * @param packed panels of B
     * @param panels vectors before each panel, and their sum at the end
     * @param fromPanel the first panel to multiply by
     * @param toPanel the panel behind the last
     * @param lanes floats of a vector
     */
    static void multiply(
            MemorySegment packed,
            int[] panels,
            int fromPanel,
            int toPanel,
            int lanes,
            long depth,
            long columns,
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
        for (int panel = fromPanel; panel < toPanel; panel++) {
            long column = (long) panels[panel] * lanes;
            long pitch = (long) (panels[panel + 1] - panels[panel]) * lanes;
            Blas.openBlas()
                    .sgemm(
                            Transpose.NO_TRANSPOSE,
                            Transpose.NO_TRANSPOSE,
                            rows,
                            Math.min(pitch, columns - column),
                            depth,
                            1,
                            a,
                            aAt,
                            lda,
                            packed,
                            column * depth,
                            pitch,
                            0,
                            c,
                            cAt + column,
                            ldc);
        }
        long from = Math.min(columns, (long) panels[fromPanel] * lanes);
        long to = Math.min(columns, (long) panels[toPanel] * lanes);
        epilogue.apply(from, to, c, cAt, ldc, rows, residual, residualAt, ldr);
    }

    /** As {@link WindowGemm#multiplyWindows}; copies the windows, a hundred or so at a time. */
    static void multiplyWindows(
            MemorySegment packed,
            int[] panels,
            int lanes,
            long columns,
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
            long ldr) {
        long depth = taps.length;
        try (Arena arena = Arena.ofConfined()) {
            long most = Math.min(rows, WINDOWS);
            MemorySegment windows = arena.allocate(most * depth * Float.BYTES, 64);
            for (long done = 0; done < rows; done += most) {
                long count = Math.min(most, rows - done);
                for (int r = 0; r < count; r++) {
                    long window = aAt * Float.BYTES + starts[first + (int) done + r];
                    copy(a, window, taps, windows, r * depth * Float.BYTES);
                }
                multiply(
                        packed,
                        panels,
                        0,
                        panels.length - 1,
                        lanes,
                        depth,
                        columns,
                        count,
                        windows,
                        0,
                        depth,
                        c,
                        cAt + done * ldc,
                        ldc,
                        epilogue,
                        residual,
                        residualAt + done * ldr,
                        ldr);
            }
        }
    }

    /** One window, elements that follow each other in one go. */
    private static void copy(
            MemorySegment from, long window, int[] taps, MemorySegment to, long toByte) {
        for (int tap = 0; tap < taps.length; ) {
            int end = tap + 1;
            while (end < taps.length && taps[end] == taps[end - 1] + Float.BYTES) {
                end++;
            }
            long bytes = (long) (end - tap) * Float.BYTES;
            MemorySegment.copy(
                    from, window + taps[tap], to, toByte + (long) tap * Float.BYTES, bytes);
            tap = end;
        }
    }
}
