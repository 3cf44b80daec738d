package io.strider.blas;

import java.lang.foreign.MemorySegment;

/**
 * Basic linear algebra subprograms over native memory.
 *
 * <p>The operations are those of the BLAS: Lawson, Hanson, Kincaid and Krogh, <i>Basic Linear
 * Algebra Subprograms for Fortran Usage</i>, ACM TOMS 5(3), 1979 (level 1); Dongarra, Du Croz,
 * Hammarling and Hanson, <i>An Extended Set of FORTRAN Basic Linear Algebra Subprograms</i>, ACM
 * TOMS 14(1), 1988 (level 2); Dongarra, Du Croz, Hammarling and Duff, <i>A Set of Level 3 Basic
 * Linear Algebra Subprograms</i>, ACM TOMS 16(1), 1990 (level 3). {@code saxpby} and {@code
 * somatcopy} are the extensions that OpenBLAS and others share.
 *
 * <h2>Layout</h2>
 *
 * All sizes, offsets, leading dimensions and increments count elements (4 bytes for {@code float},
 * 8 for {@code double}), in the machine's byte order. Matrices are row-major: element (i, j) of a
 * matrix stored with leading dimension {@code lda} at {@code aOffset} is the element {@code aOffset
 * + i·lda + j} of the segment; {@code lda} is at least the number of columns of the matrix <i>as
 * stored</i> and at least 1. Element i of a vector of n elements is the element {@code xOffset +
 * i·incX} if {@code incX > 0}, and {@code xOffset + (n−1−i)·|incX|} if {@code incX < 0}: as
 * everywhere in the BLAS, the offset names the lowest address, and a negative increment walks down
 * to it. What lies between the rows and outside the operands is neither read nor written.
 *
 * <h2>Arguments</h2>
 *
 * Everything is checked before anything is written:
 *
 * <ul>
 *   <li>{@link NullPointerException} with the argument's name for null;
 *   <li>{@link IllegalArgumentException} for a size below 0 or above {@link Integer#MAX_VALUE}, a
 *       leading dimension that is too small or above {@link Integer#MAX_VALUE}, an increment of 0
 *       (or one that is not positive where only those make sense) or beyond an {@code int}, a
 *       negative offset, an operand that does not lie in its segment, a heap segment, an address
 *       that is not a multiple of the element's size, a read-only segment as the written operand,
 *       and a written operand that overlaps another operand;
 *   <li>{@link IllegalStateException} if the segment's arena is closed, {@link
 *       WrongThreadException} if it is confined to another thread.
 * </ul>
 *
 * The written operand must not share an element with an input. Blocks that are interleaved but
 * disjoint are told apart when their leading dimensions (increments) are equal, as with two column
 * blocks of one matrix; with unequal ones any overlap of the address ranges is refused. Inputs may
 * overlap one another.
 *
 * <p>An operation on no elements still checks its arguments; it then writes nothing, except that a
 * product over an inner dimension of 0 scales its result by β.
 *
 * <h2>Zeros, NaN and infinities</h2>
 *
 * The same for every implementation, whatever the library underneath does:
 *
 * <ul>
 *   <li>A factor of 0 means <i>not read</i>, not <i>multiplied by 0</i>. With {@code beta = 0} the
 *       written operand is overwritten and whatever it held, NaN too, is gone. With {@code alpha =
 *       0}, or an inner dimension of 0, the inputs are not read: a NaN or infinity in them has no
 *       effect. {@code sscal} by 0 writes zeros. Minus zero counts as 0.
 *   <li>Otherwise NaN and infinity follow IEEE 754: a NaN in an input reaches every element that is
 *       computed from it, {@code 0·∞} inside a product is NaN.
 *   <li>Results that are finite but whose partial sums overflow {@code float} may come out infinite
 *       or NaN ({@code snrm2} excepted: it neither overflows nor underflows inside). The sign of a
 *       zero result and the payload of a NaN are not specified.
 * </ul>
 *
 * <h2>Threads</h2>
 *
 * Implementations are immutable and may be called from any number of threads, virtual ones
 * included; a caller must keep other threads from writing the operands of a running call. The
 * arenas of the operands are kept alive during native calls: closing a shared one meanwhile throws
 * {@link IllegalStateException} at the closer; if the close comes first, at the caller. Only then,
 * and only for the written operand, may a failed call have written something. Memory mapped from a
 * file must not be truncated by anyone while it is used: the operating system answers that by
 * ending the process.
 *
 * <p>The interface is sealed so that every implementation passes through the same checks, and so
 * that operations can be added.
 */
public sealed interface Blas permits CheckedBlas {

    /**
     * The system's OpenBLAS, loaded at the first call.
     *
     * @return always the same instance
     * @throws UnsatisfiedLinkError if OpenBLAS is not to be had; the message names what was tried
     * @throws IllegalArgumentException if the property {@code strider.blas.permits} is not a number
     *     in its range, see {@link NativePermits}
     */
    static Blas openBlas() {
        return NativeKernels.blas();
    }

    /**
     * Plain Java loops, summed in {@code double} and rounded once: slow, exact to within one
     * rounding, in need of no library.
     *
     * @return always the same instance
     */
    static Blas plain() {
        return PlainKernels.BLAS;
    }

    /** Returns what computes, for messages and reports, for example {@code "plain"}. */
    String name();

    /**
     * Computes {@code C = alpha·op(A)·op(B) + beta·C}.
     *
     * @param transA whether op(A) is A, stored m×k, or Aᵀ, A then stored k×m
     * @param transB whether op(B) is B, stored k×n, or Bᵀ, B then stored n×k
     * @param m rows of op(A) and of C
     * @param n columns of op(B) and of C
     * @param k columns of op(A), rows of op(B)
     * @param alpha factor of the product; 0: A and B are not read
     * @param a holds A, not modified
     * @param aOffset first element of A
     * @param lda leading dimension of A: at least k, or m if A is transposed
     * @param b holds B, not modified
     * @param bOffset first element of B
     * @param ldb leading dimension of B: at least n, or k if B is transposed
     * @param beta factor of what C held; 0: C is not read
     * @param c holds C, m×n, overwritten
     * @param cOffset first element of C
     * @param ldc leading dimension of C: at least n
     */
    void sgemm(
            Transpose transA,
            Transpose transB,
            long m,
            long n,
            long k,
            float alpha,
            MemorySegment a,
            long aOffset,
            long lda,
            MemorySegment b,
            long bOffset,
            long ldb,
            float beta,
            MemorySegment c,
            long cOffset,
            long ldc);

    /**
     * Computes {@code C = alpha·op(A)·op(B) + beta·C} on {@code double}s; everything else as in
     * {@link #sgemm}.
     *
     * @param transA whether op(A) is A, stored m×k, or Aᵀ, A then stored k×m
     * @param transB whether op(B) is B, stored k×n, or Bᵀ, B then stored n×k
     * @param m rows of op(A) and of C
     * @param n columns of op(B) and of C
     * @param k columns of op(A), rows of op(B)
     * @param alpha factor of the product; 0: A and B are not read
     * @param a holds A, not modified
     * @param aOffset first element of A
     * @param lda leading dimension of A
     * @param b holds B, not modified
     * @param bOffset first element of B
     * @param ldb leading dimension of B
     * @param beta factor of what C held; 0: C is not read
     * @param c holds C, m×n, overwritten
     * @param cOffset first element of C
     * @param ldc leading dimension of C: at least n
     */
    void dgemm(
            Transpose transA,
            Transpose transB,
            long m,
            long n,
            long k,
            double alpha,
            MemorySegment a,
            long aOffset,
            long lda,
            MemorySegment b,
            long bOffset,
            long ldb,
            double beta,
            MemorySegment c,
            long cOffset,
            long ldc);

    /**
     * Computes {@code y = alpha·op(A)·x + beta·y}.
     *
     * @param transA whether op(A) is A or Aᵀ
     * @param m rows of A as stored
     * @param n columns of A as stored
     * @param alpha factor of the product; 0: A and x are not read
     * @param a holds A, m×n, not modified
     * @param aOffset first element of A
     * @param lda leading dimension of A: at least n
     * @param x holds x, not modified; n elements, or m if A is transposed
     * @param xOffset lowest element of x
     * @param incX increment of x, not 0
     * @param beta factor of what y held; 0: y is not read
     * @param y holds y, overwritten; m elements, or n if A is transposed
     * @param yOffset lowest element of y
     * @param incY increment of y, not 0
     */
    void sgemv(
            Transpose transA,
            long m,
            long n,
            float alpha,
            MemorySegment a,
            long aOffset,
            long lda,
            MemorySegment x,
            long xOffset,
            long incX,
            float beta,
            MemorySegment y,
            long yOffset,
            long incY);

    /**
     * Computes {@code A = alpha·x·yᵀ + A}, the rank-one update.
     *
     * @param m rows of A, elements of x
     * @param n columns of A, elements of y
     * @param alpha factor of the product; 0: x and y are not read and A stays
     * @param x holds x, not modified
     * @param xOffset lowest element of x
     * @param incX increment of x, not 0
     * @param y holds y, not modified
     * @param yOffset lowest element of y
     * @param incY increment of y, not 0
     * @param a holds A, m×n, updated
     * @param aOffset first element of A
     * @param lda leading dimension of A: at least n
     */
    void sger(
            long m,
            long n,
            float alpha,
            MemorySegment x,
            long xOffset,
            long incX,
            MemorySegment y,
            long yOffset,
            long incY,
            MemorySegment a,
            long aOffset,
            long lda);

    /**
     * Computes {@code y = alpha·x + y}.
     *
     * @param n elements of x and y
     * @param alpha factor of x; 0: x is not read and y stays
     * @param x holds x, not modified
     * @param xOffset lowest element of x
     * @param incX increment of x, not 0
     * @param y holds y, updated
     * @param yOffset lowest element of y
     * @param incY increment of y, not 0
     */
    void saxpy(
            long n,
            float alpha,
            MemorySegment x,
            long xOffset,
            long incX,
            MemorySegment y,
            long yOffset,
            long incY);

    /**
     * Computes {@code y = alpha·x + beta·y}.
     *
     * @param n elements of x and y
     * @param alpha factor of x; 0: x is not read
     * @param x holds x, not modified
     * @param xOffset lowest element of x
     * @param incX increment of x, not 0
     * @param beta factor of what y held; 0: y is not read
     * @param y holds y, overwritten
     * @param yOffset lowest element of y
     * @param incY increment of y, not 0
     */
    void saxpby(
            long n,
            float alpha,
            MemorySegment x,
            long xOffset,
            long incX,
            float beta,
            MemorySegment y,
            long yOffset,
            long incY);

    /**
     * Computes {@code x = alpha·x}.
     *
     * @param n elements of x
     * @param alpha factor; 0: zeros are written, whatever x held
     * @param x holds x, overwritten
     * @param xOffset first element of x
     * @param incX increment of x, above 0
     */
    void sscal(long n, float alpha, MemorySegment x, long xOffset, long incX);

    /**
     * Copies {@code y = x}.
     *
     * @param n elements of x and y
     * @param x holds x, not modified
     * @param xOffset lowest element of x
     * @param incX increment of x, not 0
     * @param y holds y, overwritten
     * @param yOffset lowest element of y
     * @param incY increment of y, not 0
     */
    void scopy(
            long n,
            MemorySegment x,
            long xOffset,
            long incX,
            MemorySegment y,
            long yOffset,
            long incY);

    /**
     * Returns {@code xᵀ·y = Σ xᵢ·yᵢ}, 0 for no elements.
     *
     * @param n elements of x and y
     * @param x holds x, not modified
     * @param xOffset lowest element of x
     * @param incX increment of x, not 0
     * @param y holds y, not modified; may be x
     * @param yOffset lowest element of y
     * @param incY increment of y, not 0
     * @return the inner product
     */
    float sdot(
            long n,
            MemorySegment x,
            long xOffset,
            long incX,
            MemorySegment y,
            long yOffset,
            long incY);

    /**
     * Returns the Euclidean norm {@code √(Σ xᵢ²)}, 0 for no elements.
     *
     * @param n elements of x
     * @param x holds x, not modified
     * @param xOffset first element of x
     * @param incX increment of x, above 0
     * @return the norm; NaN if an element is NaN
     */
    float snrm2(long n, MemorySegment x, long xOffset, long incX);

    /**
     * Returns {@code Σ |xᵢ|}, 0 for no elements.
     *
     * @param n elements of x
     * @param x holds x, not modified
     * @param xOffset first element of x
     * @param incX increment of x, above 0
     * @return the sum of the magnitudes; NaN if an element is NaN
     */
    float sasum(long n, MemorySegment x, long xOffset, long incX);

    /**
     * Returns the index i, from 0 and in steps of the increment, of the first NaN if there is one,
     * else of the first element of the largest {@code |xᵢ|}. That NaN counts as the largest follows
     * Demmel and others, <i>Proposed Consistent Exception Handling for the BLAS and LAPACK</i>,
     * 2022.
     *
     * @param n elements of x
     * @param x holds x, not modified
     * @param xOffset first element of x
     * @param incX increment of x, above 0
     * @return the index; −1 for no elements
     */
    long isamax(long n, MemorySegment x, long xOffset, long incX);

    /**
     * Copies {@code B = alpha·op(A)}.
     *
     * @param transA whether op(A) is A or Aᵀ
     * @param rows rows of A as stored
     * @param columns columns of A as stored
     * @param alpha factor; 0: A is not read and zeros are written
     * @param a holds A, rows×columns, not modified
     * @param aOffset first element of A
     * @param lda leading dimension of A: at least {@code columns}
     * @param b holds B, rows×columns, or columns×rows if A is transposed; overwritten
     * @param bOffset first element of B
     * @param ldb leading dimension of B: at least the columns of B
     */
    void somatcopy(
            Transpose transA,
            long rows,
            long columns,
            float alpha,
            MemorySegment a,
            long aOffset,
            long lda,
            MemorySegment b,
            long bOffset,
            long ldb);
}
