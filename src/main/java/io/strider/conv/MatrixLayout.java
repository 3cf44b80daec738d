package io.strider.conv;

import io.strider.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How a matrix of channels × positions, or of outputs × products, lies in memory so that GEMM can
 * take it: row-major, or as its transpose.
 *
 * @param leading elements from one stored row to the next
 * @param transposed whether what is stored is columns × rows
 */
record MatrixLayout(long leading, boolean transposed) {

    /** The layout of the same elements with rows and columns exchanged. */
    MatrixLayout transpose() {
        return new MatrixLayout(leading, !transposed);
    }

    /** Index, relative to the first element, of the element in {@code row} and {@code column}. */
    long at(long row, long column) {
        return transposed ? column * leading + row : row * leading + column;
    }

    /**
     * The channels × positions matrix of {@code images} successive images of a tensor N×C×H×W, if
     * its strides are those of one matrix; null otherwise.
     */
    static @Nullable MatrixLayout ofActivations(Tensor t, long images, long channels) {
        long height = t.size(2);
        long width = t.size(3);
        long step = width > 1 ? t.stride(3) : height > 1 ? t.stride(2) : t.stride(0);
        boolean rowsFollow = height == 1 || width == 1 || t.stride(2) == width * step;
        boolean imagesFollow =
                images <= 1 || height * width == 1 || t.stride(0) == height * width * step;
        return rowsFollow && imagesFollow
                ? of(channels, t.stride(1), images * height * width, step)
                : null;
    }

    /**
     * The outputs × products matrix of {@code outputs} filters of O×C×kernelHeight×kernelWidth
     * weights, its columns in the given order, if the strides allow it; null otherwise.
     */
    static @Nullable MatrixLayout ofWeights(Tensor w, long outputs, TapOrder order) {
        long channels = w.size(1);
        long height = w.size(2);
        long width = w.size(3);
        boolean dense =
                switch (order) {
                    case CHANNELS_FIRST ->
                            isStride(w, 3, 1)
                                    && isStride(w, 2, width)
                                    && isStride(w, 1, height * width);
                    case CHANNELS_LAST ->
                            isStride(w, 1, 1)
                                    && isStride(w, 3, channels)
                                    && isStride(w, 2, width * channels);
                };
        return dense ? of(outputs, w.stride(0), channels * height * width, 1) : null;
    }

    private static boolean isStride(Tensor t, int dim, long stride) {
        return t.size(dim) == 1 || t.stride(dim) == stride;
    }

    /** The layout with these two strides, if one of them is 1 and rows do not run together. */
    private static @Nullable MatrixLayout of(
            long rows, long rowStride, long columns, long columnStride) {
        if (columnStride == 1 || columns == 1) {
            long leading = rows == 1 ? columns : rowStride;
            return fits(leading, columns) ? new MatrixLayout(leading, false) : null;
        }
        if (rowStride == 1 || rows == 1) {
            return fits(columnStride, rows) ? new MatrixLayout(columnStride, true) : null;
        }
        return null;
    }

    private static boolean fits(long leading, long stored) {
        return leading >= Math.max(1, stored) && leading <= Integer.MAX_VALUE;
    }
}
