package io.strider.onnx;

/** One dimension of a declared value. */
sealed interface Dimension {
    /**
     * A known size.
     *
     * @param value not negative
     */
    record Size(long value) implements Dimension {}

    /**
     * A size that is known when the model runs, equal wherever the name stands.
     *
     * @param name not empty
     */
    record Symbol(String name) implements Dimension {}

    /** Nothing is known. */
    record Unknown() implements Dimension {}
}
