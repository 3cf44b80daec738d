package io.strider.ops;

import io.strider.blas.Transpose;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stack of matrices as BLAS reads or writes them: where they lie if each is dense in one
 * dimension, a row-major copy if not.
 */
final class MatrixOperand {
    /** What BLAS is given: the tensor's own memory or the copy. */
    private final Tensor tensor;

    private final @Nullable Tensor copied;
    private final int rank;
    private final boolean transposed;

    private MatrixOperand(Tensor tensor, @Nullable Tensor copied, boolean transposed) {
        this.tensor = tensor;
        this.copied = copied;
        this.rank = tensor.rank();
        this.transposed = transposed;
    }

    /**
     * A stack of at least one dimension each.
     *
     * @param mayTranspose whether matrices whose columns are dense will do
     */
    static MatrixOperand of(Tensor stack, boolean mayTranspose) {
        int rank = stack.rank();
        long rows = stack.size(rank - 2);
        long columns = stack.size(rank - 1);
        if (isDense(stack, rank - 1, columns, rank - 2, rows)) {
            return new MatrixOperand(stack, null, false);
        }
        if (mayTranspose && isDense(stack, rank - 2, rows, rank - 1, columns)) {
            return new MatrixOperand(stack, null, true);
        }
        // Goes when the operation does; runs are many, so it is kept between them.
        Tensor copy = Tensor.zeros(Arena.ofAuto(), stack.shape());
        return new MatrixOperand(copy, stack, false);
    }

    /** Whether a dimension's elements are neighbours, and the other's begin behind each other. */
    private static boolean isDense(Tensor t, int inner, long width, int outer, long height) {
        return (width <= 1 || t.stride(inner) == 1)
                && (height <= 1 || t.stride(outer) >= Math.max(1, width));
    }

    /** What brings the elements into the copy before a run; nothing if there is none. */
    Operation loading() {
        return copied == null ? _ -> {} : copy(copied, tensor);
    }

    /** What brings the elements out of the copy after a run; nothing if there is none. */
    Operation storing() {
        return copied == null ? _ -> {} : copy(tensor, copied);
    }

    private static Operation copy(Tensor from, Tensor to) {
        Move.Builder move = Move.between(from.rank(), to.rank());
        for (int dim = 0; dim < from.rank(); dim++) {
            move.step(from.size(dim), dim, dim);
        }
        return StridedMoves.bind(List.of(from), List.of(move.build()), List.of(to), 0);
    }

    Tensor tensor() {
        return tensor;
    }

    /** How BLAS is to read a matrix. */
    Transpose transpose() {
        return transposed ? Transpose.TRANSPOSE : Transpose.NO_TRANSPOSE;
    }

    /** Floats from row to row, or from column to column if those are dense. */
    long leading() {
        int outer = transposed ? rank - 1 : rank - 2;
        int inner = transposed ? rank - 2 : rank - 1;
        long width = Math.max(1, tensor.size(inner));
        return tensor.size(outer) <= 1 ? width : tensor.stride(outer);
    }

    /** Where an element of a matrix stands, its stack counted row-major. */
    long at(int matrix, long row, long column) {
        long at = tensor.offset();
        long rest = matrix;
        for (int dim = rank - 3; dim >= 0; dim--) {
            at += rest % tensor.size(dim) * tensor.stride(dim);
            rest /= tensor.size(dim);
        }
        // BLAS reads one dense run where there is but one row or column, whatever its stride.
        long rowStep = transposed ? 1 : leading();
        long columnStep = transposed ? leading() : 1;
        return at + row * rowStep + column * columnStep;
    }
}
