package io.strider.tensor;

import java.util.Arrays;
import java.util.Locale;

/** Refusals in one form: the argument, its value and the rule. */
final class Arguments {
    private Arguments() {}

    /**
     * An exception whose message is formatted with {@code %s}; arrays of long and int are spelt
     * out.
     */
    static IllegalArgumentException refused(String format, Object... values) {
        Object[] readable = new Object[values.length];
        Arrays.setAll(readable, i -> readable(values[i]));
        return new IllegalArgumentException(String.format(Locale.ROOT, format, readable));
    }

    private static Object readable(Object value) {
        return switch (value) {
            case long[] numbers -> Arrays.toString(numbers);
            case int[] numbers -> Arrays.toString(numbers);
            default -> value;
        };
    }

    static void positive(String argument, long value) {
        if (value < 1) {
            throw refused("%s: %s (expected: >= 1)", argument, value);
        }
    }

    static void notNegative(String argument, long value) {
        if (value < 0) {
            throw refused("%s: %s (expected: >= 0)", argument, value);
        }
    }

    static void tolerance(String argument, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw refused("%s: %s (expected: finite, >= 0)", argument, value);
        }
    }

    /** The dimension itself, if there are so many. */
    static int dimension(String argument, int dim, int rank) {
        if (dim < 0 || dim >= rank) {
            throw rank == 0
                    ? refused("%s: %s (expected: none, as the rank is 0)", argument, dim)
                    : refused("%s: %s (expected: 0 to %s)", argument, dim, rank - 1);
        }
        return dim;
    }
}
