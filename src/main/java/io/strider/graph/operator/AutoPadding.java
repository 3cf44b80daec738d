package io.strider.graph.operator;

/** Whether padding is given in numbers or follows from the sizes (ONNX's {@code auto_pad}). */
public enum AutoPadding {
    /** Given in numbers. */
    NOTSET,
    /** For ⌈input / stride⌉ windows, an odd element behind the input. */
    SAME_UPPER,
    /** For ⌈input / stride⌉ windows, an odd element in front of the input. */
    SAME_LOWER,
    /** None. */
    VALID
}
