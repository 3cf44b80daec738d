/**
 * Dense linear algebra on off-heap memory: matrix products, matrix-vector products and vector
 * operations over {@link java.lang.foreign.MemorySegment}s, offsets and leading dimensions.
 *
 * <p>{@link io.strider.blas.Blas} is the interface; {@link io.strider.blas.Blas#openBlas()}
 * computes with the system's OpenBLAS, {@link io.strider.blas.Blas#plain()} with plain loops in
 * Java that sum in {@code double} and serve as the oracle. Both check every argument in the same
 * place, before anything is written, so both refuse the same things with the same words. {@link
 * io.strider.blas.NativePermits} bounds how many threads are inside OpenBLAS at once. {@link
 * io.strider.blas.Workers} is the pool of threads, with scratch memory, that splits a computation.
 */
@NullMarked
package io.strider.blas;

import org.jspecify.annotations.NullMarked;
