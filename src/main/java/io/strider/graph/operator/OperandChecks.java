package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import java.util.Arrays;

/** What several operators ask of their inputs and outputs; refusals name the input. */
final class OperandChecks {
    private OperandChecks() {}

    /** The type of an input that must be there. */
    static TensorType required(Inputs inputs, int index, String name) {
        if (!inputs.has(index)) {
            throw new IllegalArgumentException(name + ": missing (expected: input " + index + ")");
        }
        return inputs.type(index);
    }

    /** The type of an input of floating-point numbers that must be there. */
    static TensorType floating(Inputs inputs, int index, String name) {
        TensorType type = required(inputs, index, name);
        if (!type.type().isFloating()) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: a floating-point type)".formatted(name, type.type()));
        }
        return type;
    }

    /** The type of an input of numbers, not truths, that must be there. */
    static TensorType numbers(Inputs inputs, int index, String name) {
        TensorType type = required(inputs, index, name);
        if (type.type() == ElementType.BOOL) {
            throw new IllegalArgumentException(name + ": bool (expected: numbers)");
        }
        return type;
    }

    /** Refuses an element type other than that of another input. */
    static void sameType(TensorType type, String name, ElementType expected) {
        if (type.type() != expected) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: %s)".formatted(name, type.type(), expected));
        }
    }

    /** Refuses another shape. */
    static void shape(TensorType type, String name, long... expected) {
        if (!Arrays.equals(type.shape(), expected)) {
            throw new IllegalArgumentException(
                    "%s: shape %s (expected: %s)"
                            .formatted(
                                    name,
                                    Arrays.toString(type.shape()),
                                    Arrays.toString(expected)));
        }
    }

    /** Refuses fewer dimensions. */
    static void rank(TensorType type, String name, int least, String dimensions) {
        if (type.rank() < least) {
            throw new IllegalArgumentException(
                    "%s: shape %s (expected: %s)"
                            .formatted(name, Arrays.toString(type.shape()), dimensions));
        }
    }

    /** The sizes behind batch and channels. */
    static long[] spatial(TensorType type) {
        return Arrays.copyOfRange(type.shape(), 2, type.rank());
    }

    /** The product of sizes, none negative; refuses one that does not fit a long. */
    static long product(String name, long... sizes) {
        try {
            long product = 1;
            for (long size : sizes) {
                product = Math.multiplyExact(product, size);
            }
            return product;
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: sizes whose product fits a long)"
                            .formatted(name, Arrays.toString(sizes)),
                    overflow);
        }
    }

    /** An output type whose number of elements fits a long. */
    static TensorType output(ElementType type, long... shape) {
        TensorType output = new TensorType(type, shape);
        output.elementCount();
        return output;
    }
}
