/**
 * What a network needs beside convolution: activations, pooling, normalisation, linear layers,
 * elementwise arithmetic, reductions, softmax, and moving elements about.
 *
 * <p>Most exist twice. The plain form takes and gives {@link io.strider.tensor.NdArray} of any
 * element type, in double or 64-bit arithmetic: it folds constants, serves what is rare, and is
 * what the other form is tested against. The quick form is an {@link io.strider.ops.Operation}
 * bound to float32 {@link io.strider.tensor.Tensor}s, split between threads, at its best where the
 * tensors are channels-last or row-major and correct for any strides.
 */
@NullMarked
package io.strider.ops;

import org.jspecify.annotations.NullMarked;
