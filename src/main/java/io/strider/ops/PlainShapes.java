package io.strider.ops;

/** Sizes of plain arrays. */
final class PlainShapes {
    private PlainShapes() {}

    /**
     * The number of elements of a shape.
     *
     * @throws ArithmeticException if it overflows
     */
    static long count(long[] shape) {
        return count(shape, 0, shape.length);
    }

    /** The number of elements that the dimensions from {@code first} to before {@code end} span. */
    static long count(long[] shape, int first, int end) {
        long count = 1;
        for (int dim = first; dim < end; dim++) {
            count = Math.multiplyExact(count, shape[dim]);
        }
        return count;
    }
}
