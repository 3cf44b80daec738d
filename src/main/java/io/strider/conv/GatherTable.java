package io.strider.conv;

import io.strider.tensor.Tensor;

/**
 * Where the operands of a {@link GatheredProduct} lie: a list of terms, two byte offsets each, and
 * a list of rows, one each. One for each thread, so that nothing is allocated in steady state.
 *
 * <p>It lies in Java arrays: reading an entry from a memory segment takes so many nodes of C2's
 * graph that the loop over the terms would no longer be inlined as a whole.
 */
final class GatherTable {
    /** Terms that fit. */
    static final int MOST_TERMS = 512;

    /** Rows that fit. */
    static final int MOST_ROWS = 96;

    private static final ThreadLocal<GatherTable> TABLES =
            ThreadLocal.withInitial(GatherTable::new);

    /** Offsets of term k: in a at 2·k, in b at 2·k + 1. */
    final long[] terms = new long[2 * MOST_TERMS];

    /** Offset of each row in a. */
    final long[] rows = new long[MOST_ROWS];

    private GatherTable() {}

    /** This thread's; not to be kept. */
    static GatherTable ofThread() {
        return TABLES.get();
    }

    /**
     * Lists the meetings of tap (i, j) with the pictures: for each output position whose tap lies
     * on the input and not in its padding, the byte offset of the output pixel and of the input
     * pixel, each from the first element of its tensor.
     *
     * @param from first position, counted over the whole batch
     * @param to one behind the last, at most {@link #MOST_TERMS} further
     * @return how many there are
     */
    int listPixels(
            Conv2dGeometry geometry, long i, long j, long from, long to, Tensor x, Tensor gy) {
        Axis height = geometry.height;
        Axis width = geometry.width;
        long firstRow = height.firstInside(i);
        long endRow = height.endInside(i);
        long firstColumn = width.firstInside(j);
        long endColumn = width.endInside(j);
        long gyStep = gy.stride(3) * Float.BYTES;
        long xStep = width.stride() * x.stride(3) * Float.BYTES;
        long row = from / width.output();
        long left = from % width.output();
        int entry = 0;
        for (long done = from; done < to; row++) {
            long run = Math.min(width.output() - left, to - done);
            long p = row % height.output();
            if (p >= firstRow && p < endRow) {
                long n = row / height.output();
                long q = Math.max(left, firstColumn);
                int pixels = (int) Math.max(0, Math.min(left + run, endColumn) - q);
                long gyAt = n * gy.stride(0) + p * gy.stride(2) + q * gy.stride(3);
                long xAt =
                        n * x.stride(0)
                                + height.at(p, i) * x.stride(2)
                                + width.at(q, j) * x.stride(3);
                gyAt *= Float.BYTES;
                xAt *= Float.BYTES;
                for (int k = 0; k < pixels; k++) {
                    terms[entry] = gyAt;
                    terms[entry + 1] = xAt;
                    entry += 2;
                    gyAt += gyStep;
                    xAt += xStep;
                }
            }
            done += run;
            left = 0;
        }
        return entry / 2;
    }
}
