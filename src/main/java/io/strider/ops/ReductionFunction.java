package io.strider.ops;

import io.strider.tensor.ElementType;

/** What becomes of many numbers when they are reduced to one. */
public enum ReductionFunction {
    /** Σx; 0 of none. */
    SUM("ReduceSum"),
    /** Σx / n; NaN of none, 0 for whole numbers, whose mean is cut towards zero. */
    MEAN("ReduceMean"),
    /** The largest; NaN if any is; −∞ or the type's least number of none. Of truths too. */
    MAXIMUM("ReduceMax"),
    /** The smallest; NaN if any is; +∞ or the type's greatest number of none. Of truths too. */
    MINIMUM("ReduceMin"),
    /** Σ|x|. */
    L1("ReduceL1"),
    /** √Σx². */
    L2("ReduceL2"),
    /** Πx; 1 of none. */
    PRODUCT("ReduceProd"),
    /** Σx². */
    SUM_OF_SQUARES("ReduceSumSquare"),
    /** log Σx. */
    LOG_OF_SUM("ReduceLogSum"),
    /** log Σeˣ, without overflow. */
    LOG_OF_SUM_OF_EXPONENTIALS("ReduceLogSumExp");

    private final String label;

    ReductionFunction(String label) {
        this.label = label;
    }

    /** ONNX's name for it. */
    public String label() {
        return label;
    }

    /** Whether elements of a type can be reduced so. */
    public boolean accepts(ElementType type) {
        return type != ElementType.BOOL || this == MAXIMUM || this == MINIMUM;
    }

    /** The reduction of floating-point numbers, in double arithmetic. */
    double reduce(double[] x) {
        return switch (this) {
            case SUM -> sum(x);
            case MEAN -> sum(x) / x.length;
            case MAXIMUM -> maximum(x);
            case MINIMUM -> {
                double minimum = Double.POSITIVE_INFINITY;
                for (double value : x) {
                    minimum = Math.min(minimum, value);
                }
                yield minimum;
            }
            case L1 -> {
                double sum = 0;
                for (double value : x) {
                    sum += Math.abs(value);
                }
                yield sum;
            }
            case L2 -> Math.sqrt(squares(x));
            case PRODUCT -> {
                double product = 1;
                for (double value : x) {
                    product *= value;
                }
                yield product;
            }
            case SUM_OF_SQUARES -> squares(x);
            case LOG_OF_SUM -> Math.log(sum(x));
            case LOG_OF_SUM_OF_EXPONENTIALS -> {
                double largest = maximum(x);
                if (Double.isInfinite(largest)) {
                    yield largest;
                }
                double sum = 0;
                for (double value : x) {
                    sum += Math.exp(value - largest);
                }
                yield largest + Math.log(sum);
            }
        };
    }

    private static double sum(double[] x) {
        double sum = 0;
        for (double value : x) {
            sum += value;
        }
        return sum;
    }

    private static double maximum(double[] x) {
        double maximum = Double.NEGATIVE_INFINITY;
        for (double value : x) {
            maximum = Math.max(maximum, value);
        }
        return maximum;
    }

    private static double squares(double[] x) {
        double sum = 0;
        for (double value : x) {
            sum += value * value;
        }
        return sum;
    }

    /**
     * Whether whole numbers are reduced in 64 bits; otherwise they are taken as doubles and the
     * result is cut to their type.
     */
    boolean isWhole() {
        return switch (this) {
            case SUM, MAXIMUM, MINIMUM, L1, PRODUCT, SUM_OF_SQUARES -> true;
            default -> false;
        };
    }

    /** The reduction of whole numbers or truths of a type; the caller cuts it to the type. */
    long reduce(long[] x, ElementType type) {
        boolean unsigned = type == ElementType.UINT64;
        long result =
                switch (this) {
                    case MAXIMUM -> type.least();
                    case MINIMUM -> type.greatest();
                    case PRODUCT -> 1;
                    default -> 0;
                };
        for (long value : x) {
            result =
                    switch (this) {
                        case SUM -> result + value;
                        case L1 -> result + (type.isUnsigned() ? value : Math.abs(value));
                        case PRODUCT -> result * value;
                        case SUM_OF_SQUARES -> result + value * value;
                        case MAXIMUM -> compare(value, result, unsigned) > 0 ? value : result;
                        case MINIMUM -> compare(value, result, unsigned) < 0 ? value : result;
                        default -> throw new IllegalStateException(label);
                    };
        }
        return result;
    }

    private static int compare(long a, long b, boolean unsigned) {
        return unsigned ? Long.compareUnsigned(a, b) : Long.compare(a, b);
    }
}
