package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Tap by tap: under one tap, gw is gyᵀ·x over the positions where the tap is inside the picture.
 * Vectors run along the input channels, the positions of padding are left out, and nothing is
 * copied.
 *
 * <p>A task computes some output channels × some input channels under some taps (all of them,
 * unless the window is huge). It walks the positions in tiles that the second-level cache holds,
 * under all of its taps, and sums in scratch, or in gw itself where the channels lie together.
 */
final class TapWeightGradient implements WeightGradient {
    /** Positions of a tile: as many as make the writing of the sums cheap. */
    private static final long TILE = GatherTable.MOST_TERMS;

    /** Floats of sums in a task's scratch at most: 1 MiB. */
    private static final long MOST_SUMS = 256 << 10;

    /** Below so many tasks work is split further, so that several threads get equal shares. */
    private static final long FEW_TASKS = 4;

    /**
     * Up to so many positions an image the sums are short and writing gw is what takes time: a task
     * then computes whole rows of gw, so that they are written from end to end. For 1024→2048
     * channels on 7×7 pixels that was 80 GFLOP/s instead of 62.
     */
    private static final long FEW_POSITIONS = 100;

    /** Rows of gw in such a task; 6 and 24 were slower by some 10 %. */
    private static final long WHOLE_ROWS = 12;

    /** Panels of input channels in such a task. */
    private static final long MOST_PANELS = 32;

    private final Conv2dGeometry geometry;
    private final GatheredProduct product;
    private final Split outputs;
    private final Split panels;
    private final Split channels;
    private final Split taps;
    private final long workAt;
    private final long scratchBytes;

    TapWeightGradient(Conv2dGeometry geometry, GatheredProduct product) {
        this.geometry = geometry;
        this.product = product;
        long window = geometry.kernelHeight() * geometry.kernelWidth();
        this.panels = Split.of(geometry.inChannelsPerGroup(), GatheredProduct.MOST_COLUMNS, 16);
        boolean wide = geometry.positions() <= FEW_POSITIONS;
        this.channels = Split.of(panels.parts(), wide ? MOST_PANELS : 1, 1);
        long mostColumns = panels.first(channels.most());
        Split rows = Split.of(geometry.outChannelsPerGroup(), wide ? WHOLE_ROWS : 72, 6);
        long mostTaps = Math.clamp(MOST_SUMS / (rows.most() * mostColumns), 1, window);
        boolean few = geometry.groups() * channels.parts() * rows.parts() < FEW_TASKS;
        if (few && isWorthSplitting(geometry)) {
            mostTaps = Math.min(mostTaps, Math.ceilDiv(window, 3));
            rows = Split.of(geometry.outChannelsPerGroup(), window == 1 ? 18 : 36, 6);
        }
        this.outputs = rows;
        this.taps = Split.of(window, mostTaps, 1);
        this.workAt = align(outputs.most() * mostColumns * taps.most() * Float.BYTES);
        this.scratchBytes = workAt + align(product.workFloats(TILE, outputs.most()) * Float.BYTES);
    }

    /** From some 4 million multiplications an image on. */
    private static boolean isWorthSplitting(Conv2dGeometry geometry) {
        return (double) geometry.positions() * geometry.outChannels() * geometry.productsPerOutput()
                > 4e6;
    }

    /** Whether the sums can be written to gw as they come. */
    private static boolean isInPlace(Tensor gw, int columns) {
        return gw.stride(1) == 1 && gw.stride(0) >= columns;
    }

    private static long align(long bytes) {
        return Math.ceilDiv(bytes, 64) * 64;
    }

    @Override
    public long scratchBytes() {
        return scratchBytes;
    }

    @Override
    public long tasks() {
        return geometry.groups() * outputs.parts() * channels.parts() * taps.parts();
    }

    @Override
    public void run(long task, Tensor x, Tensor gy, Tensor gw, MemorySegment scratch) {
        long part = task;
        // tasks that follow each other write to the same pages of a large gw
        long channel = part % channels.parts();
        part /= channels.parts();
        long output = part % outputs.parts();
        part /= outputs.parts();
        long tap = part % taps.parts();
        long group = part / taps.parts();
        GatherTable table = GatherTable.ofThread();
        int rows = (int) outputs.count(output);
        long firstPanel = channels.first(channel);
        long endPanel = firstPanel + channels.count(channel);
        long firstChannel = panels.first(firstPanel);
        int columns = (int) (panels.first(endPanel) - firstChannel);
        long firstOutput = group * geometry.outChannelsPerGroup() + outputs.first(output);
        long gyAt = gy.offset() + firstOutput * gy.stride(1);
        for (int row = 0; row < rows; row++) {
            table.rows[row] = (gyAt + row * gy.stride(1)) * Float.BYTES;
        }
        long xAt =
                x.offset() + (group * geometry.inChannelsPerGroup() + firstChannel) * x.stride(1);
        long gwAt = gw.offset() + firstOutput * gw.stride(0) + firstChannel * gw.stride(1);
        sum(
                table,
                tap,
                firstPanel,
                endPanel,
                x,
                xAt * Float.BYTES,
                gy,
                rows,
                columns,
                gw,
                gwAt,
                scratch);
        if (!isInPlace(gw, columns)) {
            unpack(tap, rows, columns, gw, gwAt, scratch);
        }
    }

    private void sum(
            GatherTable table,
            long part,
            long firstPanel,
            long endPanel,
            Tensor x,
            long xAt,
            Tensor gy,
            int rows,
            int columns,
            Tensor gw,
            long gwAt,
            MemorySegment scratch) {
        boolean inPlace = isInPlace(gw, columns);
        long width = taps.count(part) * columns;
        long positions = x.size(0) * geometry.positions();
        long first = 0;
        do {
            long end = Math.min(first + TILE, positions);
            for (long t = 0; t < taps.count(part); t++) {
                long i = (taps.first(part) + t) / geometry.kernelWidth();
                long j = (taps.first(part) + t) % geometry.kernelWidth();
                int count = table.listPixels(geometry, i, j, first, end, x, gy);
                long at = inPlace ? gwAt + i * gw.stride(2) + j * gw.stride(3) : t * columns;
                for (long panel = firstPanel; panel < endPanel; panel++) {
                    long before = panels.first(panel) - panels.first(firstPanel);
                    product.multiply(
                            table,
                            count,
                            gy.segment(),
                            rows,
                            x.segment(),
                            xAt + before * Float.BYTES,
                            (int) panels.count(panel),
                            inPlace ? gw.segment() : scratch,
                            (at + before) * Float.BYTES,
                            (inPlace ? gw.stride(0) : width) * Float.BYTES,
                            first > 0,
                            scratch,
                            workAt);
                }
            }
            first = end;
        } while (first < positions);
    }

    /** Brings the sums, outputs × taps × channels, to where gw has them. */
    private void unpack(
            long part, int rows, int columns, Tensor gw, long gwAt, MemorySegment scratch) {
        long count = taps.count(part);
        for (long row = 0; row < rows; row++) {
            long from = row * count * columns;
            long to = gwAt + row * gw.stride(0);
            for (long t = 0; t < count; t++) {
                long i = (taps.first(part) + t) / geometry.kernelWidth();
                long j = (taps.first(part) + t) % geometry.kernelWidth();
                long at = to + i * gw.stride(2) + j * gw.stride(3);
                for (int c = 0; c < columns; c++) {
                    Runs.set(
                            gw.segment(),
                            at + c * gw.stride(1),
                            Runs.get(scratch, from + t * columns + c));
                }
            }
        }
    }
}
