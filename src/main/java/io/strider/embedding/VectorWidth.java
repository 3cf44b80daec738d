package io.strider.embedding;

import jdk.incubator.vector.VectorShape;

/** How wide this CPU's vectors are, told without making one. */
final class VectorWidth {
    private VectorWidth() {}

    /** Whether vectors of 512 bits are computed as such. */
    static boolean is512() {
        return VectorShape.preferredShape() == VectorShape.S_512_BIT;
    }
}
