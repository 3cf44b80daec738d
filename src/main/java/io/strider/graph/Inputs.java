package io.strider.graph;

import io.strider.tensor.NdArray;

/**
 * What an operator is told of its inputs when its node is planned: their types, and the values of
 * those that are constant or can be worked out beforehand.
 */
public interface Inputs {
    /** How many inputs the node names, absent ones between others included. */
    int count();

    /** Whether input {@code index} is there: named, and not left out. */
    boolean has(int index);

    /**
     * The type of an input.
     *
     * @throws IllegalArgumentException if it is absent
     */
    TensorType type(int index);

    /** Whether {@link #value} can be had. */
    boolean isKnown(int index);

    /**
     * The value of an input on which the shape of the result depends. A plan that asked for a value
     * holds for that value only.
     *
     * @throws IllegalArgumentException if it is absent, or is computed from data and so not known
     *     before the network runs
     */
    NdArray value(int index);

    /** How many outputs the node names. */
    int outputs();
}
