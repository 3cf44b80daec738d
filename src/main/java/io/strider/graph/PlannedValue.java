package io.strider.graph;

import org.jspecify.annotations.Nullable;

/** A value that a run computes or is given: when it is there, and where. Filled by the planner. */
final class PlannedValue {
    /** Where an input of the network is written: before the first node. */
    static final int BEFORE = -1;

    final String name;
    final TensorType type;

    /** The position of the node that gives it. */
    final int definedAt;

    /** The last position at which it is read. */
    int lastUse;

    /** How many nodes read it, and once more if the caller does. */
    int uses;

    /** Whether it is wanted as a tensor in the frame. */
    boolean tensor;

    /** Its place among the arrays of the frame, −1 if it is not wanted as an array. */
    int array = -1;

    /** Where its tensor is; null if there is none, or it has not been decided. */
    @Nullable Place place;

    PlannedValue(String name, TensorType type, int definedAt) {
        this.name = name;
        this.type = type;
        this.definedAt = definedAt;
        this.lastUse = definedAt;
    }

    void usedAt(int position) {
        uses++;
        lastUse = Math.max(lastUse, position);
    }

    /** The region that is proven to be there. */
    Place place() {
        if (place == null) {
            throw new IllegalStateException("\"" + name + "\": has no place");
        }
        return place;
    }

    long bytes() {
        return Math.multiplyExact(type.elementCount(), type.type().bytes());
    }
}
