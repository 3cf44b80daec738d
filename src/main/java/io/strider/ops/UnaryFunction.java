package io.strider.ops;

import io.strider.tensor.ElementType;

/**
 * A function of one number, applied to every element of a tensor. Immutable, thread-safe, equal if
 * all parameters are.
 *
 * <p>NaN in gives NaN out unless a function says otherwise.
 */
public sealed interface UnaryFunction permits ElementaryFunction, ActivationFunction {
    /** ONNX's name for it. */
    String label();

    /** Whether it is defined for elements of a type. */
    default boolean accepts(ElementType type) {
        return type.isFloating();
    }

    /** The function of a floating-point number, in double arithmetic. */
    double apply(double x);

    /**
     * The function of a whole number of a type that it {@linkplain #accepts accepts}; the caller
     * cuts the result to the type.
     *
     * @throws UnsupportedOperationException if it accepts no whole numbers
     */
    default long apply(long x, ElementType type) {
        throw new UnsupportedOperationException(label() + " of " + type);
    }
}
