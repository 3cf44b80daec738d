package io.strider.graph.operator;

import io.strider.ops.Move;

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
}
