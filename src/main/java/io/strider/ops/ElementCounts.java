package io.strider.ops;

/** Numbers of elements that fit a Java array. */
final class ElementCounts {
    /** The longest array that every JVM can make. */
    private static final long MOST = Integer.MAX_VALUE - 8;

    private ElementCounts() {}

    /**
     * The product of two sizes, neither negative.
     *
     * @throws IllegalArgumentException if it overflows
     */
    static long times(String name, long a, long b) {
        try {
            return Math.multiplyExact(a, b);
        } catch (ArithmeticException overflow) {
            throw new IllegalArgumentException(
                    "%s: %d times %d elements (expected: at most %d)".formatted(name, a, b, MOST),
                    overflow);
        }
    }

    /**
     * A number of elements as an array's length.
     *
     * @throws IllegalArgumentException if an array cannot hold so many
     */
    static int length(String name, long count) {
        if (count > MOST) {
            throw new IllegalArgumentException(
                    "%s: %d elements (expected: at most %d)".formatted(name, count, MOST));
        }
        return (int) count;
    }

    /**
     * The product of sizes, none negative, as an array's length.
     *
     * @throws IllegalArgumentException if an array cannot hold so many
     */
    static int length(String name, long... sizes) {
        long count = 1;
        for (long size : sizes) {
            if (size == 0) {
                return 0;
            }
        }
        for (long size : sizes) {
            count = times(name, count, size);
        }
        return length(name, count);
    }
}
