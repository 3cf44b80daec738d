package io.strider.conv;

/**
 * How the rows and the column panels of one matrix product are shared out between threads: every
 * task multiplies some rows by some panels. Immutable.
 *
 * @param batch images of the run that it is for
 * @param threads how many share the run
 * @param rows rows of a task, but for the last ones
 * @param parts tasks that share the panels of the same rows
 */
record GemmCut(long batch, int threads, long rows, int parts) {
    /** Reading a weight anew, from a third-level cache, takes as long as so many rows' products. */
    private static final long READING = 8;

    /** Work of a task below which handing it to another thread, some 2 µs, would show. */
    private static final double TASK_FLOPS = 2e6;

    /** What is to be cut. */
    interface Product {
        /** Rows of a run over so many images. */
        long rows(long batch);

        /** Rows that one task should not exceed, for the sake of the cache. */
        long mostRows();

        /** Rows that are multiplied at a time. */
        long blockRows();

        /** Pieces that the columns may be cut into. */
        int panels();

        /** Columns of the panels from one up to another. */
        long columns(int fromPanel, int toPanel);

        /** Operations of one row. */
        double rowFlops();

        /** What each task does for a row beside multiplying, in columns of the product. */
        long overhead();
    }

    /**
     * Cuts a product so that all threads end at about the same time: of every way to cut the panels
     * into as many parts as there are threads at most, with as many rows as give every thread the
     * same number of tasks, the one whose busiest thread has the least to do. For one thread rows
     * are cut for the cache and panels not at all.
     */
    static GemmCut of(Product product, long batch, int threads) {
        long rows = product.rows(batch);
        long fewest = Math.max(1, Math.ceilDiv(rows, product.mostRows()));
        GemmCut best = new GemmCut(batch, threads, rowsOf(product, rows, fewest), 1);
        if (threads == 1) {
            return best;
        }
        long most = Math.max(fewest, (long) (rows * product.rowFlops() / TASK_FLOPS));
        double least = Double.POSITIVE_INFINITY;
        for (int parts = 1; parts <= Math.min(threads, product.panels()); parts++) {
            long even = Math.ceilDiv(fewest * parts, threads) * threads / parts;
            for (long tiles : new long[] {fewest, Math.max(fewest, even)}) {
                long each = rowsOf(product, rows, tiles);
                long tasks = Math.ceilDiv(rows, each) * parts;
                double time = time(product, each, parts) * Math.ceilDiv(tasks, threads);
                if (time < least && (tasks <= most || tasks == fewest)) {
                    least = time;
                    best = new GemmCut(batch, threads, each, parts);
                }
            }
        }
        return best;
    }

    /** Rows of a task if they are cut into so many: whole blocks, as alike as can be. */
    private static long rowsOf(Product product, long rows, long tiles) {
        long even = Math.max(1, Math.ceilDiv(rows, tiles));
        return Math.min(product.mostRows(), wholeBlocks(product, even));
    }

    private static long wholeBlocks(Product product, long rows) {
        return Math.ceilDiv(rows, product.blockRows()) * product.blockRows();
    }

    private static double time(Product product, long rows, int parts) {
        long widest = 0;
        for (int part = 0; part < parts; part++) {
            int from = firstPanel(product.panels(), part, parts);
            int to = firstPanel(product.panels(), part + 1, parts);
            widest = Math.max(widest, product.columns(from, to));
        }
        double computed = wholeBlocks(product, rows);
        return (computed + READING) * widest + computed * product.overhead();
    }

    /** The first panel of a part; of the part behind the last, the panel behind the last. */
    static int firstPanel(int panels, int part, int parts) {
        return (int) ((long) panels * part / parts);
    }

    /** Tasks of a run over so many rows. */
    long tasks(long allRows) {
        return Math.ceilDiv(allRows, rows) * parts;
    }

    /** The first row of a task. */
    long firstRow(long task) {
        return task / parts * rows;
    }

    /** The first panel of a task. */
    int fromPanel(long task, int panels) {
        return firstPanel(panels, (int) (task % parts), parts);
    }

    /** The panel behind the last of a task. */
    int toPanel(long task, int panels) {
        return firstPanel(panels, (int) (task % parts) + 1, parts);
    }
}
