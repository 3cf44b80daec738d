package io.strider.conv;

import io.strider.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The three products of a convolution, computed by one algorithm for one geometry and one set of
 * strides. Callers have checked that the operands have them, can be read and written, and that what
 * is written overlaps nothing that is read. Immutable; may be used from many threads.
 */
interface Kernels {

    /** y = x ∗ w + bias; y is overwritten. */
    void forward(Tensor x, Tensor w, @Nullable Tensor bias, Tensor y);

    /** gx = the gradient of Σ gy·y by x; gx is overwritten. */
    void backwardInput(Tensor w, Tensor gy, Tensor gx);

    /** gw = the gradient of Σ gy·y by w; gw is overwritten. */
    void backwardWeight(Tensor x, Tensor gy, Tensor gw);
}
