package io.strider.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * The loops over elements. Callers have checked shapes, bounds and rights.
 *
 * <p>Three ways to copy, by the innermost loop, which is the one over neighbours in the target: a
 * run where the source's elements are neighbours too; a transposition through tiles where they are
 * neighbours along another dimension; else one element after the other.
 */
final class StridedCopy {
    /**
     * Two tiles of 4096 floats stay in the first-level cache. Transposing through them takes 0.6 to
     * 1.5 ns an element between the memory formats; loops between segments, blocked or not, took up
     * to 3.
     */
    private static final int TILE_ELEMENTS = 4096;

    private static final int TILE_SIDE = 64;

    /** Below this many elements a loop is quicker than a call of MemorySegment.copy. */
    private static final int SHORT_RUN = 8;

    private StridedCopy() {}

    static void copy(MemorySegment source, Layout from, MemorySegment target, Layout to) {
        if (from.isEmpty()) {
            return;
        }
        Loops loops = new Loops(from, to);
        int inner = loops.depth - 1;
        if (inner < 0) {
            target.setAtIndex(JAVA_FLOAT, to.offset, source.getAtIndex(JAVA_FLOAT, from.offset));
            return;
        }
        int transposed = loops.second[inner] == 1 ? unitStride(loops) : -1;
        if (transposed >= 0 && transposed < inner) {
            loops.moveBeforeInnermost(transposed);
            transpose(source, from.offset, target, to.offset, loops);
            return;
        }
        long length = loops.sizes[inner];
        long sourceStep = loops.first[inner];
        long targetStep = loops.second[inner];
        boolean run = sourceStep == 1 && targetStep == 1 && length >= SHORT_RUN;
        loops.run(
                inner,
                from.offset,
                to.offset,
                (read, write) -> {
                    if (run) {
                        copyRun(source, read, target, write, length);
                    } else {
                        copyStep(source, read, sourceStep, target, write, targetStep, length);
                    }
                    return true;
                });
    }

    /** The loop in which the source's elements are neighbours, the innermost if several; or -1. */
    private static int unitStride(Loops loops) {
        for (int loop = loops.depth - 1; loop >= 0; loop--) {
            if (loops.first[loop] == 1) {
                return loop;
            }
        }
        return -1;
    }

    private static void copyRun(
            MemorySegment source, long read, MemorySegment target, long write, long length) {
        MemorySegment.copy(
                source,
                JAVA_FLOAT,
                read * Float.BYTES,
                target,
                JAVA_FLOAT,
                write * Float.BYTES,
                length);
    }

    private static void copyStep(
            MemorySegment source,
            long read,
            long readStep,
            MemorySegment target,
            long write,
            long writeStep,
            long length) {
        for (long i = 0; i < length; i++) {
            float value = source.getAtIndex(JAVA_FLOAT, read + i * readStep);
            target.setAtIndex(JAVA_FLOAT, write + i * writeStep, value);
        }
    }

    /**
     * The innermost loop steps by one in the target and is called rows here, the one before it
     * steps by one in the source and is called columns. A tile is read row by row, turned in
     * arrays, and written column by column.
     */
    private static void transpose(
            MemorySegment source, long from, MemorySegment target, long to, Loops loops) {
        int inner = loops.depth - 1;
        long rows = loops.sizes[inner];
        long columns = loops.sizes[inner - 1];
        long rowStep = loops.first[inner];
        long columnStep = loops.second[inner - 1];
        // A narrow matrix gets long tiles: three channels, 1365 pixels.
        long tallest = Math.max(TILE_SIDE, TILE_ELEMENTS / Math.min(columns, TILE_SIDE));
        int tileRows = (int) Math.min(rows, tallest);
        int tileColumns = (int) Math.min(columns, TILE_ELEMENTS / tileRows);
        float[] tile = new float[tileRows * tileColumns];
        float[] turned = new float[tileRows * tileColumns];
        loops.run(
                inner - 1,
                from,
                to,
                (read, write) -> {
                    for (long column = 0; column < columns; column += tileColumns) {
                        int width = (int) Math.min(tileColumns, columns - column);
                        for (long row = 0; row < rows; row += tileRows) {
                            int height = (int) Math.min(tileRows, rows - row);
                            long tileRead = read + row * rowStep + column;
                            load(source, tileRead, rowStep, tile, height, width);
                            turn(tile, turned, height, width);
                            long tileWrite = write + column * columnStep + row;
                            store(turned, target, tileWrite, columnStep, width, height);
                        }
                    }
                    return true;
                });
    }

    private static void load(
            MemorySegment source, long at, long step, float[] tile, int height, int width) {
        if (step == width) {
            MemorySegment.copy(source, JAVA_FLOAT, at * Float.BYTES, tile, 0, height * width);
            return;
        }
        for (int row = 0; row < height; row++) {
            long from = (at + row * step) * Float.BYTES;
            MemorySegment.copy(source, JAVA_FLOAT, from, tile, row * width, width);
        }
    }

    /** Four rows at a time write four neighbours each: twice as quick as one. */
    private static void turn(float[] tile, float[] turned, int height, int width) {
        int row = 0;
        for (; width >= SHORT_RUN && row + 4 <= height; row += 4) {
            int first = row * width;
            int second = first + width;
            int third = second + width;
            int fourth = third + width;
            for (int column = 0; column < width; column++) {
                int to = column * height + row;
                turned[to] = tile[first + column];
                turned[to + 1] = tile[second + column];
                turned[to + 2] = tile[third + column];
                turned[to + 3] = tile[fourth + column];
            }
        }
        if (height < width) {
            for (; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    turned[column * height + row] = tile[row * width + column];
                }
            }
        } else {
            for (int column = 0; column < width; column++) {
                for (int rest = row; rest < height; rest++) {
                    turned[column * height + rest] = tile[rest * width + column];
                }
            }
        }
    }

    private static void store(
            float[] tile, MemorySegment target, long at, long step, int height, int width) {
        if (step == width) {
            MemorySegment.copy(tile, 0, target, JAVA_FLOAT, at * Float.BYTES, height * width);
            return;
        }
        for (int row = 0; row < height; row++) {
            long to = (at + row * step) * Float.BYTES;
            MemorySegment.copy(tile, row * width, target, JAVA_FLOAT, to, width);
        }
    }

    static void fill(MemorySegment target, Layout to, float value) {
        if (to.isEmpty()) {
            return;
        }
        if (to.isDense()) {
            fillRun(target, to.offset, to.elementCount, value);
            return;
        }
        Loops loops = new Loops(to, to);
        int inner = loops.depth - 1;
        long length = inner < 0 ? 1 : loops.sizes[inner];
        long step = inner < 0 ? 1 : loops.second[inner];
        loops.run(
                Math.max(inner, 0),
                to.offset,
                to.offset,
                (read, write) -> {
                    if (step == 1) {
                        fillRun(target, write, length, value);
                    } else {
                        for (long i = 0; i < length; i++) {
                            target.setAtIndex(JAVA_FLOAT, write + i * step, value);
                        }
                    }
                    return true;
                });
    }

    /** On its own, as only a loop that steps by a constant is vectorised: ten times as quick. */
    private static void fillRun(MemorySegment target, long at, long length, float value) {
        for (long i = 0; i < length; i++) {
            target.setAtIndex(JAVA_FLOAT, at + i, value);
        }
    }

    static boolean equalWithin(
            MemorySegment left,
            Layout a,
            MemorySegment right,
            Layout b,
            double absolute,
            double relative) {
        if (a.isEmpty()) {
            return true;
        }
        Loops loops = new Loops(a, b);
        int inner = loops.depth - 1;
        long length = inner < 0 ? 1 : loops.sizes[inner];
        long leftStep = inner < 0 ? 1 : loops.first[inner];
        long rightStep = inner < 0 ? 1 : loops.second[inner];
        return loops.run(
                Math.max(inner, 0),
                a.offset,
                b.offset,
                (from, to) -> {
                    for (long i = 0; i < length; i++) {
                        double x = left.getAtIndex(JAVA_FLOAT, from + i * leftStep);
                        double y = right.getAtIndex(JAVA_FLOAT, to + i * rightStep);
                        if (!closeEnough(x, y, absolute, relative)) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    /** Equality comes first, for infinities; one infinity and a finite number are never close. */
    private static boolean closeEnough(double a, double b, double absolute, double relative) {
        double difference = Math.abs(a - b);
        return a == b
                || (difference < Double.POSITIVE_INFINITY
                        && difference <= absolute + relative * Math.abs(b));
    }
}
