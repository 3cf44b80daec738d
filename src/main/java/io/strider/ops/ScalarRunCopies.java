package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** In plain loops. */
final class ScalarRunCopies implements RunCopies {
    /** From this length on {@link MemorySegment#copy} is quicker than a loop. */
    private static final long LONG = 32;

    /** Rows and columns of a matrix that are turned together, so that cache lines are used up. */
    private static final long TILE = 16;

    @Override
    public void copy(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long runs,
            long length) {
        for (long run = 0; run < runs; run++) {
            long read = from + run * fromStep;
            long write = to + run * toStep;
            if (length >= LONG) {
                long bytes = length * Float.BYTES;
                MemorySegment.copy(source, read * Float.BYTES, target, write * Float.BYTES, bytes);
                continue;
            }
            for (long k = 0; k < length; k++) {
                target.setAtIndex(JAVA_FLOAT, write + k, source.getAtIndex(JAVA_FLOAT, read + k));
            }
        }
    }

    @Override
    public void fill(
            float value, MemorySegment target, long to, long toStep, long runs, long length) {
        for (long run = 0; run < runs; run++) {
            for (long k = 0; k < length; k++) {
                target.setAtIndex(JAVA_FLOAT, to + run * toStep + k, value);
            }
        }
    }

    @Override
    public void transpose(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long rows,
            long columns) {
        for (long row = 0; row < rows; row += TILE) {
            long lastRow = Math.min(rows, row + TILE);
            for (long column = 0; column < columns; column += TILE) {
                long lastColumn = Math.min(columns, column + TILE);
                for (long c = column; c < lastColumn; c++) {
                    for (long r = row; r < lastRow; r++) {
                        float value = source.getAtIndex(JAVA_FLOAT, from + r * fromStep + c);
                        target.setAtIndex(JAVA_FLOAT, to + c * toStep + r, value);
                    }
                }
            }
        }
    }
}
