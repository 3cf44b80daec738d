package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A tile stored as products × positions, for channels-first pictures and for any strides at all: a
 * row holds one tap of one channel, and along a row of the output it is a run of the picture's row.
 */
final class PatchColumns implements PatchTile {
    private final Conv2dGeometry geometry;

    PatchColumns(Conv2dGeometry geometry) {
        this.geometry = geometry;
    }

    @Override
    public TapOrder order() {
        return TapOrder.CHANNELS_FIRST;
    }

    @Override
    public Matrix matrix(long count, MemorySegment tile, long offset) {
        return new Matrix(tile, offset, geometry.productsPerOutput(), count, count, false);
    }

    @Override
    public Matrix pack(
            Tensor x, long firstChannel, long first, long count, MemorySegment tile, long offset) {
        walk(true, x, firstChannel, first, count, tile, offset);
        return matrix(count, tile, offset);
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
                    row += count;
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
        Axis height = geometry.height;
        Axis width = geometry.width;
        MemorySegment segment = image.segment();
        long step = width.stride() * image.stride(3);
        long firstInside = width.firstInside(j);
        long endInside = width.endInside(j);

        long n = first / geometry.positions();
        long p = first % geometry.positions() / width.output();
        long q = first % width.output();
        for (long done = 0; done < count; ) {
            long run = Math.min(width.output() - q, count - done);
            long at = tileRow + done;
            long y = height.at(p, i);
            boolean inside = y >= 0 && y < height.input();
            long from = inside ? Math.clamp(firstInside, q, q + run) : q + run;
            long to = inside ? Math.clamp(endInside, from, q + run) : q + run;
            long element =
                    channel
                            + n * image.stride(0)
                            + y * image.stride(2)
                            + width.at(from, j) * image.stride(3);
            if (pack) {
                Runs.fill(tile, at, from - q, 0);
                Runs.copy(segment, element, step, tile, at + (from - q), to - from);
                Runs.fill(tile, at + (to - q), q + run - to, 0);
            } else {
                Runs.add(tile, at + (from - q), segment, element, step, to - from);
            }
            done += run;
            q = 0;
            if (++p == height.output()) {
                p = 0;
                n++;
            }
        }
    }
}
