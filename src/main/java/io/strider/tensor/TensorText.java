package io.strider.tensor;

import java.util.Arrays;

/** Tensors as text. */
final class TensorText {
    private TensorText() {}

    static String describe(Tensor tensor) {
        return "Tensor" + Arrays.toString(tensor.shape());
    }
}
