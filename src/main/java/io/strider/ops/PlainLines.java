package io.strider.ops;

/**
 * The elements of a row-major array taken apart into groups: those that differ only in some
 * dimensions are together.
 *
 * <p>Element k of group g stands at {@code starts[g] + offsets[k]}; groups and elements in
 * row-major order.
 */
final class PlainLines {
    final int[] starts;
    final int[] offsets;

    /**
     * Of a shape.
     *
     * @param together which dimensions a group spans
     */
    PlainLines(long[] shape, boolean[] together) {
        starts = positions(shape, together, false);
        offsets = positions(shape, together, true);
    }

    private static int[] positions(long[] shape, boolean[] together, boolean which) {
        int[] positions = {0};
        long stride = PlainShapes.count(shape);
        for (int dim = 0; dim < shape.length; dim++) {
            int size = Math.toIntExact(shape[dim]);
            stride = size == 0 ? 0 : stride / size;
            if (together[dim] != which) {
                continue;
            }
            int[] finer = new int[Math.multiplyExact(positions.length, size)];
            for (int i = 0; i < positions.length; i++) {
                for (int k = 0; k < size; k++) {
                    finer[i * size + k] = positions[i] + (int) (k * stride);
                }
            }
            positions = finer;
        }
        return positions;
    }

    /** One dimension. */
    static boolean[] only(int axis, int rank) {
        boolean[] together = new boolean[rank];
        together[axis] = true;
        return together;
    }
}
