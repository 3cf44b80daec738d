package io.strider.conv;

import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/**
 * {@link Algorithm#IM2COL} without patches: scratch holds a band of input rows with the padding
 * around them, and the product reads each window where it lies in the band, through a table of
 * where windows begin and one of where a window's elements are. A band is written once, where
 * {@link TiledGemm} writes every pixel once for each window that it is in.
 *
 * <p>A task is a band of output rows of one image.
 */
final class BandedGemm implements PreparedAlgorithm {
    /** Positions of a band at most, if a row has no more: its outputs are in cache with it. */
    private static final long BAND_POSITIONS = 1344;

    /** Positions that a band has all the same: with fewer the weights are read too often. */
    private static final long LEAST_POSITIONS = 112;

    /** Bands of an image from which on threads have enough to share. */
    private static final long ENOUGH_BANDS = 8;

    /** Floats of a band at most: half of a second-level cache of 1 MiB. */
    private static final long MOST_FLOATS = 128 << 10;

    private final Conv2dGeometry geometry;
    private final WindowGemm gemm;
    private final Epilogue epilogue;

    /** Output rows of a band. */
    private final long bandRows;

    /** Bands of an image. */
    private final long bands;

    /** Floats from row to row of a band: all that the windows of a row cover. */
    private final long pitch;

    /** Bytes from the band's beginning to each of its windows, the last one several times. */
    private final int[] starts;

    /** Bytes from a window's beginning to its elements: row by row, pixel by pixel. */
    private final int[] taps;

    /**
     * Packs the weights.
     *
     * @param geometry one that {@link #supports} agrees to; the batch it names is of no account
     * @param weight O×C×kernelHeight×kernelWidth, any strides; not kept
     * @param bias O, or null; not kept
     */
    BandedGemm(
            Conv2dGeometry geometry,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            SegmentAllocator allocator) {
        this.geometry = geometry;
        this.bandRows = bandRows(geometry);
        this.bands = Math.ceilDiv(geometry.outHeight(), bandRows);
        this.pitch = pitch(geometry);
        this.epilogue = new Epilogue(bias, 0, geometry.outChannels(), activation, allocator);
        long depth = geometry.productsPerOutput();
        try (Arena temporary = Arena.ofConfined()) {
            Tensor rows = weight.contiguous(temporary, MemoryFormat.CHANNELS_LAST);
            this.gemm =
                    WindowGemm.pack(
                            bandRows * geometry.outWidth(),
                            depth,
                            geometry.outChannels(),
                            rows.segment(),
                            rows.offset(),
                            1,
                            depth,
                            allocator);
        }
        this.starts = starts();
        this.taps = taps();
    }

    /** Whether sizes allow it: one group, and a band of a row at least that fits the scratch. */
    static boolean supports(Conv2dGeometry geometry) {
        return geometry.groups() == 1
                && geometry.productsPerOutput() <= WindowGemm.MOST_DEPTH
                && geometry.outChannels() <= Integer.MAX_VALUE / Float.BYTES
                && geometry.outWidth() <= MOST_FLOATS
                && fits(geometry, 1);
    }

    /** Whether a band of so many output rows is no larger than it may be; nothing overflows. */
    private static boolean fits(Conv2dGeometry geometry, long rows) {
        Axis width = geometry.width;
        Axis height = geometry.height;
        return extent(width, width.output()) <= MOST_FLOATS / geometry.inChannels()
                && extent(height, rows) <= MOST_FLOATS / pitch(geometry);
    }

    /** Elements that so many windows cover, with those between them; a geometry's fit a long. */
    private static long extent(Axis axis, long windows) {
        return (windows - 1) * axis.stride() + (axis.kernel() - 1) * axis.dilation() + 1;
    }

    private static long pitch(Conv2dGeometry geometry) {
        return extent(geometry.width, geometry.outWidth()) * geometry.inChannels();
    }

    private static long bandRows(Conv2dGeometry geometry) {
        long height = geometry.outHeight();
        long width = geometry.outWidth();
        long most = Math.max(1, BAND_POSITIONS / width);
        long least = Math.ceilDiv(LEAST_POSITIONS, width);
        long rows = Math.clamp(Math.max(Math.ceilDiv(height, ENOUGH_BANDS), least), 1, most);
        while (rows > 1 && !fits(geometry, rows)) {
            rows--;
        }
        return Math.ceilDiv(height, Math.ceilDiv(height, rows)); // no small one at the end
    }

    private int[] starts() {
        Axis width = geometry.width;
        long windows = bandRows * width.output();
        int[] result = new int[Math.toIntExact(windows + WindowGemm.SURPLUS)];
        for (int i = 0; i < result.length; i++) {
            long window = Math.min(i, windows - 1);
            long row = window / width.output() * geometry.strideHeight() * pitch;
            long column = window % width.output() * width.stride() * geometry.inChannels();
            result[i] = Math.toIntExact((row + column) * Float.BYTES);
        }
        return result;
    }

    private int[] taps() {
        long channels = geometry.inChannels();
        int[] result = new int[Math.toIntExact(geometry.productsPerOutput())];
        for (int i = 0; i < result.length; i++) {
            long tap = i / channels;
            long row = tap / geometry.kernelWidth() * geometry.dilationHeight() * pitch;
            long column = tap % geometry.kernelWidth() * geometry.dilationWidth() * channels;
            result[i] = Math.toIntExact((row + column + i % channels) * Float.BYTES);
        }
        return result;
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.IM2COL;
    }

    @Override
    public long scratchBytes() {
        return extent(geometry.height, bandRows) * pitch * Float.BYTES;
    }

    @Override
    public long tasks(long batch, int threads) {
        return batch * bands;
    }

    @Override
    public void run(
            long task,
            int threads,
            Tensor x,
            @Nullable Tensor residual,
            Tensor y,
            MemorySegment scratch) {
        long n = task / bands;
        long first = task % bands * bandRows;
        long rows = Math.min(bandRows, geometry.outHeight() - first);
        fill(x, n, first, rows, scratch);
        long width = geometry.outWidth();
        if (rowsFollow(y) && (residual == null || rowsFollow(residual))) {
            multiply(scratch, 0, rows * width, residual, y, n, first);
            return;
        }
        for (long row = 0; row < rows; row++) {
            multiply(scratch, row * width, width, residual, y, n, first + row);
        }
    }

    /** Output row p and those behind it, {@code count} positions from the band's {@code from}. */
    private void multiply(
            MemorySegment band,
            long from,
            long count,
            @Nullable Tensor residual,
            Tensor y,
            long n,
            long p) {
        gemm.multiplyWindows(
                count,
                band,
                0,
                starts,
                (int) from,
                taps,
                y.segment(),
                y.offset() + n * y.stride(0) + p * y.stride(2),
                pixelPitch(y),
                epilogue,
                residual == null ? null : residual.segment(),
                residual == null
                        ? 0
                        : residual.offset() + n * residual.stride(0) + p * residual.stride(2),
                residual == null ? 0 : pixelPitch(residual));
    }

    /** Whether pixels keep their distance from the end of a row to the next. */
    private static boolean rowsFollow(Tensor t) {
        return t.size(2) == 1 || t.stride(2) == t.size(3) * pixelPitch(t);
    }

    /** Floats from pixel to pixel of a row; if there is but one, from row to row. */
    private static long pixelPitch(Tensor t) {
        return t.size(3) > 1 ? t.stride(3) : t.size(2) > 1 ? t.stride(2) : t.size(1);
    }

    /** Copies the input rows under {@code rows} output rows from {@code first} on, padded. */
    private void fill(Tensor x, long n, long first, long rows, MemorySegment band) {
        Axis width = geometry.width;
        long channels = geometry.inChannels();
        long left = Math.min(width.before(), pitch / channels) * channels;
        long columns = Math.min(width.input(), (pitch - left) / channels);
        long right = left + columns * channels;
        long image = x.offset() + n * x.stride(0);
        long inputRows = extent(geometry.height, rows);
        for (long i = 0; i < inputRows; i++) {
            long row = i * pitch;
            long y = geometry.height.at(first, 0) + i;
            if (y < 0 || y >= geometry.inHeight()) {
                zero(band, row, pitch);
                continue;
            }
            zero(band, row, left);
            long from = image + y * x.stride(2);
            if (x.stride(3) == channels) {
                Runs.copy(x.segment(), from, 1, band, row + left, columns * channels);
            } else {
                for (long column = 0; column < columns; column++) {
                    long pixel = from + column * x.stride(3);
                    long target = row + left + column * channels;
                    Runs.copy(x.segment(), pixel, 1, band, target, channels);
                }
            }
            zero(band, row + right, pitch - right);
        }
    }

    private static void zero(MemorySegment band, long at, long floats) {
        Runs.fill(band, at, floats, 0);
    }
}
