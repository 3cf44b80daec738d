package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.KernelRequest;
import io.strider.graph.TensorType;
import io.strider.ops.Broadcasting;
import io.strider.tensor.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Checks of inputs, with messages that name the input, its value and the rule. */
final class OperandTypes {
    /** What floating-point operators ask for. */
    static final String FLOATING = "floating-point elements";

    private OperandTypes() {}

    /** Refuses a number of inputs. */
    static void requireCount(Inputs inputs, int least, int most) {
        if (inputs.count() < least || inputs.count() > most) {
            throw refused(
                    "inputs: %s (expected: %s)",
                    inputs.count(), least == most ? least : least + " to " + most);
        }
    }

    /** The type of an input whose elements have been checked. */
    static TensorType require(
            Inputs inputs,
            int index,
            String argument,
            Predicate<ElementType> accepted,
            String expected) {
        if (!inputs.has(index)) {
            throw refused("%s: missing (expected: input %s)", argument, index);
        }
        TensorType type = inputs.type(index);
        if (!accepted.test(type.type())) {
            throw refused("%s: %s (expected: %s)", argument, type, expected);
        }
        return type;
    }

    /** The type of a floating-point input. */
    static TensorType floating(Inputs inputs, int index, String argument) {
        return require(inputs, index, argument, ElementType::isFloating, FLOATING);
    }

    /** The type of an input that must have the elements of another. */
    static TensorType like(Inputs inputs, int index, String argument, ElementType type) {
        return require(inputs, index, argument, given -> given == type, type.toString());
    }

    /** The type of an input that must have the elements of another and one dimension of a size. */
    static TensorType vector(
            Inputs inputs, int index, String argument, ElementType type, long size) {
        TensorType given = like(inputs, index, argument, type);
        if (given.rank() != 1 || given.shape()[0] != size) {
            throw refused("%s: %s (expected: shape [%s])", argument, given, size);
        }
        return given;
    }

    /** The type of a floating-point input with one dimension of a size. */
    static void floatingVector(Inputs inputs, int index, String argument, long size) {
        vector(inputs, index, argument, floating(inputs, index, argument).type(), size);
    }

    /** The type of an input N×C×… of floating-point elements. */
    static TensorType channels(Inputs inputs, int index) {
        TensorType x = floating(inputs, index, "x");
        if (x.rank() < 2) {
            throw refused("x: %s (expected: rank >= 2, N×C×…)", x);
        }
        return x;
    }

    /** Checks an input that is repeated to the shape of another and has its elements. */
    static void repeated(Inputs inputs, int index, String argument, TensorType x) {
        TensorType given = like(inputs, index, argument, x.type());
        if (!Broadcasting.fits(given.shape(), x.shape())) {
            throw refused("%s: %s (expected: a shape that repeats to %s)", argument, given, x);
        }
    }

    /** The first input of the output's shape, whose memory it may take, or −1. */
    static int inPlaceInput(KernelRequest request, int inputs) {
        for (int i = 0; i < inputs; i++) {
            if (request.inputs().type(i).equals(request.outputs().getFirst())) {
                return i;
            }
        }
        return -1;
    }

    /** The shape that all inputs have together. */
    static long[] together(Inputs inputs) {
        List<long[]> shapes = new ArrayList<>();
        for (int i = 0; i < inputs.count(); i++) {
            shapes.add(inputs.type(i).shape());
        }
        return Broadcasting.shape(shapes);
    }

    /**
     * A dimension, counted from the end if it is negative.
     *
     * @throws IllegalArgumentException if there is no such dimension
     */
    static int axis(String argument, long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw rank == 0
                    ? refused("%s: %s (expected: none, as the rank is 0)", argument, axis)
                    : refused("%s: %s (expected: %s to %s)", argument, axis, -rank, rank - 1);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    /** An exception whose message is formatted with {@code %s}. */
    static IllegalArgumentException refused(String format, Object... values) {
        Object[] readable = values.clone();
        for (int i = 0; i < readable.length; i++) {
            if (readable[i] instanceof long[] sizes) {
                readable[i] = Arrays.toString(sizes);
            }
        }
        return new IllegalArgumentException(String.format(Locale.ROOT, format, readable));
    }
}
