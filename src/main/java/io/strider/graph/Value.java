package io.strider.graph;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;

/**
 * What goes into a network, comes out of it or is part of it: float32 as a tensor in place,
 * anything else as an array.
 */
public sealed interface Value {
    /** Element type and shape. */
    TensorType type();

    /** The elements as an array, copied from a tensor. */
    NdArray array();

    /**
     * float32 elements.
     *
     * @param tensor alive as long as the value is used
     */
    record Floats(Tensor tensor) implements Value {
        @Override
        public TensorType type() {
            return new TensorType(ElementType.FLOAT32, tensor.shape());
        }

        @Override
        public NdArray array() {
            return NdArray.of(tensor);
        }
    }

    /**
     * Elements of any type, on the heap.
     *
     * @param array the elements
     */
    record Numbers(NdArray array) implements Value {
        @Override
        public TensorType type() {
            return new TensorType(array.type(), array.shape());
        }
    }
}
