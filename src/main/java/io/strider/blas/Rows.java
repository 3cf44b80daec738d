package io.strider.blas;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * C = beta·C in Java, for the cases in which libraries differ about 0 and NaN. A factor of 0
 * overwrites, whatever C held.
 */
final class Rows {
    private Rows() {}

    static void scale(
            long rows, long columns, float beta, MemorySegment c, long offset, long leading) {
        if (beta == 1) {
            return;
        }
        if (leading == columns) {
            scaleRow(rows * columns, beta, c, offset);
            return;
        }
        for (long row = 0; row < rows; row++) {
            scaleRow(columns, beta, c, offset + row * leading);
        }
    }

    static void scaleDoubles(
            long rows, long columns, double beta, MemorySegment c, long offset, long leading) {
        if (beta == 1) {
            return;
        }
        for (long row = 0; row < rows; row++) {
            long start = offset + row * leading;
            for (long at = start; at < start + columns; at++) {
                double value = beta == 0 ? 0 : beta * c.getAtIndex(JAVA_DOUBLE, at);
                c.setAtIndex(JAVA_DOUBLE, at, value);
            }
        }
    }

    private static void scaleRow(long columns, float beta, MemorySegment c, long start) {
        if (beta == 0 && columns > 1) {
            c.asSlice(start * Float.BYTES, columns * Float.BYTES).fill((byte) 0);
            return;
        }
        for (long at = start; at < start + columns; at++) {
            c.setAtIndex(JAVA_FLOAT, at, beta == 0 ? 0 : beta * c.getAtIndex(JAVA_FLOAT, at));
        }
    }
}
