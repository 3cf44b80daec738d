package io.strider.ops;

import io.strider.tensor.ElementType;

/** Functions of two numbers, applied element by element after broadcasting. Immutable. */
public enum BinaryFunction {
    /** a + b. */
    ADD("Add"),
    /** a − b. */
    SUBTRACT("Sub"),
    /** a · b. */
    MULTIPLY("Mul"),
    /** a / b; of whole numbers cut towards zero. */
    DIVIDE("Div"),
    /** The smaller; NaN if either is. */
    MINIMUM("Min"),
    /** The larger; NaN if either is. */
    MAXIMUM("Max"),
    /** a to the power of b, which may be of another type; the result is of a's. */
    POWER("Pow"),
    /** The remainder of a / b with the sign of b; of whole numbers only. */
    FLOOR_REMAINDER("Mod"),
    /** The remainder of a / b with the sign of a. */
    REMAINDER("Mod"),
    /** a where it is not below zero, a · b elsewhere. */
    PARAMETRIC_RELU("PRelu"),
    /** a and b; of truths. */
    AND("And"),
    /** a or b or both; of truths. */
    OR("Or"),
    /** Either a or b; of truths. */
    XOR("Xor");

    private final String label;

    BinaryFunction(String label) {
        this.label = label;
    }

    /** ONNX's name for it. */
    public String label() {
        return label;
    }

    /** Whether a may be of a type. */
    public boolean accepts(ElementType type) {
        return switch (this) {
            case AND, OR, XOR -> type == ElementType.BOOL;
            case FLOOR_REMAINDER -> type.isInteger();
            default -> type != ElementType.BOOL;
        };
    }

    /**
     * The function of floating-point numbers, in double arithmetic.
     *
     * @throws UnsupportedOperationException if there is none
     */
    public double apply(double a, double b) {
        return switch (this) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            case POWER -> Math.pow(a, b);
            case REMAINDER -> a % b;
            case PARAMETRIC_RELU -> a < 0 ? a * b : a;
            case FLOOR_REMAINDER, AND, OR, XOR ->
                    throw new UnsupportedOperationException(label + " of floating-point numbers");
        };
    }

    /**
     * The function of whole numbers or truths of one type; the caller cuts the result to the type.
     *
     * @throws IllegalArgumentException for a divisor of 0
     */
    public long apply(long a, long b, ElementType type) {
        boolean unsigned = type == ElementType.UINT64; // smaller ones lie in the positive longs
        return switch (this) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> unsigned ? Long.divideUnsigned(a, divisor(b)) : a / divisor(b);
            case MINIMUM -> compare(a, b, unsigned) <= 0 ? a : b;
            case MAXIMUM -> compare(a, b, unsigned) >= 0 ? a : b;
            case POWER -> power(a, b, type);
            case REMAINDER -> unsigned ? Long.remainderUnsigned(a, divisor(b)) : a % divisor(b);
            case FLOOR_REMAINDER ->
                    unsigned ? Long.remainderUnsigned(a, divisor(b)) : Math.floorMod(a, divisor(b));
            case PARAMETRIC_RELU -> a < 0 && !type.isUnsigned() ? a * b : a;
            case AND -> a & b;
            case OR -> a | b;
            case XOR -> a ^ b;
        };
    }

    private static long divisor(long b) {
        if (b == 0) {
            throw new IllegalArgumentException("divisor: 0 (expected: not 0, for whole numbers)");
        }
        return b;
    }

    private static int compare(long a, long b, boolean unsigned) {
        return unsigned ? Long.compareUnsigned(a, b) : Long.compare(a, b);
    }

    /** The power's low bits; for a negative exponent the power cut towards zero. */
    private static long power(long base, long exponent, ElementType type) {
        if (exponent < 0 && !type.isUnsigned()) {
            if (base == 0) {
                throw new IllegalArgumentException(
                        "exponent: %s of base 0 (expected: >= 0)".formatted(exponent));
            }
            boolean odd = (exponent & 1) != 0;
            return base == 1 ? 1 : base == -1 ? (odd ? -1 : 1) : 0;
        }
        long power = 1;
        long square = base;
        for (long rest = exponent; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                power *= square;
            }
            square *= square;
        }
        return power;
    }
}
