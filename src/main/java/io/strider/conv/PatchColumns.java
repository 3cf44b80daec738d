package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A tile stored as products × positions, for channels-first pictures and for any strides at all: a
 * row holds one tap of one channel, and along a row of the output it is a run of the picture's row.
 */
final class PatchColumns implements PatchTile {
    private final Conv2dGeometry geometry;
    private final long positions;

    /** A tile with room for {@code positions} positions. */
    PatchColumns(Conv2dGeometry geometry, long positions) {
        this.geometry = geometry;
        this.positions = positions;
    }

    @Override
    public TapOrder order() {
        return TapOrder.CHANNELS_FIRST;
    }

    @Override
    public MatrixLayout layout() {
        return new MatrixLayout(positions, false);
    }

    @Override
    public void pack(
            Tensor x, long firstChannel, long first, long count, MemorySegment tile, long offset) {
        walk(true, x, firstChannel, first, count, tile, offset);
    }

    @Override
    public void addTo(
            Tensor gx, long firstChannel, long first, long count, MemorySegment tile, long offset) {
        walk(false, gx, firstChannel, first, count, tile, offset);
    }

    private void walk(
            boolean pack,
            Tensor image,
            long firstChannel,
            long first,
            long count,
            MemorySegment tile,
            long offset) {
        long row = offset;
        for (long c = 0; c < geometry.inChannelsPerGroup(); c++) {
            long channel = image.offset() + (firstChannel + c) * image.stride(1);
            for (long i = 0; i < geometry.kernelHeight(); i++) {
                for (long j = 0; j < geometry.kernelWidth(); j++) {
                    walkTap(pack, image, channel, i, j, first, count, tile, row);
                    row += positions;
                }
            }
        }
    }

    private void walkTap(
            boolean pack,
            Tensor image,
            long channel,
            long i,
            long j,
            long first,
            long count,
            MemorySegment tile,
            long tileRow) {
        for (long done = 0; done < count; ) {
            long position = first + done;
            long n = position / geometry.positions();
            long start = position % geometry.positions();
            long run = Math.min(geometry.positions() - start, count - done);
            long plane = channel + n * image.stride(0);
            if (isShift(image)) {
                shift(pack, image.segment(), plane, i, j, start, run, tile, tileRow + done);
            } else {
                walkRows(pack, image, plane, i, j, start, run, tile, tileRow + done);
            }
            done += run;
        }
    }

    /**
     * Whether a tap's row of the tile is the picture itself, moved by some pixels: rows of the
     * output are as long as rows of the picture and windows lie side by side, as in every "same"
     * convolution at stride 1.
     */
    private boolean isShift(Tensor image) {
        Axis width = geometry.width;
        return width.stride() == 1
                && geometry.height.stride() == 1
                && width.output() == width.input()
                && image.stride(3) == 1
                && image.stride(2) == width.input();
    }

    /**
     * One long run in place of one for each row of the picture: four times as quick at 28 pixels.
     * What moves over the edge of a row into the next does not belong there and is zeroed, after
     * packing or before adding.
     */
    private void shift(
            boolean pack,
            MemorySegment image,
            long plane,
            long i,
            long j,
            long start,
            long run,
            MemorySegment tile,
            long at) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long row = width.output();
        long end = start + run;
        long distance = height.at(0, i) * row + width.at(0, j);
        // Positions whose window row lies inside the picture, and whose element does.
        long from = Math.clamp(height.firstInside(i) * row, start, end);
        long to = Math.clamp(height.endInside(i) * row, from, end);
        long moveFrom = Math.clamp(-distance, from, to);
        long moveTo = Math.clamp(height.input() * row - distance, moveFrom, to);
        long tileAt = at - start; // of position 0

        if (pack) {
            Runs.fill(tile, at, from - start, 0);
            Runs.copy(
                    image,
                    plane + moveFrom + distance,
                    1,
                    tile,
                    tileAt + moveFrom,
                    moveTo - moveFrom);
            Runs.fill(tile, tileAt + to, end - to, 0);
        }
        long firstInside = width.firstInside(j);
        long endInside = width.endInside(j);
        if (firstInside > 0 || endInside < row) {
            for (long p = from / row; p * row < to; p++) {
                fillWithin(tile, tileAt, p * row, p * row + firstInside, from, to);
                fillWithin(tile, tileAt, p * row + endInside, (p + 1) * row, from, to);
            }
        }
        if (!pack) {
            Runs.add(
                    tile,
                    tileAt + moveFrom,
                    image,
                    plane + moveFrom + distance,
                    1,
                    moveTo - moveFrom);
        }
    }

    private static void fillWithin(
            MemorySegment tile, long tileAt, long from, long to, long least, long most) {
        long start = Math.max(from, least);
        Runs.fill(tile, tileAt + start, Math.min(to, most) - start, 0);
    }

    private void walkRows(
            boolean pack,
            Tensor image,
            long plane,
            long i,
            long j,
            long start,
            long count,
            MemorySegment tile,
            long tileAt) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        MemorySegment segment = image.segment();
        long step = width.stride() * image.stride(3);
        long firstInside = width.firstInside(j);
        long endInside = width.endInside(j);
        long p = start / width.output();
        long q = start % width.output();
        for (long done = 0; done < count; p++) {
            long run = Math.min(width.output() - q, count - done);
            long at = tileAt + done;
            long y = height.at(p, i);
            boolean inside = y >= 0 && y < height.input();
            long from = inside ? Math.clamp(firstInside, q, q + run) : q + run;
            long to = inside ? Math.clamp(endInside, from, q + run) : q + run;
            long element = plane + y * image.stride(2) + width.at(from, j) * image.stride(3);
            if (pack) {
                Runs.fill(tile, at, from - q, 0);
                Runs.copy(segment, element, step, tile, at + (from - q), to - from);
                Runs.fill(tile, at + (to - q), q + run - to, 0);
            } else {
                Runs.add(tile, at + (from - q), segment, element, step, to - from);
            }
            done += run;
            q = 0;
        }
    }
}
