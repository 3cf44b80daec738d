package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A tile stored as positions × products, for channels-last pictures: a row holds one window, and
 * each row of the window is one run of channels (without dilation and groups even of all its
 * columns).
 */
final class PatchRows implements PatchTile {
    private final Conv2dGeometry geometry;

    PatchRows(Conv2dGeometry geometry) {
        this.geometry = geometry;
    }

    @Override
    public TapOrder order() {
        return TapOrder.CHANNELS_LAST;
    }

    @Override
    public MatrixLayout layout() {
        return new MatrixLayout(geometry.productsPerOutput(), true);
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
        Axis height = geometry.height;
        Axis width = geometry.width;
        long channels = geometry.inChannelsPerGroup();
        long windowRow = width.kernel() * channels;

        long n = first / geometry.positions();
        long p = first % geometry.positions() / width.output();
        long q = first % width.output();
        long at = offset;
        for (long done = 0; done < count; done++) {
            long left = width.at(q, 0);
            long from = Math.clamp(Math.ceilDiv(-left, width.dilation()), 0, width.kernel());
            long to =
                    Math.clamp(
                            Math.ceilDiv(width.input() - left, width.dilation()),
                            from,
                            width.kernel());
            long base = image.offset() + n * image.stride(0) + firstChannel;
            for (long i = 0; i < height.kernel(); i++) {
                long y = height.at(p, i);
                if (y >= 0 && y < height.input()) {
                    long element = base + y * image.stride(2) + left * image.stride(3);
                    walkWindowRow(pack, image, element, from, to, tile, at);
                } else if (pack) {
                    Runs.fill(tile, at, windowRow, 0);
                }
                at += windowRow;
            }
            if (++q == width.output()) {
                q = 0;
                if (++p == height.output()) {
                    p = 0;
                    n++;
                }
            }
        }
    }

    /** Taps {@code from} to {@code to} lie inside; {@code element} is where tap 0 would be. */
    private void walkWindowRow(
            boolean pack,
            Tensor image,
            long element,
            long from,
            long to,
            MemorySegment tile,
            long at) {
        Axis width = geometry.width;
        long channels = geometry.inChannelsPerGroup();
        MemorySegment segment = image.segment();
        long tapStep = width.dilation() * image.stride(3);
        if (pack) {
            Runs.fill(tile, at, from * channels, 0);
            Runs.fill(tile, at + to * channels, (width.kernel() - to) * channels, 0);
        }
        if (tapStep == channels) {
            long start = element + from * tapStep;
            long run = (to - from) * channels;
            if (pack) {
                Runs.copy(segment, start, 1, tile, at + from * channels, run);
            } else {
                Runs.add(tile, at + from * channels, segment, start, 1, run);
            }
            return;
        }
        for (long j = from; j < to; j++) {
            if (pack) {
                Runs.copy(segment, element + j * tapStep, 1, tile, at + j * channels, channels);
            } else {
                Runs.add(tile, at + j * channels, segment, element + j * tapStep, 1, channels);
            }
        }
    }
}
