package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/**
 * {@link Algorithm#IM2COL} and {@link Algorithm#POINTWISE}, prepared: rows of patches times packed
 * weights, a tile of output positions at a time. Positions count over the whole batch, so small
 * pictures share a tile. POINTWISE reads the pixels where they lie; IM2COL copies a tile's patches
 * to scratch and never builds the whole matrix.
 *
 * <p>A task is a tile; where threads share few of them, smaller ones, or a tile and some of the
 * output channels.
 */
final class TiledGemm implements PreparedAlgorithm {
    /** Floats of patches in a tile: half of a second-level cache of 1 MiB. */
    private static final long TILE_FLOATS = 128 << 10;

    /** Positions that a tile has all the same: with fewer the weights are read too often. */
    private static final long LEAST_POSITIONS = 56;

    /**
     * Measured, 64 to 256 channels of 56×56, GFLOP/s with 56, 168, 336, 392: 95, 103, 102, 100; a
     * multiple of 6, 7 and 8, the rows of the products' blocks.
     */
    private static final long MOST_POSITIONS = 336;

    /**
     * Cut for so many threads, whoever computes, where a sum's bits depend on how it is cut: they
     * are not to depend on the number of threads.
     */
    private static final int ANY_THREADS = 4;

    /** Copying a patch costs as much as multiplying it by so many columns. */
    private static final long COPYING = 16;

    private static final long NONE = -1;

    /** The output channels of one group. */
    private record Block(PackedGemm gemm, Epilogue epilogue, long firstInput, long firstOutput) {}

    private final Conv2dGeometry geometry;
    private final boolean pointwise;
    private final PatchTile patches;
    private final long tilePositions;
    private final Block[] blocks;
    private final GemmCuts cuts;

    /**
     * Packs the weights.
     *
     * @param geometry the batch it names is the one to expect
     * @param weight O×C/groups×kernelHeight×kernelWidth, any strides; not kept
     * @param bias O, or null; not kept
     */
    TiledGemm(
            Conv2dGeometry geometry,
            Tensor weight,
            @Nullable Tensor bias,
            Activation activation,
            Blas blas,
            SegmentAllocator allocator) {
        this.geometry = geometry;
        this.pointwise = geometry.isPointwise();
        this.patches = new PatchRows(geometry);
        this.tilePositions = tilePositions(geometry);
        this.blocks = new Block[Math.toIntExact(geometry.groups())];

        long depth = geometry.productsPerOutput();
        long outputs = geometry.outChannelsPerGroup();
        long batch = Math.max(1, geometry.batch());
        long rows = Math.min(tilePositions, batch * geometry.positions());
        try (Arena temporary = Arena.ofConfined()) {
            Tensor filters = weight.contiguous(temporary, MemoryFormat.CHANNELS_LAST);
            for (int group = 0; group < blocks.length; group++) {
                long first = group * outputs;
                PackedGemm gemm =
                        PackedGemm.pack(
                                rows,
                                depth,
                                outputs,
                                filters.segment(),
                                filters.offset() + first * depth,
                                1,
                                depth,
                                blas,
                                allocator);
                Epilogue epilogue = new Epilogue(bias, first, outputs, activation, allocator);
                long firstInput = group * geometry.inChannelsPerGroup();
                blocks[group] = new Block(gemm, epilogue, firstInput, first);
            }
        }
        boolean anyThreads = blocks[0].gemm.isRoundedByNeighbours();
        this.cuts = new GemmCuts(new Positions(), anyThreads ? ANY_THREADS : 0);
    }

    /** Rows are positions; panels are those of all groups, one group after the other. */
    private final class Positions implements GemmCut.Product {
        private final int groupPanels = blocks[0].gemm.panels();

        @Override
        public long rows(long batch) {
            return batch * geometry.positions();
        }

        @Override
        public long mostRows() {
            return tilePositions;
        }

        @Override
        public long blockRows() {
            return blocks[0].gemm.blockRows();
        }

        @Override
        public int panels() {
            return Math.multiplyExact(blocks.length, groupPanels);
        }

        @Override
        public long columns(int fromPanel, int toPanel) {
            return column(toPanel) - column(fromPanel);
        }

        private long column(int panel) {
            long before = panel / groupPanels * geometry.outChannelsPerGroup();
            return before + blocks[0].gemm.firstColumn(panel % groupPanels);
        }

        @Override
        public double rowFlops() {
            return 2.0 * geometry.productsPerOutput() * geometry.outChannels();
        }

        @Override
        public long overhead() {
            return pointwise ? 0 : COPYING;
        }
    }

    private static long tilePositions(Conv2dGeometry geometry) {
        long most = TILE_FLOATS / geometry.productsPerOutput();
        return Math.clamp(
                most / LEAST_POSITIONS * LEAST_POSITIONS, LEAST_POSITIONS, MOST_POSITIONS);
    }

    @Override
    public Algorithm algorithm() {
        return pointwise ? Algorithm.POINTWISE : Algorithm.IM2COL;
    }

    @Override
    public long scratchBytes() {
        return tilePositions * geometry.productsPerOutput() * Float.BYTES;
    }

    @Override
    public long tasks(long batch, int threads) {
        return cuts.of(batch, threads).tasks(batch * geometry.positions());
    }

    @Override
    public void run(
            long task,
            int threads,
            Tensor x,
            @Nullable Tensor residual,
            Tensor y,
            MemorySegment scratch) {
        long batch = y.size(0);
        GemmCut cut = cuts.of(batch, threads);
        long first = cut.firstRow(task);
        long count = Math.min(cut.rows(), batch * geometry.positions() - first);
        int panels = blocks[0].gemm.panels();
        int from = cut.fromPanel(task, panels * blocks.length);
        int to = cut.toPanel(task, panels * blocks.length);
        long pitch = pointwise ? pixelPitch(x) : NONE;
        for (int group = from / panels; group * panels < to; group++) {
            Block block = blocks[group];
            int fromPanel = Math.max(0, from - group * panels);
            int toPanel = Math.min(panels, to - group * panels);
            if (pitch != NONE) {
                long at = x.offset() + block.firstInput + first * pitch;
                multiply(
                        block,
                        fromPanel,
                        toPanel,
                        first,
                        count,
                        x.segment(),
                        at,
                        pitch,
                        residual,
                        y);
            } else {
                patches.pack(x, block.firstInput, first, count, scratch, 0);
                long depth = geometry.productsPerOutput();
                multiply(block, fromPanel, toPanel, first, count, scratch, 0, depth, residual, y);
            }
        }
    }

    /** All positions at once if y lies as one matrix, row by row of the picture if not. */
    private void multiply(
            Block block,
            int fromPanel,
            int toPanel,
            long first,
            long count,
            MemorySegment a,
            long aAt,
            long lda,
            @Nullable Tensor residual,
            Tensor y) {
        long pitch = pixelPitch(y);
        long residualPitch = residual == null ? 0 : pixelPitch(residual);
        if (pitch != NONE && residualPitch != NONE) {
            block.gemm.multiply(
                    fromPanel,
                    toPanel,
                    count,
                    a,
                    aAt,
                    lda,
                    y.segment(),
                    y.offset() + block.firstOutput + first * pitch,
                    pitch,
                    block.epilogue,
                    residual == null ? null : residual.segment(),
                    residual == null
                            ? 0
                            : residual.offset() + block.firstOutput + first * residualPitch,
                    residualPitch);
            return;
        }
        long width = geometry.outWidth();
        for (long done = 0; done < count; ) {
            long n = (first + done) / geometry.positions();
            long p = (first + done) % geometry.positions() / width;
            long q = (first + done) % width;
            long run = Math.min(width - q, count - done);
            block.gemm.multiply(
                    fromPanel,
                    toPanel,
                    run,
                    a,
                    aAt + done * lda,
                    lda,
                    y.segment(),
                    at(y, n, p, q) + block.firstOutput,
                    rowPitch(y),
                    block.epilogue,
                    residual == null ? null : residual.segment(),
                    residual == null ? 0 : at(residual, n, p, q) + block.firstOutput,
                    residual == null ? 0 : rowPitch(residual));
            done += run;
        }
    }

    private static long at(Tensor t, long n, long p, long q) {
        return t.offset() + n * t.stride(0) + p * t.stride(2) + q * t.stride(3);
    }

    /** Floats from pixel to pixel of a row; where there is but one, a number that BLAS takes. */
    private static long rowPitch(Tensor t) {
        return t.size(3) == 1 ? t.size(1) : t.stride(3);
    }

    /** Floats from pixel to pixel of the whole batch if it is always the same; NONE if not. */
    private static long pixelPitch(Tensor t) {
        long height = t.size(2);
        long width = t.size(3);
        long pixels = height * width;
        if (pixels == 1 && t.size(0) <= 1) {
            return t.size(1);
        }
        long pitch = width > 1 ? t.stride(3) : height > 1 ? t.stride(2) : t.stride(0);
        boolean rowsFollow = height == 1 || width == 1 || t.stride(2) == width * pitch;
        boolean imagesFollow = t.size(0) <= 1 || pixels == 1 || t.stride(0) == pixels * pitch;
        return rowsFollow && imagesFollow ? pitch : NONE;
    }
}
