package io.strider.graph;

import java.util.Arrays;

/** How a tensor is had from the memory of another without moving an element. */
public sealed interface View {
    /** The same elements in the same row-major order, in another shape. */
    View SAME_ORDER = new SameOrder();

    /** See {@link #SAME_ORDER}. */
    record SameOrder() implements View {}

    /**
     * A part of every dimension: index i is index {@code from} + i·{@code step} of the whole. The
     * sizes are those of the part's type.
     *
     * @param from the first index of each dimension; not to be modified
     * @param step the distance of indices in each dimension, at least 1; not to be modified
     */
    @SuppressWarnings("ArrayRecordComponent") // equals compares the elements
    record Part(long[] from, long[] step) implements View {
        /** Of neighbours along one dimension, whole in all others. */
        public static Part along(int rank, int dim, long first) {
            long[] from = new long[rank];
            long[] step = new long[rank];
            Arrays.fill(step, 1);
            from[dim] = first;
            return new Part(from, step);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Part that
                    && Arrays.equals(from, that.from)
                    && Arrays.equals(step, that.step);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(from) + Arrays.hashCode(step);
        }
    }
}
