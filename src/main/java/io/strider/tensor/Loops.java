package io.strider.tensor;

/**
 * A nest of loops that visits the elements of two layouts of one shape in step. Sizes of 1 are
 * gone, the dimensions are ordered by the second layout's strides, largest outside, so that its
 * memory is walked forwards, and neighbours that both layouts could step through as one are merged.
 * Two contiguous tensors become a single loop.
 */
final class Loops {
    /** How many loops there are, 0 for a single element. */
    final int depth;

    final long[] sizes;
    final long[] first;
    final long[] second;

    /** Called with positions in the first and second memory; false ends the walk. */
    @FunctionalInterface
    interface Body {
        boolean at(long first, long second);
    }

    /** Two layouts of the same shape, which is not empty. */
    Loops(Layout first, Layout second) {
        int rank = first.rank();
        this.sizes = new long[rank];
        this.first = new long[rank];
        this.second = new long[rank];
        int used = 0;
        for (int dim = 0; dim < rank; dim++) {
            if (first.shape[dim] != 1) {
                insert(used++, first.shape[dim], first.strides[dim], second.strides[dim]);
            }
        }
        this.depth = merge(used);
    }

    private void insert(int used, long size, long firstStride, long secondStride) {
        int at = used;
        while (at > 0
                && (second[at - 1] < secondStride
                        || (second[at - 1] == secondStride && this.first[at - 1] < firstStride))) {
            set(at, sizes[at - 1], first[at - 1], second[at - 1]);
            at--;
        }
        set(at, size, firstStride, secondStride);
    }

    private int merge(int used) {
        int kept = 0;
        for (int at = 0; at < used; at++) {
            boolean joins =
                    kept > 0
                            && first[kept - 1] == sizes[at] * first[at]
                            && second[kept - 1] == sizes[at] * second[at];
            if (joins) {
                set(kept - 1, sizes[kept - 1] * sizes[at], first[at], second[at]);
            } else {
                set(kept++, sizes[at], first[at], second[at]);
            }
        }
        return kept;
    }

    private void set(int at, long size, long firstStride, long secondStride) {
        sizes[at] = size;
        first[at] = firstStride;
        second[at] = secondStride;
    }

    /** Makes a loop the one before the innermost; the order of the others stays. */
    void moveBeforeInnermost(int loop) {
        long size = sizes[loop];
        long firstStride = first[loop];
        long secondStride = second[loop];
        for (int at = loop; at < depth - 2; at++) {
            set(at, sizes[at + 1], first[at + 1], second[at + 1]);
        }
        set(depth - 2, size, firstStride, secondStride);
    }

    /**
     * Runs the outermost {@code loops}, the body standing for the others; false if it ended early.
     */
    boolean run(int loops, long firstStart, long secondStart, Body body) {
        long[] counters = new long[loops];
        long from = firstStart;
        long to = secondStart;
        while (true) {
            if (!body.at(from, to)) {
                return false;
            }
            int loop = loops - 1;
            while (loop >= 0 && ++counters[loop] == sizes[loop]) {
                from -= (sizes[loop] - 1) * first[loop];
                to -= (sizes[loop] - 1) * second[loop];
                counters[loop] = 0;
                loop--;
            }
            if (loop < 0) {
                return true;
            }
            from += first[loop];
            to += second[loop];
        }
    }
}
