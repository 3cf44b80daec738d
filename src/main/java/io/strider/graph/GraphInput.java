package io.strider.graph;

import io.strider.tensor.ElementType;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a network asks its caller for.
 *
 * @param name the value's name
 * @param type what its elements are
 * @param shape the sizes, {@link #FREE} where any will do; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // equals compares the elements
public record GraphInput(String name, ElementType type, long... shape) {
    /** A size that every run may choose anew, as a rule the batch. */
    public static final long FREE = -1;

    /** Whether a value of this type may be given. */
    public boolean accepts(TensorType given) {
        if (given.type() != type || given.rank() != shape.length) {
            return false;
        }
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] != FREE && shape[dim] != given.shape()[dim]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GraphInput that
                && name.equals(that.name)
                && type == that.type
                && Arrays.equals(shape, that.shape);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type, Arrays.hashCode(shape));
    }

    @Override
    public String toString() {
        return name + ": " + type + Arrays.toString(shape).replace("-1", "?");
    }
}
