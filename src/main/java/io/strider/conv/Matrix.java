package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.blas.Transpose;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A matrix that GEMM can be given: rows × columns in row-major order, or its transpose in memory.
 *
 * @param segment where it lies
 * @param offset index of its first element
 * @param rows logical rows
 * @param columns logical columns
 * @param leading elements from one stored row to the next
 * @param transposed whether what is stored is columns × rows
 */
record Matrix(
        MemorySegment segment,
        long offset,
        long rows,
        long columns,
        long leading,
        boolean transposed) {

    /** The same elements with rows and columns exchanged. */
    Matrix transpose() {
        return new Matrix(segment, offset, columns, rows, leading, !transposed);
    }

    /** Columns {@code from} to {@code from + count}. */
    Matrix columns(long from, long count) {
        long step = transposed ? leading : 1;
        return new Matrix(segment, offset + from * step, rows, count, leading, transposed);
    }

    /** c = a·b + beta·c. */
    static void multiply(Blas blas, Matrix a, Matrix b, float beta, Matrix c) {
        if (c.transposed) { // cᵀ = bᵀ·aᵀ
            multiply(blas, b.transpose(), a.transpose(), beta, c.transpose());
            return;
        }
        blas.sgemm(
                a.transposed ? Transpose.TRANSPOSE : Transpose.NO_TRANSPOSE,
                b.transposed ? Transpose.TRANSPOSE : Transpose.NO_TRANSPOSE,
                c.rows,
                c.columns,
                a.columns,
                1,
                a.segment,
                a.offset,
                a.leading,
                b.segment,
                b.offset,
                b.leading,
                beta,
                c.segment,
                c.offset,
                c.leading);
    }

    /**
     * The channels × positions matrix of {@code images} images from image {@code n} on, in a tensor
     * N×C×H×W, if its strides are those of one matrix; null otherwise.
     */
    static @Nullable Matrix ofActivations(
            Tensor t, long n, long images, long firstChannel, long channels) {
        long height = t.size(2);
        long width = t.size(3);
        long positions = images * height * width;
        long step = width > 1 ? t.stride(3) : height > 1 ? t.stride(2) : t.stride(0);
        if (height > 1 && width > 1 && t.stride(2) != width * step) {
            return null;
        }
        if (images > 1 && height * width > 1 && t.stride(0) != height * width * step) {
            return null;
        }
        long offset = t.offset() + n * t.stride(0) + firstChannel * t.stride(1);
        return of(t.segment(), offset, channels, t.stride(1), positions, step);
    }

    /**
     * The output channels × products matrix of {@code outChannels} filters from {@code first} on,
     * its columns in the given order, if the strides allow it; null otherwise.
     */
    static @Nullable Matrix ofWeights(Tensor w, long first, long outChannels, TapOrder order) {
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
        if (!dense) {
            return null;
        }
        long offset = w.offset() + first * w.stride(0);
        return of(w.segment(), offset, outChannels, w.stride(0), channels * height * width, 1);
    }

    private static boolean isStride(Tensor t, int dim, long stride) {
        return t.size(dim) == 1 || t.stride(dim) == stride;
    }

    /** The matrix with these two strides, if one of them is 1 and rows do not run together. */
    private static @Nullable Matrix of(
            MemorySegment segment,
            long offset,
            long rows,
            long rowStride,
            long columns,
            long columnStride) {
        if (columnStride == 1 || columns == 1) {
            long leading = rows == 1 ? columns : rowStride;
            return fits(leading, columns)
                    ? new Matrix(segment, offset, rows, columns, leading, false)
                    : null;
        }
        if (rowStride == 1 || rows == 1) {
            return fits(columnStride, rows)
                    ? new Matrix(segment, offset, rows, columns, columnStride, true)
                    : null;
        }
        return null;
    }

    private static boolean fits(long leading, long stored) {
        return leading >= stored && leading <= Integer.MAX_VALUE;
    }
}
