package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.Move;
import org.jspecify.annotations.Nullable;

/** The commonest moves. */
final class Boxes {
    private Boxes() {}

    /** A box of so many elements, in the same order on both sides. */
    static Move.Builder whole(long... sizes) {
        Move.Builder move = Move.between(sizes.length, sizes.length);
        for (int dim = 0; dim < sizes.length; dim++) {
            move.step(sizes[dim], dim, dim);
        }
        return move;
    }

    /** The first input as it is, if the output has its type and holds the same elements then. */
    static @Nullable View unchanged(Inputs inputs, TensorType output) {
        return output.equals(inputs.type(0)) ? View.SAME_ORDER : null;
    }
}
