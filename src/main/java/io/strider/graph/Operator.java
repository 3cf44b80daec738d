package io.strider.graph;

import io.strider.tensor.NdArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node computes. Implementations are records of the attributes: immutable, thread-safe,
 * equal if all attributes are.
 *
 * <p>{@link #evaluate} is the definition, plain and for any element type. {@link #kernel} is the
 * quick way for float32 and shows the same results within the operator's error bound.
 */
public interface Operator {
    /** What it is called in plans and messages; ONNX's name where there is one. */
    String name();

    /**
     * The types of the outputs, after checking the inputs.
     *
     * @return one for each output that the operator can give; the node may use fewer
     * @throws IllegalArgumentException if an input is missing, or has a wrong type, shape or value;
     *     the message tells which, its value and the rule
     */
    List<TensorType> outputTypes(Inputs inputs);

    /**
     * The values of outputs that follow from types alone, such as a shape.
     *
     * @return one for each output, or null if data must be looked at
     */
    default @Nullable List<NdArray> known(Inputs inputs) {
        return null;
    }

    /**
     * Computes the outputs plainly.
     *
     * @param inputs their types have been checked by {@link #outputTypes}; null where absent
     * @param outputs how many outputs the node names
     * @return as many as {@link #outputTypes} tells, of those types
     */
    List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs);

    /**
     * The float32 output {@code output} as another view of input 0's memory, if that is all it is.
     * A session then computes nothing where the view's strides suit the nodes that read it.
     *
     * @param inputs types, and values that {@link #outputTypes} has asked for
     * @return null if it must be computed
     */
    default @Nullable View view(Inputs inputs, int output) {
        return null;
    }

    /**
     * The part of the float32 output 0 that input {@code input} becomes, if the operator does
     * nothing but put its inputs side by side: every element of the output belongs to one part. A
     * session then lets the nodes that give the inputs write into the output.
     *
     * @return null if it does more
     */
    default View.@Nullable Part part(Inputs inputs, int input) {
        return null;
    }

    /**
     * Prepares the quick computation for known types.
     *
     * @return null if there is none for these types: the plain one is used
     */
    default @Nullable Kernel kernel(KernelRequest request) {
        return null;
    }
}
