package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.Locale;

/** What moving, shape and quantisation operators demand of their inputs, and how they refuse. */
final class Demands {
    private Demands() {}

    /** An exception whose message is formatted with {@code %s}; arrays of long are spelt out. */
    static IllegalArgumentException refused(String format, Object... values) {
        Object[] readable = new Object[values.length];
        Arrays.setAll(
                readable,
                i -> values[i] instanceof long[] numbers ? Arrays.toString(numbers) : values[i]);
        return new IllegalArgumentException(String.format(Locale.ROOT, format, readable));
    }

    /** The type of an input that must be there. */
    static TensorType present(Inputs inputs, int index, String name) {
        if (!inputs.has(index)) {
            throw refused("input %s (%s): missing", index, name);
        }
        return inputs.type(index);
    }

    /** The type of an input that must be there with another's element type. */
    static TensorType present(Inputs inputs, int index, String name, ElementType type) {
        TensorType present = present(inputs, index, name);
        if (present.type() != type) {
            throw refused("%s: %s (expected: %s)", name, present, type);
        }
        return present;
    }

    /** The value of an input that must be there, before the network runs. */
    static NdArray known(Inputs inputs, int index, String name) {
        present(inputs, index, name);
        return inputs.value(index);
    }

    /** A list of integers: of rank 1, or 0 where only one is given. */
    static long[] integers(Inputs inputs, int index, String name) {
        NdArray value = known(inputs, index, name);
        if (!value.type().isInteger() || value.rank() > 1) {
            throw refused(
                    "%s: %s of rank %s (expected: integers of rank 1)",
                    name, value.type(), value.rank());
        }
        return value.toLongs();
    }

    /** An input of integers whose values may be seen later. */
    static TensorType indices(Inputs inputs, int index, String name) {
        TensorType type = present(inputs, index, name);
        if (type.type() != ElementType.INT64 && type.type() != ElementType.INT32) {
            throw refused("%s: %s (expected: int32 or int64)", name, type);
        }
        return type;
    }

    /** The only element of an input. */
    static NdArray single(Inputs inputs, int index, String name) {
        NdArray value = known(inputs, index, name);
        if (value.count() != 1) {
            throw refused("%s: %s elements (expected: 1)", name, value.count());
        }
        return value;
    }

    /** An axis counted from the front, given from the front or, below 0, from the back. */
    static int axis(String name, long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw refused(
                    "%s: %s (expected: %s to %s for rank %s)", name, axis, -rank, rank - 1, rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** Axes counted from the front, each once. */
    static int[] axes(String name, long[] axes, int rank) {
        int[] dims = new int[axes.length];
        boolean[] seen = new boolean[rank];
        for (int i = 0; i < axes.length; i++) {
            dims[i] = axis(name, axes[i], rank);
            if (seen[dims[i]]) {
                throw refused("%s: %s (expected: each axis once)", name, axes);
            }
            seen[dims[i]] = true;
        }
        return dims;
    }

    /** All axes in order, or those of an input if it is there. */
    static int[] axesOrAll(Inputs inputs, int index, int rank) {
        if (inputs.has(index)) {
            return axes("axes", integers(inputs, index, "axes"), rank);
        }
        int[] all = new int[rank];
        Arrays.setAll(all, i -> i);
        return all;
    }

    /** The product of sizes from a dimension to another. */
    static long product(long[] sizes, int from, int to) {
        return new TensorType(ElementType.BOOL, Arrays.copyOfRange(sizes, from, to)).elementCount();
    }

    /**
     * An output's type.
     *
     * @throws IllegalArgumentException if a size is negative or the elements are too many to count
     */
    static TensorType output(ElementType type, long... shape) {
        TensorType output = new TensorType(type, shape);
        output.elementCount();
        return output;
    }

    /** An index below 0 counts from the back. */
    static int index(String name, long index, long size) {
        if (index < -size || index >= size) {
            throw refused(
                    "%s: %s (expected: %s to %s, as the axis has size %s)",
                    name, index, -size, size - 1, size);
        }
        return (int) (index < 0 ? index + size : index);
    }
}
