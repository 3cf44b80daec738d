package io.strider.embedding;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * The buffers of one {@link Preprocessing#apply} at a time, lent from a pool that keeps a few. A
 * thread-local would keep one for every thread that ever came by.
 */
final class PixelBuffers {
    /** More threads than this at once allocate. */
    private static final int KEPT = Math.max(4, Runtime.getRuntime().availableProcessors());

    /** Larger ones go to the garbage collector: what one huge picture needed is not kept. */
    private static final long MOST_KEPT_BYTES = 16 << 20;

    private static final ArrayBlockingQueue<PixelBuffers> POOL = new ArrayBlockingQueue<>(KEPT);

    private static final int LEVELS = 256;

    private final Resampler resampler = new Resampler();
    private byte[] canvas = new byte[0];
    private byte[] window = new byte[0];
    private float[] row = new float[0];

    // What rows() was asked for.
    private byte[] pixels = canvas;
    private ImageSize size = new ImageSize(1, 1);
    private ChannelOrder order = ChannelOrder.RGB;
    private float[] levels = row;

    private PixelBuffers() {}

    /** Buffers for the calling thread until the loan is closed. */
    static Loan borrow() {
        PixelBuffers free = POOL.poll();
        return new Loan(free == null ? new PixelBuffers() : free);
    }

    /** A loan of buffers. */
    record Loan(PixelBuffers buffers) implements AutoCloseable {
        /** Gives the buffers back. */
        @Override
        public void close() {
            buffers.pixels = buffers.canvas; // do not hold the picture
            if (buffers.retained() <= MOST_KEPT_BYTES) {
                POOL.offer(buffers);
            }
        }
    }

    private long retained() {
        return resampler.retained()
                + canvas.length
                + window.length
                + (long) Float.BYTES * row.length;
    }

    /**
     * The output's pixels, rows of red, green, blue; the picture's own array where that is them.
     */
    byte[] pixels(Picture picture, Placement placement, Interpolation interpolation) {
        Window seen = placement.window();
        boolean resized =
                placement.height() != picture.height() || placement.width() != picture.width();
        if (!resized
                && placement.fillsOutput()
                && seen.height() == picture.height()
                && seen.width() == picture.width()) {
            return picture.values();
        }
        if (placement.fillsOutput()) {
            canvas = atLeast(canvas, seen);
            resize(picture, placement, interpolation, canvas);
            return canvas;
        }
        window = atLeast(window, seen);
        resize(picture, placement, interpolation, window);
        ImageSize output = placement.output();
        canvas = atLeast(canvas, new Window(0, 0, output.height(), output.width()));
        int rowBytes = output.width() * Picture.CHANNELS;
        Arrays.fill(canvas, 0, output.height() * rowBytes, (byte) placement.fill());
        int seenBytes = seen.width() * Picture.CHANNELS;
        int to = placement.top() * rowBytes + placement.left() * Picture.CHANNELS;
        for (int i = 0; i < seen.height(); i++) {
            System.arraycopy(window, i * seenBytes, canvas, to + i * rowBytes, seenBytes);
        }
        return canvas;
    }

    private void resize(
            Picture picture, Placement placement, Interpolation interpolation, byte[] target) {
        resampler.resize(
                picture,
                placement.height(),
                placement.width(),
                interpolation,
                placement.window(),
                target);
    }

    private static byte[] atLeast(byte[] buffer, Window window) {
        int needed = window.height() * window.width() * Picture.CHANNELS;
        return buffer.length < needed ? new byte[needed] : buffer;
    }

    /** Takes note of pixels and what becomes of their values; {@link #writeTo} does it. */
    PixelBuffers rows(byte[] rgb, ImageSize imageSize, ChannelOrder channels, float[] table) {
        pixels = rgb;
        size = imageSize;
        order = channels;
        levels = table;
        int needed = imageSize.width() * channels.channels();
        if (row.length < needed) {
            row = new float[needed];
        }
        return this;
    }

    /** Writes a C×H×W tensor of any strides, proven writable. */
    void writeTo(Tensor target) {
        MemorySegment memory = target.segment();
        int width = size.width();
        int channels = order.channels();
        long channelStride = target.stride(0);
        long rowStride = target.stride(1);
        long columnStride = target.stride(2);
        boolean interleaved =
                (channelStride == 1 || channels == 1) && (columnStride == channels || width == 1);
        for (int y = 0; y < size.height(); y++) {
            long at = target.offset() + y * rowStride;
            int from = y * width * Picture.CHANNELS;
            if (interleaved) {
                for (int c = 0; c < channels; c++) {
                    normalise(from, c, c, channels);
                }
                MemorySegment.copy(row, 0, memory, JAVA_FLOAT, at * Float.BYTES, width * channels);
                continue;
            }
            for (int c = 0; c < channels; c++) {
                normalise(from, c, 0, 1);
                long first = at + c * channelStride;
                if (columnStride == 1) {
                    MemorySegment.copy(row, 0, memory, JAVA_FLOAT, first * Float.BYTES, width);
                } else {
                    for (int x = 0; x < width; x++) {
                        memory.setAtIndex(JAVA_FLOAT, first + x * columnStride, row[x]);
                    }
                }
            }
        }
    }

    /** Writes a channel of one row to {@code to} and every {@code step}-th element from there. */
    private void normalise(int from, int channel, int to, int step) {
        int width = size.width();
        if (order == ChannelOrder.GRAY) {
            for (int x = 0; x < width; x++) {
                int at = from + x * Picture.CHANNELS;
                int luma =
                        ChannelOrder.luma(
                                pixels[at] & 0xff, pixels[at + 1] & 0xff, pixels[at + 2] & 0xff);
                row[to + x * step] = levels[luma];
            }
            return;
        }
        int source = from + order.source(channel);
        int table = channel * LEVELS;
        for (int x = 0; x < width; x++) {
            row[to + x * step] = levels[table + (pixels[source + x * Picture.CHANNELS] & 0xff)];
        }
    }
}
