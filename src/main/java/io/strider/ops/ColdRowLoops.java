package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.blas.WarmUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * {@link VectorRowLoops}, and until those are compiled loops over pieces of rows on the heap, which
 * C1 makes quick at once. The bits are the same.
 */
final class ColdRowLoops implements RowLoops {
    private static final RowLoops LOOPS = new VectorRowLoops();

    /** Floats that come onto the heap at a time. */
    private static final int PIECE = 4096;

    private static final int COLUMNS = 256;
    private static final int ROWS = 32;

    /** Nanoseconds of an element: a fifth of it compiled, ten before. */
    private static final double QUICK = 0.8;

    private static final WarmUp AFFINE = new WarmUp(ColdRowLoops::affineLoops);
    private static final Map<BinaryFunction, WarmUp> COMBINED = combined();

    private static Map<BinaryFunction, WarmUp> combined() {
        Map<BinaryFunction, WarmUp> all = new EnumMap<>(BinaryFunction.class);
        for (BinaryFunction function : BinaryFunction.values()) {
            if (RowLoops.supports(function)) {
                all.put(function, new WarmUp(arena -> loops(function, arena)));
            }
        }
        return all;
    }

    private final boolean always;

    ColdRowLoops() {
        this(false);
    }

    /** Of which it is said whether the vectors' loops are never used. */
    ColdRowLoops(boolean always) {
        this.always = always;
    }

    @Override
    public void combine(
            BinaryFunction function,
            MemorySegment a,
            long aAt,
            long aStep,
            MemorySegment b,
            long bAt,
            long bStep,
            MemorySegment y,
            long yAt,
            long yStep,
            long rows,
            int columns) {
        WarmUp warmUp = COMBINED.get(function);
        if (!always && (warmUp == null || !warmUp.isCold())) {
            LOOPS.combine(function, a, aAt, aStep, b, bAt, bStep, y, yAt, yStep, rows, columns);
            return;
        }
        float[] left = new float[Math.min(PIECE, columns)];
        float[] right = new float[left.length];
        for (long row = 0; row < rows; row++) {
            for (int from = 0; from < columns; from += PIECE) {
                int count = Math.min(PIECE, columns - from);
                read(a, aAt + row * aStep + from, left, count);
                read(b, bAt + row * bStep + from, right, count);
                ScalarRowLoops.combine(function, left, right, count);
                write(left, y, yAt + row * yStep + from, count);
            }
        }
    }

    @Override
    public void affine(
            MemorySegment x,
            long xAt,
            long xStep,
            MemorySegment scale,
            long scaleAt,
            MemorySegment shift,
            long shiftAt,
            float low,
            float high,
            MemorySegment y,
            long yAt,
            long yStep,
            long rows,
            int columns) {
        if (!always && !AFFINE.isCold()) {
            LOOPS.affine(
                    x, xAt, xStep, scale, scaleAt, shift, shiftAt, low, high, y, yAt, yStep, rows,
                    columns);
            return;
        }
        float[] values = new float[Math.min(PIECE, columns)];
        float[] factors = new float[values.length];
        float[] added = new float[values.length];
        for (int from = 0; from < columns; from += PIECE) {
            int count = Math.min(PIECE, columns - from);
            read(scale, scaleAt + from, factors, count);
            read(shift, shiftAt + from, added, count);
            for (long row = 0; row < rows; row++) {
                read(x, xAt + row * xStep + from, values, count);
                ScalarRowLoops.affine(values, factors, added, low, high, count);
                write(values, y, yAt + row * yStep + from, count);
            }
        }
    }

    private static void read(MemorySegment from, long at, float[] to, int count) {
        MemorySegment.copy(from, JAVA_FLOAT, at * Float.BYTES, to, 0, count);
    }

    private static void write(float[] from, MemorySegment to, long at, int count) {
        MemorySegment.copy(from, 0, to, JAVA_FLOAT, at * Float.BYTES, count);
    }

    static List<WarmUp.Loop> loops(BinaryFunction function, Arena arena) {
        MemorySegment memory = arena.allocate(3L * ROWS * COLUMNS * Float.BYTES, 64);
        long next = (long) ROWS * COLUMNS;
        Runnable work =
                () ->
                        LOOPS.combine(
                                function, memory, 0, COLUMNS, memory, next, COLUMNS, memory,
                                2 * next, COLUMNS, ROWS, COLUMNS);
        return List.of(new WarmUp.Loop(QUICK * next, work));
    }

    static List<WarmUp.Loop> affineLoops(Arena arena) {
        MemorySegment memory = arena.allocate(3L * ROWS * COLUMNS * Float.BYTES, 64);
        long next = (long) ROWS * COLUMNS;
        Runnable work =
                () ->
                        LOOPS.affine(
                                memory,
                                0,
                                COLUMNS,
                                memory,
                                next,
                                memory,
                                next + COLUMNS,
                                0,
                                6,
                                memory,
                                2 * next,
                                COLUMNS,
                                ROWS,
                                COLUMNS);
        return List.of(new WarmUp.Loop(QUICK * next, work));
    }
}
