package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * {@link Algorithm#IM2COL} and {@link Algorithm#POINTWISE}: the three products as GEMMs over tiles
 * of output positions. With W the weights as outputs × products, P a tile's patches as products ×
 * positions and Y its outputs as outputs × positions:
 *
 * <pre>
 *   forward   Y  = W·P + bias
 *   input     P' = Wᵀ·Y',   added back to the input's gradient by col2im
 *   weights   W' = Σ over tiles of Y'·Pᵀ
 * </pre>
 *
 * <p>Scratch is leased from the pool for the length of a call.
 */
final class GemmKernels implements Kernels {
    private final Blas blas;
    private final ScratchPool pool;

    GemmKernels(Blas blas, ScratchPool pool) {
        this.blas = blas;
        this.pool = pool;
    }

    @Override
    public void forward(
            Conv2dGeometry geometry, Tensor x, Tensor w, @Nullable Tensor bias, Tensor y) {
        GemmTiling tiling = new GemmTiling(geometry, x, w, y);
        try (ScratchPool.Slot slot = pool.lease(tiling.scratchBytes())) {
            GemmTiling.Operands operands = tiling.operands(slot.memory());
            operands.clearOutputs();
            for (long group = 0; group < geometry.groups(); group++) {
                Matrix weights = operands.readWeights(group);
                for (long first = 0; first < tiling.positions(); first = tiling.next(first)) {
                    Matrix patches = operands.readPatches(group, first);
                    Matrix outputs = operands.outputs(group, first);
                    if (bias != null) {
                        fillRows(outputs, bias, group * geometry.outChannelsPerGroup());
                    }
                    Matrix.multiply(blas, weights, patches, bias == null ? 0 : 1, outputs);
                    operands.writeOutputs(group, first);
                }
            }
        }
    }

    @Override
    public void backwardInput(Conv2dGeometry geometry, Tensor w, Tensor gy, Tensor gx) {
        GemmTiling tiling = new GemmTiling(geometry, gx, w, gy);
        try (ScratchPool.Slot slot = pool.lease(tiling.scratchBytes())) {
            GemmTiling.Operands operands = tiling.operands(slot.memory());
            operands.clearImage();
            for (long group = 0; group < geometry.groups(); group++) {
                Matrix weights = operands.readWeights(group).transpose();
                for (long first = 0; first < tiling.positions(); first = tiling.next(first)) {
                    Matrix outputs = operands.readOutputs(group, first);
                    Matrix patches = operands.patches(group, first);
                    Matrix.multiply(blas, weights, outputs, 0, patches);
                    operands.addPatches(group, first);
                }
            }
        }
    }

    @Override
    public void backwardWeight(Conv2dGeometry geometry, Tensor x, Tensor gy, Tensor gw) {
        if (geometry.batch() == 0) {
            gw.fill(0); // the empty sum
            return;
        }
        GemmTiling tiling = new GemmTiling(geometry, x, gw, gy);
        try (ScratchPool.Slot slot = pool.lease(tiling.scratchBytes())) {
            GemmTiling.Operands operands = tiling.operands(slot.memory());
            for (long group = 0; group < geometry.groups(); group++) {
                Matrix weights = operands.weights(group);
                for (long first = 0; first < tiling.positions(); first = tiling.next(first)) {
                    Matrix outputs = operands.readOutputs(group, first);
                    Matrix patches = operands.readPatches(group, first).transpose();
                    Matrix.multiply(blas, outputs, patches, first == 0 ? 0 : 1, weights);
                }
                operands.writeWeights(group);
            }
        }
    }

    /** Sets every element of row r to bias[first + r]. */
    private static void fillRows(Matrix matrix, Tensor bias, long first) {
        if (!matrix.transposed()) {
            for (long row = 0; row < matrix.rows(); row++) {
                Runs.fill(
                        matrix.segment(),
                        matrix.offset() + row * matrix.leading(),
                        matrix.columns(),
                        bias.get(first + row));
            }
            return;
        }
        Runs.copy(
                bias.segment(),
                bias.offset() + first * bias.stride(0),
                bias.stride(0),
                matrix.segment(),
                matrix.offset(),
                matrix.rows());
        for (long column = 1; column < matrix.columns(); column++) {
            Runs.copy(
                    matrix.segment(),
                    matrix.offset(),
                    1,
                    matrix.segment(),
                    matrix.offset() + column * matrix.leading(),
                    matrix.rows());
        }
    }
}
