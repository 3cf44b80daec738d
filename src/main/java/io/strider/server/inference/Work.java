package io.strider.server.inference;

import io.strider.embedding.Picture;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Map;

/** One item to be computed. */
sealed interface Work {
    /** A picture that is of the model's size already. */
    record OfPicture(Picture picture) implements Work {}

    /**
     * A row of a request's tensor.
     *
     * @param input of the network's only input; not copied
     * @param index of the row
     */
    record OfRow(NdArray input, int index) implements Work {}

    /** A whole request. */
    record OfTensors(Map<String, NdArray> inputs, List<String> outputs) implements Work {}

    /** What becomes of an item. */
    sealed interface Product {}

    /** A picture's vector. */
    record Vector(@SuppressWarnings("ArrayRecordComponent") float[] values) implements Product {}

    /**
     * A row of what a batch gave.
     *
     * @param outputs of the whole batch
     * @param index of the row
     */
    record Row(Map<String, NdArray> outputs, int index) implements Product {}

    /** What a whole request gave. */
    record Tensors(Map<String, NdArray> outputs) implements Product {}
}
