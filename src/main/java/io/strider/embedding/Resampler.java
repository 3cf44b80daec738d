package io.strider.embedding;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Brings pictures to another size, in two passes as Pillow does: along the rows, rounded to 8 bits,
 * then along the columns. Of the result only a window is computed, from no more of the source than
 * that window needs; its pixels are the same as the whole result's. Keeps its buffers from one call
 * to the next; for one thread at a time.
 */
final class Resampler {
    private static final int CHANNELS = Picture.CHANNELS;

    /** Rows of the source, brought to the window's width. */
    private byte[] narrowed = new byte[0];

    /** Sums of one row of the result. */
    private int[] sums = new int[0];

    /** What is kept for the next call, in bytes of heap. */
    long retained() {
        return narrowed.length + (long) Integer.BYTES * sums.length;
    }

    /**
     * Writes a window of the resized picture.
     *
     * @param source not modified
     * @param height of the whole result
     * @param width of the whole result
     * @param window what of it is wanted: inside it, not empty
     * @param target rows of the window, without gaps from element 0 on
     */
    void resize(
            Picture source,
            int height,
            int width,
            Interpolation filter,
            Window window,
            byte[] target) {
        if (filter == Interpolation.NEAREST) {
            nearest(source, height, width, window, target);
            return;
        }
        boolean sameHeight = height == source.height();
        @Nullable ResampleWeights down =
                sameHeight
                        ? null
                        : ResampleWeights.of(
                                source.height(), height, filter, window.top(), window.bottom());
        int firstRow = down == null ? window.top() : down.firstInput();
        int endRow = down == null ? window.bottom() : down.endInput();
        byte[] rows = source.values();
        int stride = source.width() * CHANNELS;
        int start = firstRow * stride + window.left() * CHANNELS;
        if (width != source.width()) {
            ResampleWeights across =
                    ResampleWeights.of(
                            source.width(), width, filter, window.left(), window.right());
            int rowBytes = window.width() * CHANNELS;
            byte[] output = sameHeight ? target : narrowed(endRow - firstRow, rowBytes);
            for (int row = firstRow; row < endRow; row++) {
                across(across, rows, row * stride, output, (row - firstRow) * rowBytes);
            }
            rows = output;
            stride = rowBytes;
            start = 0;
        }
        int rowBytes = window.width() * CHANNELS;
        if (down == null) {
            if (width != source.width()) {
                return; // written already
            }
            copy(rows, start, stride, target, rowBytes, window.height());
            return;
        }
        if (sums.length < rowBytes) {
            sums = new int[rowBytes];
        }
        for (int i = 0; i < window.height(); i++) {
            int from = start + (down.starts()[i] - firstRow) * stride;
            down(down, i, rows, from, stride, sums, rowBytes);
            round(sums, target, i * rowBytes, rowBytes);
        }
    }

    private byte[] narrowed(int rows, int rowBytes) {
        int needed = Math.multiplyExact(rows, rowBytes);
        if (narrowed.length < needed) {
            narrowed = new byte[needed];
        }
        return narrowed;
    }

    private static void copy(
            byte[] rows, int start, int stride, byte[] target, int rowBytes, int count) {
        for (int i = 0; i < count; i++) {
            System.arraycopy(rows, start + i * stride, target, i * rowBytes, rowBytes);
        }
    }

    /** One row: each output pixel is a sum over neighbouring pixels. */
    private static void across(
            ResampleWeights plan, byte[] source, int row, byte[] target, int at) {
        int[] starts = plan.starts();
        int[] counts = plan.counts();
        int[] weights = plan.weights();
        int taps = plan.taps();
        int to = at;
        for (int i = 0; i < starts.length; i++) {
            int red = ResampleWeights.HALF;
            int green = ResampleWeights.HALF;
            int blue = ResampleWeights.HALF;
            int from = row + starts[i] * CHANNELS;
            int first = i * taps;
            int end = first + counts[i];
            for (int k = first; k < end; k++) {
                int weight = weights[k];
                red += (source[from] & 0xff) * weight;
                green += (source[from + 1] & 0xff) * weight;
                blue += (source[from + 2] & 0xff) * weight;
                from += CHANNELS;
            }
            target[to] = rounded(red);
            target[to + 1] = rounded(green);
            target[to + 2] = rounded(blue);
            to += CHANNELS;
        }
    }

    /** One row of the result: a sum over whole rows, four at a time to spare the sums' traffic. */
    private static void down(
            ResampleWeights plan,
            int output,
            byte[] rows,
            int start,
            int stride,
            int[] sums,
            int length) {
        int[] weights = plan.weights();
        int first = output * plan.taps();
        int count = plan.counts()[output];
        Arrays.fill(sums, 0, length, ResampleWeights.HALF);
        int k = 0;
        int from = start;
        for (; k + 4 <= count; k += 4) {
            addFour(rows, from, stride, weights, first + k, sums, length);
            from += 4 * stride;
        }
        for (; k < count; k++) {
            addOne(rows, from, weights[first + k], sums, length);
            from += stride;
        }
    }

    private static void addFour(
            byte[] rows, int from, int stride, int[] weights, int first, int[] sums, int length) {
        int weight0 = weights[first];
        int weight1 = weights[first + 1];
        int weight2 = weights[first + 2];
        int weight3 = weights[first + 3];
        int from1 = from + stride;
        int from2 = from1 + stride;
        int from3 = from2 + stride;
        for (int i = 0; i < length; i++) {
            sums[i] +=
                    (rows[from + i] & 0xff) * weight0
                            + (rows[from1 + i] & 0xff) * weight1
                            + (rows[from2 + i] & 0xff) * weight2
                            + (rows[from3 + i] & 0xff) * weight3;
        }
    }

    private static void addOne(byte[] rows, int from, int weight, int[] sums, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] += (rows[from + i] & 0xff) * weight;
        }
    }

    private static void round(int[] sums, byte[] target, int at, int length) {
        for (int i = 0; i < length; i++) {
            target[at + i] = rounded(sums[i]);
        }
    }

    private static byte rounded(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> ResampleWeights.PRECISION));
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
