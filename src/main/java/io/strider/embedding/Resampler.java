package io.strider.embedding;

import io.strider.embedding.PixelLoops.Narrowing;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Brings pictures to another size, in two passes as Pillow does: along the rows, rounded to 8 bits,
 * then along the columns. Of the result only a window is computed, from no more of the source than
 * that window needs; its pixels are the same as the whole result's.
 *
 * <p>Of the first pass only as many rows are kept as one row of the result needs, in a ring. They
 * are kept as ints, which the compiler can make vector instructions of; from bytes without a sign
 * it does not.
 *
 * <p>Keeps its buffers from one call to the next; for one thread at a time.
 */
final class Resampler {
    private static final int CHANNELS = Picture.CHANNELS;
    private static final PixelLoops LOOPS = PixelLoops.best();

    /** Rows of the source, brought to the window's width: row r in slot r modulo their number. */
    private int[] ring = new int[0];

    /** Sums of one row of the result. */
    private int[] sums = new int[0];

    private @Nullable Narrowing last;
    private @Nullable ResampleWeights lastWeights;

    /** What is kept for the next call, in bytes of heap. */
    long retained() {
        return Integer.BYTES * ((long) ring.length + sums.length);
    }

    /**
     * Writes a window of the resized picture.
     *
     * @param source not modified
     * @param height of the whole result
     * @param width of the whole result
     * @param window what of it is wanted: inside it, not empty
     * @param target rows of the window, without gaps from element 0 on
     * @throws IllegalArgumentException if the rows that one row of the result needs do not fit into
     *     an array: a height reduced a thousandfold and more at a width of tens of thousands
     */
    void resize(
            Picture source,
            int height,
            int width,
            Interpolation filter,
            Window window,
            byte[] target) {
        boolean sameHeight = height == source.height();
        boolean sameWidth = width == source.width();
        if (sameHeight && sameWidth) {
            crop(source, window, target);
            return;
        }
        if (filter == Interpolation.NEAREST) {
            nearest(source, height, width, window, target);
            return;
        }
        @Nullable Narrowing across =
                sameWidth
                        ? null
                        : narrowing(
                                ResampleWeights.of(
                                        source.width(),
                                        width,
                                        filter,
                                        window.left(),
                                        window.right()));
        int length = window.width() * CHANNELS;
        if (sums.length < length) {
            sums = new int[length];
        }
        if (sameHeight) {
            for (int i = 0; i < window.height(); i++) {
                narrow(source, across, window, window.top() + i, sums, 0);
                for (int k = 0; k < length; k++) {
                    target[i * length + k] = (byte) sums[k];
                }
            }
            return;
        }
        ResampleWeights down =
                ResampleWeights.of(source.height(), height, filter, window.top(), window.bottom());
        int slots = Math.min(down.taps(), down.endInput() - down.firstInput());
        reserve(slots, length);
        int next = down.firstInput();
        for (int i = 0; i < window.height(); i++) {
            int end = down.starts()[i] + down.counts()[i];
            // Where the result is a small part of the source, rows between may not be needed.
            next = Math.max(next, down.starts()[i]);
            for (; next < end; next++) {
                narrow(source, across, window, next, ring, next % slots * length);
            }
            add(down, i, slots, length);
            round(target, i * length, length);
        }
    }

    /** Most pictures are as wide as the one before. */
    @SuppressWarnings("ReferenceEquality") // records would compare their arrays so, too
    private Narrowing narrowing(ResampleWeights across) {
        Narrowing same = last;
        if (same != null && across == lastWeights) {
            return same;
        }
        Narrowing fresh = LOOPS.narrowing(across);
        if (across.isSmall()) {
            last = fresh;
            lastWeights = across;
        }
        return fresh;
    }

    private void reserve(int slots, int length) {
        long needed = (long) slots * length;
        if (needed > Integer.MAX_VALUE - 8) {
            throw Checks.refused(
                    "target: %s rows of %s values for each of its rows (expected: to fit an array)",
                    slots, length);
        }
        if (ring.length < needed) {
            ring = new int[(int) needed];
        }
    }

    private static void crop(Picture source, Window window, byte[] target) {
        int length = window.width() * CHANNELS;
        for (int i = 0; i < window.height(); i++) {
            int from = ((window.top() + i) * source.width() + window.left()) * CHANNELS;
            System.arraycopy(source.values(), from, target, i * length, length);
        }
    }

    /** Brings one row of the source to the window's width. */
    private static void narrow(
            Picture source,
            @Nullable Narrowing across,
            Window window,
            int row,
            int[] target,
            int at) {
        byte[] values = source.values();
        int start = row * source.width() * CHANNELS;
        if (across != null) {
            across.row(values, start, target, at);
            return;
        }
        int from = start + window.left() * CHANNELS;
        for (int i = 0; i < window.width() * CHANNELS; i++) {
            target[at + i] = values[from + i] & 0xff;
        }
    }

    /** Sums the rows of the ring that make a row of the result, four at a time. */
    private void add(ResampleWeights down, int output, int slots, int length) {
        int[] weights = down.weights();
        int first = output * down.taps();
        int count = down.counts()[output];
        int row = down.starts()[output];
        Arrays.fill(sums, 0, length, ResampleWeights.HALF);
        int k = 0;
        for (; k + 4 <= count; k += 4) {
            addFour(
                    ring,
                    (row + k) % slots * length,
                    (row + k + 1) % slots * length,
                    (row + k + 2) % slots * length,
                    (row + k + 3) % slots * length,
                    weights,
                    first + k,
                    sums,
                    length);
        }
        for (; k < count; k++) {
            addOne(ring, (row + k) % slots * length, weights[first + k], sums, length);
        }
    }

    private static void addFour(
            int[] rows,
            int from0,
            int from1,
            int from2,
            int from3,
            int[] weights,
            int first,
            int[] sums,
            int length) {
        int weight0 = weights[first];
        int weight1 = weights[first + 1];
        int weight2 = weights[first + 2];
        int weight3 = weights[first + 3];
        for (int i = 0; i < length; i++) {
            sums[i] +=
                    rows[from0 + i] * weight0
                            + rows[from1 + i] * weight1
                            + rows[from2 + i] * weight2
                            + rows[from3 + i] * weight3;
        }
    }

    private static void addOne(int[] rows, int from, int weight, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += rows[from + i] * weight;
        }
    }

    private void round(byte[] target, int at, int length) {
        int[] finished = sums;
        for (int i = 0; i < length; i++) {
            target[at + i] = (byte) ResampleWeights.rounded(finished[i]);
        }
    }

    /** As Pillow's {@code ImagingScaleAffine}, which adds the step up and does not multiply. */
    private static void nearest(
            Picture source, int height, int width, Window window, byte[] target) {
        int[] columns = nearest(source.width(), width, window.left(), window.right());
        int[] rows = nearest(source.height(), height, window.top(), window.bottom());
        byte[] values = source.values();
        int to = 0;
        for (int row : rows) {
            int start = row * source.width() * CHANNELS;
            for (int column : columns) {
                int from = start + column * CHANNELS;
                target[to] = values[from];
                target[to + 1] = values[from + 1];
                target[to + 2] = values[from + 2];
                to += CHANNELS;
            }
        }
    }

    private static int[] nearest(int input, int output, int from, int to) {
        int[] chosen = new int[to - from];
        double step = (double) input / output;
        double at = step * 0.5;
        for (int i = 0; i < to; i++) {
            if (i >= from) {
                chosen[i - from] = Math.min(input - 1, (int) at);
            }
            at += step;
        }
        return chosen;
    }
}
