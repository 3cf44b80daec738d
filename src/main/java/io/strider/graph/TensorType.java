package io.strider.graph;

import io.strider.tensor.ElementType;
import java.util.Arrays;

/**
 * Element type and shape of a value, all sizes known.
 *
 * @param type what the elements are
 * @param shape the sizes in logical order, such as N×C×H×W; not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // equals compares the elements
public record TensorType(ElementType type, long... shape) {
    /** The number of dimensions. */
    public int rank() {
        return shape.length;
    }

    /**
     * How many elements there are.
     *
     * @throws IllegalArgumentException if that overflows
     */
    public long elementCount() {
        long count = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("shape: " + this + " (expected: sizes >= 0)");
            }
            if (Math.multiplyHigh(count, size) != 0 || count * size < 0) {
                throw new IllegalArgumentException("shape: " + this + " (too many elements)");
            }
            count *= size;
        }
        return count;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorType that
                && type == that.type
                && Arrays.equals(shape, that.shape);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
