package io.strider.blas;

/** Whether a matrix enters a product as it is stored, or transposed. */
public enum Transpose {
    /** {@code op(A) = A}. */
    NO_TRANSPOSE,
    /** {@code op(A) = Aᵀ}; the matrix in memory is not changed. */
    TRANSPOSE
}
