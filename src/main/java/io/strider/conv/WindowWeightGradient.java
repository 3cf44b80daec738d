package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * For pictures with fewer channels than a vector has lanes, the first layer's above all: vectors
 * run along the output channels, and the rows of the product are the places of the window, tap by
 * tap and channel by channel.
 *
 * <p>A tile of windows reads a block of the picture that is copied to scratch with its zeros around
 * it, so that all places of the window meet the same positions. A task computes some places of the
 * window × some output channels of a group.
 */
final class WindowWeightGradient implements WeightGradient {
    /** Floats of a block at most: 1 MiB. */
    private static final long MOST_FLOATS = 256 << 10;

    /**
     * Places that a task has at most: two tasks for a 7×7 window on three channels, each of which
     * copies the picture.
     */
    private static final long PLACES = 78;

    private final Conv2dGeometry geometry;
    private final GatheredProduct product;
    private final Split places;
    private final Split outputs;

    /** Rows and columns of windows in a tile. */
    private final long tileHeight;

    private final long tileWidth;

    /** Floats of a row of the block. */
    private final long blockRow;

    private final long sumsAt;
    private final long workAt;
    private final long scratchBytes;

    /** Whether a block fits the scratch, however large windows and dilation are. */
    static boolean supports(Conv2dGeometry geometry) {
        long extent = extent(geometry.height, 1);
        long width = extent(geometry.width, 1);
        return extent <= MOST_FLOATS
                && width <= MOST_FLOATS
                && geometry.inChannelsPerGroup() <= MOST_FLOATS
                && extent * width * geometry.inChannelsPerGroup() <= MOST_FLOATS;
    }

    WindowWeightGradient(Conv2dGeometry geometry, GatheredProduct product) {
        this.geometry = geometry;
        this.product = product;
        this.places = Split.of(geometry.productsPerOutput(), PLACES, 6);
        this.outputs = Split.of(geometry.outChannelsPerGroup(), GatheredProduct.MOST_COLUMNS, 16);
        long columns = Math.min(geometry.outWidth(), GatherTable.MOST_TERMS);
        while (blockFloats(1, columns) > MOST_FLOATS) {
            columns = columns / 2;
        }
        long rows = Math.clamp(GatherTable.MOST_TERMS / columns, 1, geometry.outHeight());
        while (blockFloats(rows, columns) > MOST_FLOATS) {
            rows = rows / 2;
        }
        this.tileHeight =
                Math.ceilDiv(geometry.outHeight(), Math.ceilDiv(geometry.outHeight(), rows));
        this.tileWidth =
                Math.ceilDiv(geometry.outWidth(), Math.ceilDiv(geometry.outWidth(), columns));
        this.blockRow = extent(geometry.width, tileWidth) * geometry.inChannelsPerGroup();
        this.sumsAt = align(blockFloats(tileHeight, tileWidth) * Float.BYTES);
        this.workAt = sumsAt + align(places.most() * outputs.most() * Float.BYTES);
        this.scratchBytes =
                workAt + product.workFloats(GatherTable.MOST_TERMS, places.most()) * Float.BYTES;
    }

    private static long align(long bytes) {
        return Math.ceilDiv(bytes, 64) * 64;
    }

    /** Elements of the padded picture that so many windows cover. */
    private static long extent(Axis axis, long windows) {
        return (windows - 1) * axis.stride() + (axis.kernel() - 1) * axis.dilation() + 1;
    }

    private long blockFloats(long rows, long columns) {
        return extent(geometry.height, rows)
                * extent(geometry.width, columns)
                * geometry.inChannelsPerGroup();
    }

    @Override
    public long scratchBytes() {
        return scratchBytes;
    }

    @Override
    public long tasks() {
        return geometry.groups() * places.parts() * outputs.parts();
    }

    @Override
    public void run(long task, Tensor x, Tensor gy, Tensor gw, MemorySegment scratch) {
        long outputPart = task % outputs.parts();
        long placePart = task / outputs.parts() % places.parts();
        long group = task / outputs.parts() / places.parts();
        GatherTable table = GatherTable.ofThread();
        int rows = (int) places.count(placePart);
        int columns = (int) outputs.count(outputPart);
        for (int row = 0; row < rows; row++) {
            table.rows[row] = placeInBlock(places.first(placePart) + row) * Float.BYTES;
        }
        long firstOutput = group * geometry.outChannelsPerGroup() + outputs.first(outputPart);
        long gyAt = (gy.offset() + firstOutput * gy.stride(1)) * Float.BYTES;
        boolean first = true;
        for (long n = 0; n < x.size(0); n++) {
            for (long p = 0; p < geometry.outHeight(); p += tileHeight) {
                for (long q = 0; q < geometry.outWidth(); q += tileWidth) {
                    long height = Math.min(tileHeight, geometry.outHeight() - p);
                    long width = Math.min(tileWidth, geometry.outWidth() - q);
                    copyBlock(x, group, n, p, q, height, width, scratch);
                    int count = listWindows(table, gy, n, p, q, height, width);
                    product.multiply(
                            table,
                            count,
                            scratch,
                            rows,
                            gy.segment(),
                            gyAt,
                            columns,
                            scratch,
                            sumsAt,
                            (long) columns * Float.BYTES,
                            !first,
                            scratch,
                            workAt);
                    first = false;
                }
            }
        }
        unpack(placePart, rows, firstOutput, columns, gw, first, scratch);
    }

    /** Where in the block a place of its first window stands. */
    private long placeInBlock(long place) {
        long channels = geometry.inChannelsPerGroup();
        long j = place / channels % geometry.kernelWidth();
        long i = place / channels / geometry.kernelWidth();
        return i * geometry.dilationHeight() * blockRow
                + j * geometry.dilationWidth() * channels
                + place % channels;
    }

    private void copyBlock(
            Tensor x,
            long group,
            long n,
            long p,
            long q,
            long windowsDown,
            long windowsAcross,
            MemorySegment block) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long channels = geometry.inChannelsPerGroup();
        long top = height.at(p, 0);
        long left = width.at(q, 0);
        long columns = extent(width, windowsAcross);
        long from = Math.clamp(-left, 0, columns);
        long to = Math.clamp(width.input() - left, from, columns);
        long image = x.offset() + n * x.stride(0) + group * channels * x.stride(1);
        for (long row = 0; row < extent(height, windowsDown); row++) {
            long at = row * blockRow;
            long y = top + row;
            if (y < 0 || y >= height.input()) {
                Runs.fill(block, at, columns * channels, 0);
                continue;
            }
            Runs.fill(block, at, from * channels, 0);
            Runs.fill(block, at + to * channels, (columns - to) * channels, 0);
            long source = image + y * x.stride(2) + (left + from) * x.stride(3);
            if (x.stride(3) == channels && (channels == 1 || x.stride(1) == 1)) {
                Runs.copy(
                        x.segment(),
                        source,
                        1,
                        block,
                        at + from * channels,
                        (to - from) * channels);
                continue;
            }
            for (long column = from; column < to; column++) {
                long pixel = source + (column - from) * x.stride(3);
                Runs.copy(x.segment(), pixel, x.stride(1), block, at + column * channels, channels);
            }
        }
    }

    private int listWindows(
            GatherTable table, Tensor gy, long n, long p, long q, long height, long width) {
        long stepDown = geometry.strideHeight() * blockRow * Float.BYTES;
        long stepAcross = geometry.strideWidth() * geometry.inChannelsPerGroup() * Float.BYTES;
        int entry = 0;
        for (long row = 0; row < height; row++) {
            long output = n * gy.stride(0) + (p + row) * gy.stride(2) + q * gy.stride(3);
            for (long column = 0; column < width; column++) {
                table.terms[entry] = row * stepDown + column * stepAcross;
                table.terms[entry + 1] = (output + column * gy.stride(3)) * Float.BYTES;
                entry += 2;
            }
        }
        return entry / 2;
    }

    private void unpack(
            long placePart,
            int rows,
            long firstOutput,
            int columns,
            Tensor gw,
            boolean empty,
            MemorySegment scratch) {
        long channels = geometry.inChannelsPerGroup();
        for (int row = 0; row < rows; row++) {
            long place = places.first(placePart) + row;
            long j = place / channels % geometry.kernelWidth();
            long i = place / channels / geometry.kernelWidth();
            long to =
                    gw.offset()
                            + firstOutput * gw.stride(0)
                            + place % channels * gw.stride(1)
                            + i * gw.stride(2)
                            + j * gw.stride(3);
            long from = sumsAt / Float.BYTES + (long) row * columns;
            for (int o = 0; o < columns; o++) {
                float sum = empty ? 0 : Runs.get(scratch, from + o);
                Runs.set(gw.segment(), to + o * gw.stride(0), sum);
            }
        }
    }
}
