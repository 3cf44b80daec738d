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
    private final PatchRuns runs;

    /** The outputs of a row from the first whose window has all its columns in the picture … */
    private final long innerFrom;

    /** … to the first after it whose window has not. */
    private final long innerTo;

    PatchRows(Conv2dGeometry geometry) {
        this(geometry, PatchRuns.best());
    }

    PatchRows(Conv2dGeometry geometry, PatchRuns runs) {
        this.geometry = geometry;
        this.runs = runs;
        Axis width = geometry.width;
        this.innerFrom = width.firstInside(0);
        this.innerTo = Math.max(innerFrom, width.endInside(width.kernel() - 1));
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
        long width = geometry.outWidth();
        for (long done = 0; done < count; ) {
            long n = (first + done) / geometry.positions();
            long p = (first + done) % geometry.positions() / width;
            long q = (first + done) % width;
            long end = Math.min(width, q + count - done);
            long image = x.offset() + n * x.stride(0) + firstChannel;
            packRow(x, image, p, q, end, tile, offset + done * geometry.productsPerOutput());
            done += end - q;
        }
    }

    /** The patches under outputs {@code from} to {@code to} of output row {@code p}. */
    private void packRow(
            Tensor x, long image, long p, long from, long to, MemorySegment tile, long at) {
        Axis width = geometry.width;
        long channels = geometry.inChannelsPerGroup();
        long products = geometry.productsPerOutput();
        long windowRow = width.kernel() * channels;
        long tapStep = width.dilation() * x.stride(3);
        long outputStep = width.stride() * x.stride(3);
        long inner = Math.clamp(innerFrom, from, to);
        long outer = Math.clamp(innerTo, inner, to);
        for (long i = 0; i < geometry.kernelHeight(); i++) {
            long y = geometry.height.at(p, i);
            long row = at + i * windowRow;
            if (y < 0 || y >= geometry.inHeight()) {
                for (long q = from; q < to; q++) {
                    Runs.fill(tile, row + (q - from) * products, windowRow, 0);
                }
                continue;
            }
            long element = image + y * x.stride(2);
            for (long q = from; q < inner; q++) {
                packWindowRow(x, element, q, tile, row + (q - from) * products);
            }
            long source = element + width.at(inner, 0) * x.stride(3);
            long target = row + (inner - from) * products;
            long count = outer - inner;
            if (tapStep == channels) {
                runs.copy(
                        x.segment(), source, outputStep, tile, target, products, count, windowRow);
            } else {
                for (long j = 0; j < width.kernel(); j++) {
                    runs.copy(
                            x.segment(),
                            source + j * tapStep,
                            outputStep,
                            tile,
                            target + j * channels,
                            products,
                            count,
                            channels);
                }
            }
            for (long q = outer; q < to; q++) {
                packWindowRow(x, element, q, tile, row + (q - from) * products);
            }
        }
    }

    /** One row of a window that reaches over the picture's sides. */
    private void packWindowRow(Tensor x, long element, long q, MemorySegment tile, long at) {
        Axis width = geometry.width;
        long channels = geometry.inChannelsPerGroup();
        for (long j = 0; j < width.kernel(); j++) {
            long column = width.at(q, j);
            if (column >= 0 && column < width.input()) {
                long source = element + column * x.stride(3);
                Runs.copy(x.segment(), source, 1, tile, at + j * channels, channels);
            } else {
                Runs.fill(tile, at + j * channels, channels, 0);
            }
        }
    }

    @Override
    public void addTo(
            Tensor gx, long firstChannel, long first, long count, MemorySegment tile, long offset) {
        walk(gx, firstChannel, first, count, tile, offset);
    }

    private void walk(
            Tensor gx, long firstChannel, long first, long count, MemorySegment tile, long offset) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long channels = geometry.inChannelsPerGroup();
        long windowRow = width.kernel() * channels;
        long at = offset;
        for (long position = first; position < first + count; position++) {
            long n = position / geometry.positions();
            long p = position % geometry.positions() / width.output();
            long q = position % width.output();
            long left = width.at(q, 0);
            long from = Math.clamp(Math.ceilDiv(-left, width.dilation()), 0, width.kernel());
            long to =
                    Math.clamp(
                            Math.ceilDiv(width.input() - left, width.dilation()),
                            from,
                            width.kernel());
            long base = gx.offset() + n * gx.stride(0) + firstChannel;
            for (long i = 0; i < height.kernel(); i++) {
                long y = height.at(p, i);
                if (y >= 0 && y < height.input()) {
                    long element = base + y * gx.stride(2) + left * gx.stride(3);
                    addWindowRow(gx, element, from, to, tile, at);
                }
                at += windowRow;
            }
        }
    }

    /** Taps {@code from} to {@code to} lie inside; {@code element} is where tap 0 would be. */
    private void addWindowRow(
            Tensor gx, long element, long from, long to, MemorySegment tile, long at) {
        long channels = geometry.inChannelsPerGroup();
        long tapStep = geometry.dilationWidth() * gx.stride(3);
        if (tapStep == channels) {
            long start = element + from * tapStep;
            Runs.add(tile, at + from * channels, gx.segment(), start, 1, (to - from) * channels);
            return;
        }
        for (long j = from; j < to; j++) {
            long start = element + j * tapStep;
            Runs.add(tile, at + j * channels, gx.segment(), start, 1, channels);
        }
    }
}
