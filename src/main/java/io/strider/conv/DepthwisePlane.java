package io.strider.conv;

import java.lang.foreign.MemorySegment;

/**
 * How the pixels of one channel are laid out for {@link PlaneLoops}: row by row with the padding's
 * zeros between them, one behind the other, so that the sums of many rows are one long loop. With
 * strides s every remainder of a tap's place by s has a copy of its own that holds every s-th
 * pixel; in it, the windows are neighbours.
 *
 * <p>Tap (i, j) of the window that makes output (p, q) then stands at {@link #tapAt}(i, j) + p ·
 * {@link #pitch} + q. Between the last output of a row and the first of the next lie sums that mean
 * nothing. A band of rows is laid out at a time. Immutable.
 */
final class DepthwisePlane {
    /**
     * Floats of scratch that a band should stay within: it shall not leave the second-level cache.
     */
    private static final long BAND_FLOATS = 64 << 10;

    /** Loops may read so many floats behind the last tap. */
    static final int SLACK = 64;

    final DepthwiseWindow window;

    /** Floats from one row of outputs to the next. */
    final int pitch;

    /** Rows of outputs in a band. */
    final int bandRows;

    /** Floats from one output of a row to the next: 1, unless all columns are laid out. */
    final int step;

    private final int columnStride;
    private final int rowPeriod;
    private final int columnPeriod;
    private final int copyRows;
    private final long[] taps;

    /**
     * The layout for a window.
     *
     * @param rowPeriod taps of a column after which the remainder by the stride comes again
     * @param columnPeriod the same for a row; 0 for all columns side by side whatever the stride,
     *     which makes sums that nobody asked for between those that are outputs, but copies whole
     *     rows: the quicker way at strides of two or three
     */
    DepthwisePlane(DepthwiseWindow window, long rowPeriod, long columnPeriod) {
        this.window = window;
        this.columnStride = columnPeriod == 0 ? 1 : window.strideWidth;
        this.step = columnPeriod == 0 ? window.strideWidth : 1;
        this.rowPeriod = (int) Math.min(rowPeriod, window.kernelHeight);
        this.columnPeriod = (int) Math.min(Math.max(1, columnPeriod), window.kernelWidth);
        int below = rowsFurther(window.kernelHeight - 1);
        this.pitch = (window.outWidth - 1) * step + 1 + columnsFurther(window.kernelWidth - 1);
        long copies = (long) this.rowPeriod * this.columnPeriod;
        long fitting = (BAND_FLOATS / pitch - below * copies) / (copies + 1);
        this.bandRows = Math.clamp(fitting, Math.min(8, window.outHeight), window.outHeight);
        this.copyRows = bandRows + below;
        this.taps = new long[window.kernelHeight * window.kernelWidth];
        for (int i = 0; i < window.kernelHeight; i++) {
            for (int j = 0; j < window.kernelWidth; j++) {
                int copy = i % this.rowPeriod * this.columnPeriod + j % this.columnPeriod;
                long row = (long) copy * copyRows + rowsFurther(i);
                taps[i * window.kernelWidth + j] = row * pitch + columnsFurther(j);
            }
        }
    }

    /** Rows of its copy that tap {@code i} stands below the window's first. */
    private int rowsFurther(int i) {
        return (int)
                ((long) (i / rowPeriod) * rowPeriod * window.dilationHeight / window.strideHeight);
    }

    private int columnsFurther(int j) {
        return (int)
                ((long) (j / columnPeriod) * columnPeriod * window.dilationWidth / columnStride);
    }

    /** Floats from the first output of a row to the last. */
    int rowFloats() {
        return (window.outWidth - 1) * step + 1;
    }

    /** Floats that a band's copies take, with the slack. */
    long floats() {
        return (long) rowPeriod * columnPeriod * copyRows * pitch + SLACK;
    }

    /** Floats that a band's outputs take, with the slack. */
    long outputFloats() {
        return (long) bandRows * pitch + SLACK;
    }

    /** Taps, all rows of them. */
    int taps() {
        return taps.length;
    }

    /** Where tap (i, j) = (tap / kernelWidth, tap % kernelWidth) of the first window stands. */
    long tapAt(int tap) {
        return taps[tap];
    }

    /** Lays the pixels out for output rows {@code first} to {@code first + rows}. */
    void lay(
            PlaneLoops loops,
            MemorySegment x,
            long xAt,
            long xRow,
            long xColumn,
            int first,
            int rows,
            MemorySegment plane,
            long planeAt) {
        int below = copyRows - bandRows;
        for (int i = 0; i < rowPeriod; i++) {
            for (int j = 0; j < columnPeriod; j++) {
                long to = planeAt + ((long) i * columnPeriod + j) * copyRows * pitch;
                int left = window.left - j * window.dilationWidth;
                int from = Math.clamp(Math.ceilDiv(left, columnStride), 0, pitch);
                int end =
                        Math.clamp(
                                Math.ceilDiv((long) window.inWidth + left, (long) columnStride),
                                from,
                                pitch);
                long column = (long) from * columnStride - left;
                for (int p = first; p < first + rows + below; p++) {
                    long row = window.firstRow(p) + (long) i * window.dilationHeight;
                    if (row < 0 || row >= window.inHeight) {
                        Runs.fill(plane, to, pitch, 0);
                    } else {
                        Runs.fill(plane, to, from, 0);
                        loops.copy(
                                x,
                                xAt + row * xRow + column * xColumn,
                                xColumn * columnStride,
                                plane,
                                to + from,
                                end - from);
                        Runs.fill(plane, to + end, pitch - end, 0);
                    }
                    to += pitch;
                }
            }
        }
    }
}
