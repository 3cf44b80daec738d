package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * {@link Algorithm#IM2COL} and {@link Algorithm#POINTWISE}: the three products as GEMMs over tiles
 * of output positions. With W the weights as outputs × products, P a tile's patches as products ×
 * positions and Y its outputs as outputs × positions:
 *
 * <pre>
 *   forward   Y  = W·P + bias
 *   input     P' = Wᵀ·Y',   added to the input's gradient by col2im
 *   weights   W' = Σ over tiles of Y'·Pᵀ
 * </pre>
 *
 * <p>Scratch is leased from the pool for the length of a call; nothing else is allocated.
 */
final class GemmKernels implements Kernels {
    private final Conv2dGeometry geometry;
    private final GemmTiling tiling;
    private final Blas blas;
    private final ScratchPool pool;
    private final MatrixLayout weightsTransposed;
    private final MatrixLayout patchesTransposed;

    GemmKernels(Conv2dGeometry geometry, GemmTiling tiling, Blas blas, ScratchPool pool) {
        this.geometry = geometry;
        this.tiling = tiling;
        this.blas = blas;
        this.pool = pool;
        this.weightsTransposed = tiling.weights.transpose();
        this.patchesTransposed = tiling.patches.transpose();
    }

    @Override
    public void forward(Tensor x, Tensor w, @Nullable Tensor bias, Tensor y) {
        try (ScratchPool.Slot slot = pool.lease(tiling.scratchBytes)) {
            MemorySegment scratch = slot.memory();
            MemorySegment weights = tiling.weightsInPlace ? w.segment() : scratch;
            MemorySegment patches = tiling.imageInPlace ? x.segment() : scratch;
            MemorySegment outputs = tiling.outputsInPlace ? y.segment() : scratch;
            if (!tiling.outputsInPlace) {
                y.fill(0); // tiles are added
            }
            for (long group = 0; group < geometry.groups(); group++) {
                long weightsAt = readWeights(w, group, scratch);
                long count;
                for (long first = 0; first < tiling.positions; first += count) {
                    count = tiling.count(first);
                    long patchesAt = readPatches(x, group, first, count, scratch);
                    long outputsAt = outputsAt(y, group, first);
                    if (bias != null) {
                        fillRows(outputs, outputsAt, count, bias, group);
                    }
                    multiply(
                            geometry.outChannelsPerGroup(),
                            count,
                            geometry.productsPerOutput(),
                            weights,
                            weightsAt,
                            tiling.weights,
                            patches,
                            patchesAt,
                            tiling.patches,
                            bias == null ? 0 : 1,
                            outputs,
                            outputsAt,
                            tiling.outputs);
                    if (!tiling.outputsInPlace) {
                        tiling.outputTile.addTo(
                                y, firstOutput(group), first, count, scratch, outputsAt);
                    }
                }
            }
        }
    }

    @Override
    public void backwardInput(Tensor w, Tensor gy, Tensor gx) {
        try (ScratchPool.Slot slot = pool.lease(tiling.scratchBytes)) {
            MemorySegment scratch = slot.memory();
            MemorySegment weights = tiling.weightsInPlace ? w.segment() : scratch;
            MemorySegment patches = tiling.imageInPlace ? gx.segment() : scratch;
            MemorySegment outputs = tiling.outputsInPlace ? gy.segment() : scratch;
            if (!tiling.imageInPlace) {
                gx.fill(0); // tiles are added
            }
            for (long group = 0; group < geometry.groups(); group++) {
                long weightsAt = readWeights(w, group, scratch);
                long count;
                for (long first = 0; first < tiling.positions; first += count) {
                    count = tiling.count(first);
                    long outputsAt = readOutputs(gy, group, first, count, scratch);
                    long patchesAt = patchesAt(gx, group, first);
                    multiply(
                            geometry.productsPerOutput(),
                            count,
                            geometry.outChannelsPerGroup(),
                            weights,
                            weightsAt,
                            weightsTransposed,
                            outputs,
                            outputsAt,
                            tiling.outputs,
                            0,
                            patches,
                            patchesAt,
                            tiling.patches);
                    if (!tiling.imageInPlace) {
                        tiling.patchTile.addTo(
                                gx, firstInput(group), first, count, scratch, patchesAt);
                    }
                }
            }
        }
    }

    @Override
    public void backwardWeight(Tensor x, Tensor gy, Tensor gw) {
        if (tiling.positions == 0) {
            gw.fill(0); // the empty sum
            return;
        }
        try (ScratchPool.Slot slot = pool.lease(tiling.scratchBytes)) {
            MemorySegment scratch = slot.memory();
            MemorySegment weights = tiling.weightsInPlace ? gw.segment() : scratch;
            MemorySegment patches = tiling.imageInPlace ? x.segment() : scratch;
            MemorySegment outputs = tiling.outputsInPlace ? gy.segment() : scratch;
            for (long group = 0; group < geometry.groups(); group++) {
                long weightsAt = weightsAt(gw, group);
                long count;
                for (long first = 0; first < tiling.positions; first += count) {
                    count = tiling.count(first);
                    long outputsAt = readOutputs(gy, group, first, count, scratch);
                    long patchesAt = readPatches(x, group, first, count, scratch);
                    multiply(
                            geometry.outChannelsPerGroup(),
                            geometry.productsPerOutput(),
                            count,
                            outputs,
                            outputsAt,
                            tiling.outputs,
                            patches,
                            patchesAt,
                            patchesTransposed,
                            first == 0 ? 0 : 1,
                            weights,
                            weightsAt,
                            tiling.weights);
                }
                if (!tiling.weightsInPlace) {
                    PackedWeights.unpack(
                            geometry, tiling.patchTile.order(), scratch, weightsAt, gw, group);
                }
            }
        }
    }

    /** c (m×n) = a (m×k) · b (k×n) + beta·c. */
    private void multiply(
            long m,
            long n,
            long k,
            MemorySegment a,
            long aAt,
            MatrixLayout aLayout,
            MemorySegment b,
            long bAt,
            MatrixLayout bLayout,
            float beta,
            MemorySegment c,
            long cAt,
            MatrixLayout cLayout) {
        if (cLayout.transposed()) { // what is stored is cᵀ = bᵀ·aᵀ
            blas.sgemm(
                    operation(!bLayout.transposed()),
                    operation(!aLayout.transposed()),
                    n,
                    m,
                    k,
                    1,
                    b,
                    bAt,
                    bLayout.leading(),
                    a,
                    aAt,
                    aLayout.leading(),
                    beta,
                    c,
                    cAt,
                    cLayout.leading());
            return;
        }
        blas.sgemm(
                operation(aLayout.transposed()),
                operation(bLayout.transposed()),
                m,
                n,
                k,
                1,
                a,
                aAt,
                aLayout.leading(),
                b,
                bAt,
                bLayout.leading(),
                beta,
                c,
                cAt,
                cLayout.leading());
    }

    private static Transpose operation(boolean transposed) {
        return transposed ? Transpose.TRANSPOSE : Transpose.NO_TRANSPOSE;
    }

    /** Makes a group's weights readable for GEMM and returns where they begin. */
    private long readWeights(Tensor w, long group, MemorySegment scratch) {
        if (!tiling.weightsInPlace) {
            PackedWeights.pack(
                    geometry, tiling.patchTile.order(), w, group, scratch, tiling.weightsAt);
        }
        return weightsAt(w, group);
    }

    private long weightsAt(Tensor w, long group) {
        return tiling.weightsInPlace
                ? w.offset() + firstOutput(group) * w.stride(0)
                : tiling.weightsAt;
    }

    private long readPatches(Tensor x, long group, long first, long count, MemorySegment scratch) {
        long at = patchesAt(x, group, first);
        if (!tiling.imageInPlace) {
            tiling.patchTile.pack(x, firstInput(group), first, count, scratch, at);
        }
        return at;
    }

    private long patchesAt(Tensor image, long group, long first) {
        return tiling.imageInPlace
                ? tiling.inPlaceAt(image, tiling.patches, firstInput(group), first)
                : 0;
    }

    private long readOutputs(Tensor gy, long group, long first, long count, MemorySegment scratch) {
        long at = outputsAt(gy, group, first);
        if (!tiling.outputsInPlace) {
            tiling.outputTile.pack(gy, firstOutput(group), first, count, scratch, at);
        }
        return at;
    }

    private long outputsAt(Tensor outputs, long group, long first) {
        return tiling.outputsInPlace
                ? tiling.inPlaceAt(outputs, tiling.outputs, firstOutput(group), first)
                : tiling.outputsAt;
    }

    private long firstInput(long group) {
        return group * geometry.inChannelsPerGroup();
    }

    private long firstOutput(long group) {
        return group * geometry.outChannelsPerGroup();
    }

    /** Sets the outputs of {@code count} positions to the group's bias. */
    private void fillRows(MemorySegment outputs, long at, long count, Tensor bias, long group) {
        MatrixLayout layout = tiling.outputs;
        long channels = geometry.outChannelsPerGroup();
        long biasAt = bias.offset() + firstOutput(group) * bias.stride(0);
        if (layout.transposed()) {
            Runs.copy(bias.segment(), biasAt, bias.stride(0), outputs, at, channels);
            for (long position = 1; position < count; position++) {
                Runs.copy(outputs, at, 1, outputs, at + layout.at(0, position), channels);
            }
            return;
        }
        for (long channel = 0; channel < channels; channel++) {
            float value = Runs.get(bias.segment(), biasAt + channel * bias.stride(0));
            Runs.fill(outputs, at + layout.at(channel, 0), count, value);
        }
    }
}
