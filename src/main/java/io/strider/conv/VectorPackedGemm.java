package io.strider.conv;

import static io.strider.conv.VectorGemmLoops.BLOCKS;
import static io.strider.conv.VectorGemmLoops.LANES;
import static io.strider.conv.VectorGemmLoops.MOST_DEPTH;
import static io.strider.conv.VectorGemmLoops.SUMS;
import static io.strider.conv.VectorGemmLoops.VECTOR_BYTES;

import io.strider.blas.VectorSupport;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * With the Vector API: B lies in panels of one to four vectors, zeros behind the last column, and A
 * is read where it lies. OpenBLAS copies both operands at every call and writes the sums before an
 * epilogue can read them; here neither happens.
 *
 * <p>Measured on Zen 4, one thread, in GFLOP/s of a 118 peak: 112 to 117 for 6 rows × 4 vectors,
 * 107 to 111 for 7 × 3, 101 for 8 × 2, 58 for 8 × 1; OpenBLAS 0.3.21 91 to 100.
 */
final class VectorPackedGemm implements PackedGemm, WindowGemm {
    /** GFLOP/s of the loops over panels so many vectors wide, as measured above. */
    private static final double[] SPEEDS = {0, 58, 101, 109, 114};

    /** Sums between the loops and the epilogue, in the first-level cache. */
    private static final ThreadLocal<float[]> SCRATCH =
            ThreadLocal.withInitial(() -> new float[SUMS]);

    private final int depth;
    private final long columns;
    private final MemorySegment packed;

    /** Vectors before each panel, and their sum at the end. */
    private final int[] panels;

    /** An empty one; {@code rows} as {@link PackedGemm#empty} says. */
    VectorPackedGemm(long rows, long depth, long columns, SegmentAllocator allocator) {
        this.depth = Math.toIntExact(depth);
        this.columns = columns;
        this.panels = panels(Math.toIntExact(Math.ceilDiv(columns, LANES)), rows);
        int vectors = panels[panels.length - 1];
        this.packed = allocator.allocate(vectors * depth * VECTOR_BYTES, 64);
    }

    @Override
    public int panels() {
        return panels.length - 1;
    }

    @Override
    public long firstColumn(int panel) {
        return Math.min(columns, (long) panels[panel] * LANES);
    }

    @Override
    public int count(int panel) {
        return (int) Math.min(pitch(panel), columns - firstColumn(panel));
    }

    @Override
    public int pitch(int panel) {
        return (panels[panel + 1] - panels[panel]) * LANES;
    }

    @Override
    public void set(int panel, float[] values) {
        long to = firstColumn(panel) * depth * Float.BYTES;
        int floats = Math.multiplyExact(depth, pitch(panel));
        MemorySegment.copy(values, 0, packed, ValueLayout.JAVA_FLOAT, to, floats);
    }

    /** Whether the loops run at full speed here: with vectors of 512 bits and the registers. */
    static boolean isQuick() {
        return VectorSupport.isEnabled() && FloatVector.SPECIES_PREFERRED.length() == LANES;
    }

    /**
     * Cuts so many vectors into panels for products of so many rows: most of them fours or most of
     * them threes, whatever takes less time with the rows that are filled up.
     *
     * @return vectors before each panel, and their sum at the end
     */
    static int[] panels(int vectors, long rows) {
        int[] threes = threes(vectors);
        int[] fours = fours(vectors);
        return time(fours, rows) < time(threes, rows) ? fours : threes;
    }

    private static double time(int[] panels, long rows) {
        double time = 0;
        for (int panel = 0; panel + 1 < panels.length; panel++) {
            int vectors = panels[panel + 1] - panels[panel];
            long height = height(vectors);
            time += Math.ceilDiv(rows, height) * height * vectors / SPEEDS[vectors];
        }
        return time;
    }

    /** Threes, a four or two for the rest, a one or two if too few. */
    private static int[] threes(int vectors) {
        int fours = vectors % 3;
        int threes = vectors / 3 - fours;
        return threes < 0 // 1, 2 and 5
                ? starts(0, vectors / 3, vectors % 3)
                : starts(fours, threes, 0);
    }

    /** Fours and what remains, no single one if it can be helped. */
    private static int[] fours(int vectors) {
        return vectors % 4 == 1 && vectors > 4
                ? starts(vectors / 4 - 1, 1, 2)
                : vectors % 4 == 3
                        ? starts(vectors / 4, 1, 0)
                        : starts(vectors / 4, 0, vectors % 4);
    }

    private static int[] starts(int fours, int threes, int last) {
        int[] starts = new int[fours + threes + (last > 0 ? 1 : 0) + 1];
        for (int i = 1; i < starts.length; i++) {
            int width = i <= threes ? 3 : i <= threes + fours ? 4 : last;
            starts[i] = starts[i - 1] + width;
        }
        return starts;
    }

    @Override
    public long columns() {
        return columns;
    }

    /** Of the last panel but one, which is as wide as most. */
    @Override
    public int blockRows() {
        int panel = Math.max(0, panels.length - 3);
        return height(panels[panel + 1] - panels[panel]);
    }

    @Override
    public boolean isRoundedByNeighbours() {
        return false;
    }

    @Override
    public void multiply(
            int fromPanel,
            int toPanel,
            long rows,
            MemorySegment a,
            long aAt,
            long lda,
            MemorySegment c,
            long cAt,
            long ldc,
            Epilogue epilogue,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr) {
        if (VectorWarmUp.isCold()) {
            multiplyByOpenBlas(
                    fromPanel,
                    toPanel,
                    rows,
                    a,
                    aAt,
                    lda,
                    c,
                    cAt,
                    ldc,
                    epilogue,
                    residual,
                    residualAt,
                    ldr);
        } else {
            multiplyByLoops(
                    fromPanel,
                    toPanel,
                    rows,
                    a,
                    aAt,
                    lda,
                    c,
                    cAt,
                    ldc,
                    epilogue,
                    residual,
                    residualAt,
                    ldr);
        }
    }

    /** {@link #multiply} while the loops are not compiled. */
    void multiplyByOpenBlas(
            int fromPanel,
            int toPanel,
            long rows,
            MemorySegment a,
            long aAt,
            long lda,
            MemorySegment c,
            long cAt,
            long ldc,
            Epilogue epilogue,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr) {
        ColdProduct.multiply(
                packed,
                panels,
                fromPanel,
                toPanel,
                LANES,
                depth,
                columns,
                rows,
                a,
                aAt,
                lda,
                c,
                cAt,
                ldc,
                epilogue,
                residual,
                residualAt,
                ldr);
    }

    /** {@link #multiply}, compiled or not. */
    void multiplyByLoops(
            int fromPanel,
            int toPanel,
            long rows,
            MemorySegment a,
            long aAt,
            long lda,
            MemorySegment c,
            long cAt,
            long ldc,
            Epilogue epilogue,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr) {
        float[] block = SCRATCH.get();
        int pieces = Math.max(1, Math.ceilDiv(depth, MOST_DEPTH));
        for (int piece = 0; piece < pieces; piece++) {
            int from = (int) ((long) depth * piece / pieces);
            int to = (int) ((long) depth * (piece + 1) / pieces);
            boolean first = piece == 0;
            boolean last = piece == pieces - 1;
            MemorySegment addend = first ? residual : c;
            long addendAt = first ? residualAt : cAt;
            long addendStep = first ? ldr : ldc;
            for (int panel = fromPanel; panel < toPanel; panel++) {
                int vectors = panels[panel + 1] - panels[panel];
                int height = height(vectors) * BLOCKS;
                long column = (long) panels[panel] * LANES;
                long b = (column * depth + (long) from * vectors * LANES) * Float.BYTES;
                int width = (int) Math.min((long) vectors * LANES, columns - column);
                for (long row = 0; row < rows; row += height) {
                    int count = (int) Math.min(height, rows - row);
                    long at = (aAt + row * lda + from) * Float.BYTES;
                    switch (vectors) {
                        case 4 ->
                                VectorGemmLoops.sixByFour(
                                        count,
                                        a,
                                        at,
                                        lda * Float.BYTES,
                                        packed,
                                        b,
                                        to - from,
                                        block);
                        case 3 ->
                                VectorGemmLoops.sevenByThree(
                                        count,
                                        a,
                                        at,
                                        lda * Float.BYTES,
                                        packed,
                                        b,
                                        to - from,
                                        block);
                        case 2 ->
                                VectorGemmLoops.eightByTwo(
                                        count,
                                        a,
                                        at,
                                        lda * Float.BYTES,
                                        packed,
                                        b,
                                        to - from,
                                        block);
                        default ->
                                VectorGemmLoops.eightByOne(
                                        count,
                                        a,
                                        at,
                                        lda * Float.BYTES,
                                        packed,
                                        b,
                                        to - from,
                                        block);
                    }
                    if (addend != null) {
                        long start = addendAt + row * addendStep + column;
                        VectorFinish.add(
                                block, vectors * LANES, count, width, addend, start, addendStep);
                    }
                    long target = cAt + row * ldc + column;
                    if (last) {
                        VectorFinish.finish(
                                block,
                                vectors,
                                count,
                                width,
                                epilogue,
                                (int) column,
                                c,
                                target,
                                ldc);
                    } else {
                        VectorFinish.store(block, vectors, count, width, c, target, ldc);
                    }
                }
            }
        }
        long done = firstColumn(fromPanel);
        epilogue.finish(c, cAt + done, ldc, rows, firstColumn(toPanel) - done);
    }

    @Override
    public void multiplyWindows(
            long rows,
            MemorySegment a,
            long aAt,
            int[] starts,
            int first,
            int[] taps,
            MemorySegment c,
            long cAt,
            long ldc,
            Epilogue epilogue,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr) {
        WindowGemm.requireTaps(taps, depth);
        if (VectorWarmUp.isCold()) {
            multiplyWindowsByOpenBlas(
                    rows,
                    a,
                    aAt,
                    starts,
                    first,
                    taps,
                    c,
                    cAt,
                    ldc,
                    epilogue,
                    residual,
                    residualAt,
                    ldr);
        } else {
            multiplyWindowsByLoops(
                    rows,
                    a,
                    aAt,
                    starts,
                    first,
                    taps,
                    c,
                    cAt,
                    ldc,
                    epilogue,
                    residual,
                    residualAt,
                    ldr);
        }
    }

    /** {@link #multiplyWindows} while the loops are not compiled. */
    void multiplyWindowsByOpenBlas(
            long rows,
            MemorySegment a,
            long aAt,
            int[] starts,
            int first,
            int[] taps,
            MemorySegment c,
            long cAt,
            long ldc,
            Epilogue epilogue,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr) {
        ColdProduct.multiplyWindows(
                packed,
                panels,
                LANES,
                columns,
                rows,
                a,
                aAt,
                starts,
                first,
                taps,
                c,
                cAt,
                ldc,
                epilogue,
                residual,
                residualAt,
                ldr);
    }

    /** {@link #multiplyWindows}, compiled or not. */
    void multiplyWindowsByLoops(
            long rows,
            MemorySegment a,
            long aAt,
            int[] starts,
            int first,
            int[] taps,
            MemorySegment c,
            long cAt,
            long ldc,
            Epilogue epilogue,
            @Nullable MemorySegment residual,
            long residualAt,
            long ldr) {
        float[] block = SCRATCH.get();
        long at = aAt * Float.BYTES;
        for (int panel = 0; panel + 1 < panels.length; panel++) {
            int vectors = panels[panel + 1] - panels[panel];
            int height = height(vectors);
            long column = (long) panels[panel] * LANES;
            long b = column * depth * Float.BYTES;
            int width = (int) Math.min((long) vectors * LANES, columns - column);
            for (long row = 0; row < rows; row += height) {
                int count = (int) Math.min(height, rows - row);
                int from = first + (int) row;
                switch (vectors) {
                    case 4 ->
                            VectorWindowLoops.sixByFour(
                                    a, at, starts, from, taps, packed, b, block);
                    case 3 ->
                            VectorWindowLoops.sevenByThree(
                                    a, at, starts, from, taps, packed, b, block);
                    case 2 ->
                            VectorWindowLoops.eightByTwo(
                                    a, at, starts, from, taps, packed, b, block);
                    default ->
                            VectorWindowLoops.eightByOne(
                                    a, at, starts, from, taps, packed, b, block);
                }
                if (residual != null) {
                    long start = residualAt + row * ldr + column;
                    VectorFinish.add(block, vectors * LANES, count, width, residual, start, ldr);
                }
                long target = cAt + row * ldc + column;
                VectorFinish.finish(
                        block, vectors, count, width, epilogue, (int) column, c, target, ldc);
            }
        }
        epilogue.finish(c, cAt, ldc, rows, columns);
    }

    /** Rows of a block that is so many vectors wide. */
    private static int height(int vectors) {
        return vectors == 4 ? 6 : vectors == 3 ? 7 : 8;
    }
}
