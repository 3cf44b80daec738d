package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import org.jspecify.annotations.Nullable;

/**
 * {@link Algorithm#IM2COL} and {@link Algorithm#POINTWISE}, prepared: rows of patches times packed
 * weights, a tile of output positions at a time. Positions count over the whole batch, so small
 * pictures share a tile. POINTWISE reads the pixels where they lie; IM2COL copies a tile's patches
 * to scratch and never builds the whole matrix.
 *
 * <p>A task is a tile; where a picture has few of them, a tile and some of the output channels.
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

    /** Tiles of an image from which on its channels need not be split as well. */
    private static final long ENOUGH_TILES = 8;

    /** Work of a task below which its hand-over to a thread would show: some 100 µs. */
    private static final double TASK_FLOPS = 10e6;

    /** Channels of a block at least: copying its patches again must not show either. */
    private static final long LEAST_CHANNELS = 192;

    private static final long NONE = -1;

    /** Some output channels of one group. */
    private record Block(
            PackedGemm gemm, Epilogue epilogue, long group, long firstInput, long firstOutput) {}

    private final Conv2dGeometry geometry;
    private final boolean pointwise;
    private final PatchTile patches;
    private final long tilePositions;
    private final Block[] blocks;

    /** Tasks of a tile, each with its share of the blocks. */
    private final int splits;

    /**
     * Packs the weights.
     *
     * @param geometry the batch it names is the one to expect
     * @param filters O×C/groups×kernelHeight×kernelWidth; not kept
     * @param bias O, or null; not kept
     */
    TiledGemm(
            Conv2dGeometry geometry,
            Filters filters,
            @Nullable Tensor bias,
            Activation activation,
            Blas blas,
            SegmentAllocator allocator) {
        this.geometry = geometry;
        this.pointwise = geometry.isPointwise();
        this.patches = new PatchRows(geometry);
        this.tilePositions = tilePositions(geometry);
        int groups = Math.toIntExact(geometry.groups());
        boolean fewTiles = Math.ceilDiv(geometry.positions(), tilePositions) < ENOUGH_TILES;
        int parts = fewTiles ? parts(geometry, tilePositions) : 1;
        this.blocks = new Block[Math.multiplyExact(groups, parts)];
        this.splits = fewTiles ? Math.min(blocks.length, 16) : 1;

        long depth = geometry.productsPerOutput();
        long outputs = geometry.outChannelsPerGroup();
        long batch = Math.max(1, geometry.batch());
        long rows = Math.min(tilePositions, batch * geometry.positions());
        for (int i = 0; i < blocks.length; i++) {
            long group = i / parts;
            long first = group * outputs + part(outputs, i % parts, parts);
            long end = group * outputs + part(outputs, i % parts + 1, parts);
            PackedGemm gemm = PackedGemm.empty(rows, depth, end - first, blas, allocator);
            filters.fill(gemm, first);
            Epilogue epilogue = new Epilogue(bias, first, end - first, activation, allocator);
            long firstInput = group * geometry.inChannelsPerGroup();
            blocks[i] = new Block(gemm, epilogue, group, firstInput, first);
        }
    }

    private static long tilePositions(Conv2dGeometry geometry) {
        long most = TILE_FLOATS / geometry.productsPerOutput();
        return Math.clamp(
                most / LEAST_POSITIONS * LEAST_POSITIONS, LEAST_POSITIONS, MOST_POSITIONS);
    }

    /** How often to cut the output channels of a group. */
    private static int parts(Conv2dGeometry geometry, long tilePositions) {
        long positions = Math.min(tilePositions, geometry.positions());
        double flops =
                2.0 * positions * geometry.productsPerOutput() * geometry.outChannelsPerGroup();
        long most = Math.max(1, geometry.outChannelsPerGroup() / LEAST_CHANNELS);
        return (int) Math.clamp((long) (flops / TASK_FLOPS), 1, Math.min(most, 16));
    }

    /** The first channel of a part, a multiple of the longest panel. */
    private static long part(long channels, int part, int parts) {
        long panels = Math.ceilDiv(channels, 64);
        return Math.min(channels, panels * part / parts * 64);
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
    public long tasks(long batch) {
        return Math.ceilDiv(batch * geometry.positions(), tilePositions) * splits;
    }

    @Override
    public void run(
            long task, Tensor x, @Nullable Tensor residual, Tensor y, MemorySegment scratch) {
        long first = task / splits * tilePositions;
        long count = Math.min(tilePositions, y.size(0) * geometry.positions() - first);
        int split = (int) (task % splits);
        long pitch = pointwise ? pixelPitch(x) : NONE;
        long depth = geometry.productsPerOutput();
        long packedGroup = NONE;
        for (int i = blocks.length * split / splits;
                i < blocks.length * (split + 1) / splits;
                i++) {
            Block block = blocks[i];
            if (pitch != NONE) {
                long at = x.offset() + block.firstInput + first * pitch;
                multiply(block, first, count, x.segment(), at, pitch, residual, y);
                continue;
            }
            if (block.group != packedGroup) {
                patches.pack(x, block.firstInput, first, count, scratch, 0);
                packedGroup = block.group;
            }
            multiply(block, first, count, scratch, 0, depth, residual, y);
        }
    }

    /** All positions at once if y lies as one matrix, row by row of the picture if not. */
    private void multiply(
            Block block,
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
