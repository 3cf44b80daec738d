package io.strider.server.inference;

import io.strider.graph.GraphInput;
import java.util.List;
import java.util.OptionalInt;

/**
 * A model that is served.
 *
 * @param name as requests name it
 * @param version counts from 1 each time the model was replaced
 * @param takesPictures whether pictures can be embedded, and not only tensors run
 * @param dimensions how many numbers a picture's vector has, where that is fixed
 * @param inputs the network's inputs, shapes with {@link GraphInput#FREE} where free
 * @param outputs the values that can be asked for, in the form of inputs; a dimension that follows
 *     from the input is free
 */
public record ModelDescription(
        String name,
        int version,
        boolean takesPictures,
        OptionalInt dimensions,
        List<GraphInput> inputs,
        List<GraphInput> outputs) {
    /** Copies the lists. */
    public ModelDescription {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
