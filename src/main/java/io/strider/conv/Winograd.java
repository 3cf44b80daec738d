package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/**
 * 3×3 windows at stride 1 by minimal filtering (Lavin and Gray, <i>Fast Algorithms for
 * Convolutional Neural Networks</i>, 2016, section 4.1 and algorithm 1): tiles of the input are
 * transformed, each of their 16 or 36 positions is one matrix product over the channels, tiles ×
 * channels times channels × outputs, and the products are transformed back. Tiles are counted
 * through rows and images alike, so that small pictures share a product.
 *
 * <p>Any padding and any numbers of channels up to {@link WinogradBlocking#MOST_CHANNELS}; one
 * group. The weights are transformed in double precision and rounded once.
 *
 * <p>Its errors are those of its tile: with M = |Aᵀ| [ (|G||g||Gᵀ|) ⊙ (|Bᵀ||d||B|) ] |A| summed
 * over the C channels, |diff| ≤ γ<sub>C + 24</sub>·M whatever the operands (a rounding for the
 * weights, at most twice five operations each way, C for the sums and two for bias and residual). M
 * takes in what the whole tile holds: a sum that is small beside its neighbours' may have an error
 * that is large beside it. For values of one scale the error stays below 8 · 16 · u·Σ|a||b|. An
 * infinite or NaN input makes NaN of its whole tile. Sums of small integers are not exact with
 * {@link WinogradTile#F4}.
 */
final class Winograd implements PreparedAlgorithm {
    /**
     * Cut for so many threads, whoever computes, where a sum's bits depend on how it is cut: they
     * are not to depend on the number of threads.
     */
    private static final int ANY_THREADS = 4;

    /** Transforming a tile of inputs costs as much as multiplying it by so many columns. */
    private static final long TRANSFORMING = 16;

    private final WinogradTile tile;
    private final Conv2dGeometry geometry;
    private final WinogradBlocking blocking;
    private final WinogradTransforms transforms;
    private final Epilogue epilogue;
    private final Epilogue none;

    /** One position of one group of outputs each, groups outermost. */
    private final PackedGemm[] weights;

    /** Enough for a row of a tile of inputs and for a pixel's group of outputs. */
    private final MemorySegment zeros;

    private final long tileRows;
    private final long tileColumns;
    private final GemmCuts cuts;

    private Winograd(
            WinogradTile tile,
            Conv2dGeometry geometry,
            WinogradTransforms transforms,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            Blas blas,
            SegmentAllocator allocator) {
        this.tile = tile;
        this.geometry = geometry;
        this.transforms = transforms;
        this.blocking = WinogradBlocking.of(tile, geometry.inChannels(), geometry.outChannels());
        this.tileRows = Math.ceilDiv(geometry.outHeight(), tile.outputs());
        this.tileColumns = Math.ceilDiv(geometry.outWidth(), tile.outputs());
        this.epilogue = new Epilogue(bias, 0, geometry.outChannels(), activation, allocator);
        this.none = Epilogue.none(allocator, blocking.group());
        this.weights = WinogradWeights.pack(blocking, weight, blas, allocator);
        long floats = Math.max(tile.inputs() * blocking.inPitch(), blocking.outPitch());
        this.zeros = allocator.allocate(floats * Float.BYTES, 64).fill((byte) 0);
        boolean anyThreads = weights[0].isRoundedByNeighbours();
        this.cuts = new GemmCuts(new Tiles(), anyThreads ? ANY_THREADS : 0);
    }

    /** Rows are tiles; panels are groups of output channels. */
    private final class Tiles implements GemmCut.Product {
        @Override
        public long rows(long batch) {
            return tiles(batch);
        }

        @Override
        public long mostRows() {
            return blocking.tiles();
        }

        @Override
        public long blockRows() {
            return weights[0].blockRows();
        }

        @Override
        public int panels() {
            return blocking.groups();
        }

        @Override
        public long columns(int fromPanel, int toPanel) {
            return Math.min(geometry.outChannels(), blocking.first(toPanel))
                    - blocking.first(fromPanel);
        }

        @Override
        public double rowFlops() {
            return 2.0 * tile.positions() * geometry.inChannels() * geometry.outChannels();
        }

        @Override
        public long overhead() {
            return TRANSFORMING;
        }
    }

    /** Whether {@link #prepare} takes {@code geometry}; its batch does not matter. */
    static boolean supports(Conv2dGeometry geometry) {
        return geometry.kernelHeight() == 3
                && geometry.kernelWidth() == 3
                && geometry.strideHeight() == 1
                && geometry.strideWidth() == 1
                && geometry.dilationHeight() == 1
                && geometry.dilationWidth() == 1
                && geometry.groups() == 1
                && geometry.inChannels() <= WinogradBlocking.MOST_CHANNELS
                && geometry.fitsGemm();
    }

    /**
     * Transforms and packs the weights.
     *
     * @param geometry one that {@link #supports}; runs may have another batch
     * @param weight O×C×3×3, any strides; not kept
     * @param bias O, or null for none; not kept
     * @param allocator gives memory that must live as long as what is returned is used
     */
    static Winograd prepare(
            WinogradTile tile,
            Conv2dGeometry geometry,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            Blas blas,
            SegmentAllocator allocator) {
        return prepare(
                tile,
                geometry,
                WinogradTransforms.of(tile),
                weight,
                bias,
                activation,
                blas,
                allocator);
    }

    /** The same with given transforms. */
    static Winograd prepare(
            WinogradTile tile,
            Conv2dGeometry geometry,
            WinogradTransforms transforms,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            Blas blas,
            SegmentAllocator allocator) {
        return new Winograd(tile, geometry, transforms, weight, bias, activation, blas, allocator);
    }

    @Override
    public Algorithm algorithm() {
        return Algorithm.WINOGRAD;
    }

    @Override
    public long scratchBytes() {
        return blocking.scratch() * Float.BYTES;
    }

    private long tiles(long batch) {
        return batch * tileRows * tileColumns;
    }

    @Override
    public long tasks(long batch, int threads) {
        return cuts.of(batch, threads).tasks(tiles(batch));
    }

    @Override
    public void run(
            long task,
            int threads,
            Tensor x,
            @Nullable Tensor residual,
            Tensor y,
            MemorySegment scratch) {
        long batch = x.size(0);
        GemmCut cut = cuts.of(batch, threads);
        long from = cut.firstRow(task);
        int count = (int) Math.min(cut.rows(), tiles(batch) - from);
        transformInputs(x, from, count, scratch);
        int firstGroup = cut.fromPanel(task, blocking.groups());
        int endGroup = cut.toPanel(task, blocking.groups());
        for (int group = firstGroup; group < endGroup; group++) {
            multiply(group, count, scratch);
            transformOutputs(group, from, count, residual, y, scratch);
        }
    }

    /** V of {@code count} tiles from {@code first} on. */
    private void transformInputs(Tensor x, long first, int count, MemorySegment scratch) {
        int channels = (int) geometry.inChannels();
        boolean wholeVectors = channels % transforms.lanes() == 0;
        int size = tile.inputs();
        long pitch = blocking.inPitch();
        long rowStep = x.stride(2);
        long pixelStep = x.stride(3);
        for (int t = 0; t < count; t++) {
            long image = (first + t) / (tileRows * tileColumns);
            long inImage = (first + t) % (tileRows * tileColumns);
            long row = inImage / tileColumns * tile.outputs() - geometry.height.before();
            long column = inImage % tileColumns * tile.outputs() - geometry.width.before();
            long at = x.offset() + image * x.stride(0) + row * rowStep + column * pixelStep;
            long to = blocking.inputsAt() + t * pitch;
            boolean inside =
                    row >= 0
                            && column >= 0
                            && row + size <= geometry.inHeight()
                            && column + size <= geometry.inWidth();
            if (inside && wholeVectors) {
                transforms.input(
                        x.segment(),
                        at,
                        rowStep,
                        pixelStep,
                        channels,
                        scratch,
                        to,
                        blocking.inStep(),
                        scratch,
                        0);
            } else {
                gather(x, at, row, column, scratch);
                transforms.input(
                        scratch,
                        blocking.inTileAt(),
                        size * pitch,
                        pitch,
                        (int) pitch,
                        scratch,
                        to,
                        blocking.inStep(),
                        scratch,
                        0);
            }
        }
    }

    /** Copies a tile of inputs that the edge cuts, or whose channels do, with zeros around it. */
    private void gather(Tensor x, long at, long row, long column, MemorySegment scratch) {
        int size = tile.inputs();
        long channels = geometry.inChannels();
        long pitch = blocking.inPitch();
        int firstRow = Math.clamp(-row, 0, size);
        int endRow = Math.clamp(geometry.inHeight() - row, firstRow, size);
        int firstColumn = Math.clamp(-column, 0, size);
        int endColumn = Math.clamp(geometry.inWidth() - column, firstColumn, size);
        long pixelStep = x.stride(3);
        boolean dense = pixelStep == channels && pitch == channels;
        for (int i = 0; i < size; i++) {
            long to = blocking.inTileAt() + (long) i * size * pitch;
            if (i < firstRow || i >= endRow) {
                clear(scratch, to, size * pitch);
                continue;
            }
            clear(scratch, to, firstColumn * pitch);
            clear(scratch, to + endColumn * pitch, (size - endColumn) * pitch);
            long from = at + i * x.stride(2);
            if (dense) {
                long n = (endColumn - firstColumn) * pitch;
                long start = from + firstColumn * pitch;
                Runs.copy(x.segment(), start, 1, scratch, to + firstColumn * pitch, n);
                continue;
            }
            for (int j = firstColumn; j < endColumn; j++) {
                long pixel = to + j * pitch;
                Runs.copy(x.segment(), from + j * pixelStep, 1, scratch, pixel, channels);
                clear(scratch, pixel + channels, pitch - channels);
            }
        }
    }

    private void clear(MemorySegment scratch, long at, long floats) {
        if (floats > 0) {
            Runs.copy(zeros, 0, 1, scratch, at, floats);
        }
    }

    /** M of one group: a product a position. */
    private void multiply(int group, int count, MemorySegment scratch) {
        int positions = tile.positions();
        for (int position = 0; position < positions; position++) {
            weights[group * positions + position].multiply(
                    count,
                    scratch,
                    blocking.inputsAt() + position * blocking.inStep(),
                    blocking.inPitch(),
                    scratch,
                    blocking.productsAt() + position * blocking.outStep(),
                    blocking.outPitch(),
                    none,
                    null,
                    0,
                    0);
        }
    }

    /** The group's channels of y of {@code count} tiles from {@code first} on. */
    private void transformOutputs(
            int group,
            long first,
            int count,
            @Nullable Tensor residual,
            Tensor y,
            MemorySegment scratch) {
        long channel = blocking.first(group);
        long channels = blocking.count(group);
        boolean wholeVectors = channels % transforms.lanes() == 0;
        int size = tile.outputs();
        long pitch = blocking.outPitch();
        for (int t = 0; t < count; t++) {
            long image = (first + t) / (tileRows * tileColumns);
            long inImage = (first + t) % (tileRows * tileColumns);
            long row = inImage / tileColumns * size;
            long column = inImage % tileColumns * size;
            int rows = (int) Math.min(size, geometry.outHeight() - row);
            int columns = (int) Math.min(size, geometry.outWidth() - column);
            long at = at(y, image, channel, row, column);
            long from = blocking.productsAt() + t * pitch;
            MemorySegment added = zeros;
            long addedAt = 0;
            long addedRow = 0;
            long addedPixel = 0;
            boolean direct = wholeVectors && rows == size && columns == size;
            if (residual != null) {
                added = residual.segment();
                addedAt = at(residual, image, channel, row, column);
                addedRow = residual.stride(2);
                addedPixel = residual.stride(3);
            }
            if (direct) {
                transforms.output(
                        scratch,
                        from,
                        blocking.outStep(),
                        (int) channels,
                        epilogue,
                        channel,
                        added,
                        addedAt,
                        addedRow,
                        addedPixel,
                        y.segment(),
                        at,
                        y.stride(2),
                        y.stride(3),
                        scratch,
                        0);
            } else {
                long tileRow = size * pitch;
                if (residual != null) {
                    long copyAt = blocking.residualTileAt();
                    copy(
                            added,
                            addedAt,
                            addedRow,
                            addedPixel,
                            scratch,
                            copyAt,
                            tileRow,
                            pitch,
                            rows,
                            columns,
                            channels);
                    added = scratch;
                    addedAt = copyAt;
                    addedRow = tileRow;
                    addedPixel = pitch;
                }
                transforms.output(
                        scratch,
                        from,
                        blocking.outStep(),
                        (int) WinogradBlocking.pitch(channels),
                        epilogue,
                        channel,
                        added,
                        addedAt,
                        addedRow,
                        addedPixel,
                        scratch,
                        blocking.outTileAt(),
                        tileRow,
                        pitch,
                        scratch,
                        0);
                copy(
                        scratch,
                        blocking.outTileAt(),
                        tileRow,
                        pitch,
                        y.segment(),
                        at,
                        y.stride(2),
                        y.stride(3),
                        rows,
                        columns,
                        channels);
            }
            for (int i = 0; i < rows; i++) {
                epilogue.finish(y.segment(), at + i * y.stride(2), y.stride(3), columns, channels);
            }
        }
    }

    private static long at(Tensor tensor, long image, long channel, long row, long column) {
        return tensor.offset()
                + image * tensor.stride(0)
                + channel * tensor.stride(1)
                + row * tensor.stride(2)
                + column * tensor.stride(3);
    }

    private static void copy(
            MemorySegment from,
            long fromAt,
            long fromRow,
            long fromPixel,
            MemorySegment to,
            long toAt,
            long toRow,
            long toPixel,
            int rows,
            int columns,
            long channels) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                long source = fromAt + i * fromRow + j * fromPixel;
                Runs.copy(from, source, 1, to, toAt + i * toRow + j * toPixel, channels);
            }
        }
    }
}
