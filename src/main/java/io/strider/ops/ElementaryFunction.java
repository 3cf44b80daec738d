package io.strider.ops;

import io.strider.tensor.ElementType;

/** The functions of one number that take no parameter and are not activations. */
public enum ElementaryFunction implements UnaryFunction {
    /** |x|; of whole numbers too. */
    ABS("Abs"),
    /** −x; of signed whole numbers too. */
    NEG("Neg"),
    /** −1, 0 or 1; of whole numbers too. */
    SIGN("Sign"),
    /** The greatest whole number that is not above x. */
    FLOOR("Floor"),
    /** The least whole number that is not below x. */
    CEIL("Ceil"),
    /** The nearest whole number, halves to the even one. */
    ROUND("Round"),
    /** 1 / x. */
    RECIPROCAL("Reciprocal"),
    /** √x; NaN below zero. */
    SQRT("Sqrt"),
    /** eˣ. */
    EXP("Exp"),
    /** The natural logarithm; NaN below zero. */
    LOG("Log"),
    /** The error function, 2/√π · ∫ e^(−t²) dt from 0 to x. */
    ERF("Erf"),
    /** The sine of radians. */
    SIN("Sin"),
    /** The cosine of radians. */
    COS("Cos"),
    /** The tangent of radians. */
    TAN("Tan"),
    /** The arc sine. */
    ASIN("Asin"),
    /** The arc cosine. */
    ACOS("Acos"),
    /** The arc tangent. */
    ATAN("Atan"),
    /** The hyperbolic sine. */
    SINH("Sinh"),
    /** The hyperbolic cosine. */
    COSH("Cosh"),
    /** The inverse hyperbolic sine. */
    ASINH("Asinh"),
    /** The inverse hyperbolic cosine; NaN below 1. */
    ACOSH("Acosh"),
    /** The inverse hyperbolic tangent; NaN outside −1 to 1. */
    ATANH("Atanh");

    private final String label;

    ElementaryFunction(String label) {
        this.label = label;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public boolean accepts(ElementType type) {
        return type.isFloating()
                || switch (this) {
                    case ABS, SIGN -> type.isInteger();
                    case NEG -> type.isInteger() && !type.isUnsigned();
                    default -> false;
                };
    }

    @Override
    public double apply(double x) {
        return switch (this) {
            case ABS -> Math.abs(x);
            case NEG -> -x;
            case SIGN -> Math.signum(x);
            case FLOOR -> Math.floor(x);
            case CEIL -> Math.ceil(x);
            case ROUND -> Math.rint(x);
            case RECIPROCAL -> 1 / x;
            case SQRT -> Math.sqrt(x);
            case EXP -> Math.exp(x);
            case LOG -> Math.log(x);
            case ERF -> ErrorFunction.erf(x);
            case SIN -> Math.sin(x);
            case COS -> Math.cos(x);
            case TAN -> Math.tan(x);
            case ASIN -> Math.asin(x);
            case ACOS -> Math.acos(x);
            case ATAN -> Math.atan(x);
            case SINH -> Math.sinh(x);
            case COSH -> Math.cosh(x);
            case ASINH -> asinh(x);
            case ACOSH -> acosh(x);
            case ATANH -> 0.5 * (Math.log1p(x) - Math.log1p(-x));
        };
    }

    /** log(a + √(a² + 1)) of a = |x|, written so that small and huge ones keep their digits. */
    private static double asinh(double x) {
        double a = Math.abs(x);
        double y =
                a > 0x1p28
                        ? Math.log(a) + Math.log(2)
                        : Math.log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
        return Math.copySign(y, x);
    }

    /** log(x + √(x² − 1)), likewise. */
    private static double acosh(double x) {
        double above = x - 1;
        return x > 0x1p28
                ? Math.log(x) + Math.log(2)
                : Math.log1p(above + Math.sqrt(above * (x + 1)));
    }

    @Override
    public long apply(long x, ElementType type) {
        return switch (this) {
            case ABS -> type.isUnsigned() ? x : Math.abs(x);
            case NEG -> -x;
            case SIGN -> type.isUnsigned() ? (x == 0 ? 0 : 1) : Long.signum(x);
            default -> UnaryFunction.super.apply(x, type);
        };
    }
}
