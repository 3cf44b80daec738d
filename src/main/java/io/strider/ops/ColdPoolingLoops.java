package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.blas.WarmUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * {@link VectorPoolingLoops}, and until those are compiled loops over arrays, which C1 makes quick
 * at once: a row of taps of all windows is brought onto the heap at a time. The bits are the same.
 */
final class ColdPoolingLoops implements PoolingLoops {
    private static final WarmUp WARM_UP = new WarmUp(ColdPoolingLoops::loops);

    /** Floats of a row of taps that may come onto the heap. */
    private static final long MOST = 1 << 20;

    private static final int CHANNELS = 128;
    private static final int WINDOWS = 32;

    /** Nanoseconds of a tap and channel: a twentieth of it compiled, ten before. */
    private static final double QUICK = 1;

    private final PoolingLoops loops = new VectorPoolingLoops();
    private final boolean always;

    ColdPoolingLoops() {
        this(false);
    }

    /** Of which it is said whether the vectors' loops are never used. */
    ColdPoolingLoops(boolean always) {
        this.always = always;
    }

    private boolean isCold() {
        return always || WARM_UP.isCold();
    }

    @Override
    public void maximum(
            MemorySegment from,
            long at,
            long windowStep,
            long rowStep,
            long columnStep,
            int rows,
            int columns,
            MemorySegment to,
            long toAt,
            long toStep,
            long windows,
            int channels) {
        long floats = floats(windowStep, columnStep, columns, windows, channels);
        if (floats > MOST || !isCold()) {
            loops.maximum(
                    from,
                    at,
                    windowStep,
                    rowStep,
                    columnStep,
                    rows,
                    columns,
                    to,
                    toAt,
                    toStep,
                    windows,
                    channels);
            return;
        }
        float[] taps = new float[(int) floats];
        float[] results = new float[(int) windows * channels];
        Arrays.fill(results, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < rows; row++) {
            read(from, at + row * rowStep, taps);
            for (int window = 0; window < windows; window++) {
                for (int column = 0; column < columns; column++) {
                    int tap = (int) (window * windowStep + column * columnStep);
                    maximum(results, window * channels, taps, tap, channels);
                }
            }
        }
        write(results, to, toAt, toStep, windows, channels);
    }

    @Override
    public void average(
            MemorySegment from,
            long at,
            long windowStep,
            long rowStep,
            long columnStep,
            int rows,
            int columns,
            float divisor,
            MemorySegment to,
            long toAt,
            long toStep,
            long windows,
            int channels) {
        long floats = floats(windowStep, columnStep, columns, windows, channels);
        if (floats > MOST || !isCold()) {
            loops.average(
                    from,
                    at,
                    windowStep,
                    rowStep,
                    columnStep,
                    rows,
                    columns,
                    divisor,
                    to,
                    toAt,
                    toStep,
                    windows,
                    channels);
            return;
        }
        float[] taps = new float[(int) floats];
        float[] sums = new float[(int) windows * channels];
        float[] totals = new float[sums.length];
        int open = 0;
        for (int row = 0; row < rows; row++) {
            read(from, at + row * rowStep, taps);
            for (int column = 0; column < columns; column++) {
                if (open == BLOCK) {
                    add(totals, 0, sums, 0, sums.length);
                    Arrays.fill(sums, 0);
                    open = 0;
                }
                for (int window = 0; window < windows; window++) {
                    int tap = (int) (window * windowStep + column * columnStep);
                    add(sums, window * channels, taps, tap, channels);
                }
                open++;
            }
        }
        add(totals, 0, sums, 0, sums.length);
        divide(totals, divisor);
        write(totals, to, toAt, toStep, windows, channels);
    }

    /** Floats from the first tap of a row to behind the last; more than may be if they overflow. */
    private static long floats(
            long windowStep, long columnStep, int columns, long windows, int channels) {
        double floats =
                (double) (windows - 1) * windowStep
                        + (double) (columns - 1) * columnStep
                        + Math.max(channels, (double) windows * channels);
        return floats > MOST
                ? Long.MAX_VALUE
                : (windows - 1) * windowStep + (columns - 1) * columnStep + channels;
    }

    private static void read(MemorySegment from, long at, float[] taps) {
        MemorySegment.copy(from, JAVA_FLOAT, at * Float.BYTES, taps, 0, taps.length);
    }

    private static void write(
            float[] results, MemorySegment to, long toAt, long toStep, long windows, int channels) {
        for (int window = 0; window < windows; window++) {
            long place = (toAt + window * toStep) * Float.BYTES;
            MemorySegment.copy(results, window * channels, to, JAVA_FLOAT, place, channels);
        }
    }

    private static void maximum(float[] to, int at, float[] from, int fromAt, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] = Math.max(to[at + i], from[fromAt + i]);
        }
    }

    private static void add(float[] to, int at, float[] from, int fromAt, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] += from[fromAt + i];
        }
    }

    private static void divide(float[] values, float divisor) {
        for (int i = 0; i < values.length; i++) {
            values[i] /= divisor;
        }
    }

    /** Many channels and few, windows side by side and one alone, as networks have them. */
    static List<WarmUp.Loop> loops(Arena arena) {
        PoolingLoops loops = new VectorPoolingLoops();
        long row = (WINDOWS + 3L) * CHANNELS;
        MemorySegment x = arena.allocate(4 * row * Float.BYTES, 64);
        MemorySegment y = arena.allocate(row * Float.BYTES, 64);
        int few = CHANNELS / 4;
        double all = QUICK * 9 * WINDOWS * CHANNELS;
        return List.of(
                new WarmUp.Loop(
                        all,
                        () ->
                                loops.maximum(
                                        x, 0, CHANNELS, row, CHANNELS, 3, 3, y, 0, CHANNELS,
                                        WINDOWS, CHANNELS)),
                new WarmUp.Loop(
                        all / 4,
                        () -> loops.maximum(x, 0, few, row, few, 3, 3, y, 0, few, WINDOWS, few)),
                new WarmUp.Loop(
                        all,
                        () ->
                                loops.average(
                                        x, 0, CHANNELS, row, CHANNELS, 3, 3, 9, y, 0, CHANNELS,
                                        WINDOWS, CHANNELS)),
                new WarmUp.Loop(
                        all / 4,
                        () ->
                                loops.average(
                                        x, 0, few, row, few, 3, 3, 9, y, 0, few, WINDOWS, few)));
    }
}
