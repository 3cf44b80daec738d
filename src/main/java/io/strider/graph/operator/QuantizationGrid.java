package io.strider.graph.operator;

import io.strider.graph.TensorType;

/**
 * Which scale and zero point belong to an element: one for all, one for each index of an axis, or
 * one for each block of indices of an axis.
 *
 * @param outer elements of all dimensions before the axis
 * @param size the axis' size
 * @param inner elements of all dimensions behind the axis
 * @param block indices of the axis that share a scale; 0 if all elements do
 * @param everyRow whether the outer and inner dimensions have scales of their own
 */
record QuantizationGrid(int outer, int size, int inner, int block, boolean everyRow) {

    /**
     * Checks the scale's shape.
     *
     * @param block ONNX's block_size, 0 for none
     */
    static QuantizationGrid of(TensorType data, TensorType scale, long axis, long block) {
        long[] shape = data.shape();
        if (block < 0) {
            throw Demands.refused("block_size: %s (expected: >= 0)", block);
        }
        if (block == 0 && scale.rank() <= 1 && scale.elementCount() == 1) {
            return new QuantizationGrid(1, 1, 1, 0, false);
        }
        int dim = Demands.axis("axis", axis, data.rank());
        boolean fits = scale.rank() == (block == 0 ? 1 : data.rank());
        if (block == 0) {
            fits &= scale.elementCount() == shape[dim];
        }
        for (int d = 0; fits && block > 0 && d < data.rank(); d++) {
            long wanted = d == dim ? Math.ceilDiv(shape[d], block) : shape[d];
            fits = scale.shape()[d] == wanted;
        }
        if (!fits) {
            throw Demands.refused(
                    "scale: %s (expected: 1 element, or one for each %s of axis %s of %s)",
                    scale, block == 0 ? "index" : "block of " + block, dim, data);
        }
        return new QuantizationGrid(
                (int) Demands.product(shape, 0, dim),
                (int) shape[dim],
                (int) Demands.product(shape, dim + 1, shape.length),
                Math.clamp(block, 1, Integer.MAX_VALUE),
                block > 0);
    }

    /** Where the scale of an element stands. */
    int scale(int element) {
        if (block == 0) {
            return 0;
        }
        int index = element / inner % size;
        if (!everyRow) {
            return index;
        }
        int blocks = Math.ceilDiv(size, block);
        return (element / inner / size * blocks + index / block) * inner + element % inner;
    }
}
