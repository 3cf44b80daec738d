package io.strider.ops;

import io.strider.tensor.ElementType;

/** How two numbers are compared, element by element after broadcasting. NaN compares as false. */
public enum Comparison {
    /** a = b; of truths too. */
    EQUAL("Equal"),
    /** a &gt; b. */
    GREATER("Greater"),
    /** a ≥ b. */
    GREATER_OR_EQUAL("GreaterOrEqual"),
    /** a &lt; b. */
    LESS("Less"),
    /** a ≤ b. */
    LESS_OR_EQUAL("LessOrEqual");

    private final String label;

    Comparison(String label) {
        this.label = label;
    }

    /** ONNX's name for it. */
    public String label() {
        return label;
    }

    /** Whether elements of a type can be compared so. */
    public boolean accepts(ElementType type) {
        return this == EQUAL || type != ElementType.BOOL;
    }

    /** Compares floating-point numbers. */
    public boolean holds(double a, double b) {
        return switch (this) {
            case EQUAL -> a == b;
            case GREATER -> a > b;
            case GREATER_OR_EQUAL -> a >= b;
            case LESS -> a < b;
            case LESS_OR_EQUAL -> a <= b;
        };
    }

    /** Compares whole numbers or truths of one type. */
    public boolean holds(long a, long b, ElementType type) {
        int order = type == ElementType.UINT64 ? Long.compareUnsigned(a, b) : Long.compare(a, b);
        return switch (this) {
            case EQUAL -> order == 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
        };
    }
}
