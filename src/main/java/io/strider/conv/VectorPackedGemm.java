package io.strider.conv;

import static io.strider.conv.VectorGemmLoops.BLOCK;
import static io.strider.conv.VectorGemmLoops.LANES;
import static io.strider.conv.VectorGemmLoops.ORDER;
import static io.strider.conv.VectorGemmLoops.SPECIES;
import static io.strider.conv.VectorGemmLoops.VECTOR_BYTES;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * With the Vector API: B lies in panels of one to four vectors, zeros behind the last column, and A
 * is read where it lies. OpenBLAS copies both operands at every call and writes the sums before an
 * epilogue can read them; here neither happens.
 *
 * <p>Measured on Zen 4, one thread, in GFLOP/s of a 118 peak: 108 to 113 for 6 rows × 4 vectors,
 * 107 to 111 for 7 × 3, 101 for 8 × 2, 58 for 8 × 1; OpenBLAS 0.3.21 91 to 100.
 */
final class VectorPackedGemm implements PackedGemm {
    /**
     * Longest sums in one go: a panel of 2048 × 64 floats is half of a second-level cache of 1 MiB,
     * the rows of A that it meets stand in the other half. Longer ones go through C.
     */
    private static final int MOST_DEPTH = 2048;

    /** A block of sums, between the loops and the epilogue, in the first-level cache. */
    private static final ThreadLocal<float[]> BLOCKS =
            ThreadLocal.withInitial(() -> new float[BLOCK]);

    /** Zeros for a panel, where there is nothing to add. */
    private static final MemorySegment NOTHING =
            Arena.global().allocate(4 * VECTOR_BYTES, VECTOR_BYTES);

    private final int depth;
    private final long columns;
    private final MemorySegment packed;

    /** Vectors before each panel, and their sum at the end. */
    private final int[] panels;

    VectorPackedGemm(
            long depth,
            long columns,
            MemorySegment b,
            long at,
            long rowStep,
            long columnStep,
            SegmentAllocator allocator) {
        this.depth = Math.toIntExact(depth);
        this.columns = columns;
        this.panels = panels(Math.toIntExact(Math.ceilDiv(columns, LANES)));
        int vectors = panels[panels.length - 1];
        this.packed = allocator.allocate(vectors * depth * VECTOR_BYTES, 64);
        for (int panel = 0; panel + 1 < panels.length; panel++) {
            long first = (long) panels[panel] * LANES;
            long width = (long) (panels[panel + 1] - panels[panel]) * LANES;
            long count = Math.min(width, columns - first);
            for (long k = 0; k < depth; k++) {
                long row = first * depth + k * width;
                long from = at + k * rowStep + first * columnStep;
                Runs.copy(b, from, columnStep, packed, row, count);
                Runs.fill(packed, row + count, width - count, 0);
            }
        }
    }

    /** Whether the loops run at full speed here: with vectors of 512 bits and the registers. */
    static boolean isQuick() {
        return VectorSupport.isEnabled() && FloatVector.SPECIES_PREFERRED.length() == LANES;
    }

    /** Cuts so many vectors into fours and threes, with a two or a one only where there are few. */
    static int[] panels(int vectors) {
        int fours = vectors / 4;
        int rest = vectors % 4;
        while (rest % 3 != 0 && fours > 0) {
            fours--;
            rest += 4;
        }
        if (rest % 3 != 0) { // 1, 2 and 5
            fours = 0;
            rest = vectors;
        }
        int threes = rest / 3;
        int last = rest % 3;
        int[] starts = new int[fours + threes + (last > 0 ? 1 : 0) + 1];
        for (int i = 1; i < starts.length; i++) {
            int width = i <= fours ? 4 : i <= fours + threes ? 3 : last;
            starts[i] = starts[i - 1] + width;
        }
        return starts;
    }

    @Override
    public long columns() {
        return columns;
    }

    @Override
    public void multiply(
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
        float[] block = BLOCKS.get();
        int pieces = Math.max(1, Math.ceilDiv(depth, MOST_DEPTH));
        for (int piece = 0; piece < pieces; piece++) {
            int from = (int) ((long) depth * piece / pieces);
            int to = (int) ((long) depth * (piece + 1) / pieces);
            boolean first = piece == 0;
            boolean last = piece == pieces - 1;
            boolean adds = !first || residual != null;
            MemorySegment addend = !first ? c : residual != null ? residual : NOTHING;
            long addendAt = first ? residualAt : cAt;
            long addendStep = first ? ldr : ldc;
            MemorySegment bias = last ? epilogue.bias : NOTHING;
            float low = last ? epilogue.low : Float.NEGATIVE_INFINITY;
            float high = last ? epilogue.high : Float.POSITIVE_INFINITY;
            for (int panel = 0; panel + 1 < panels.length; panel++) {
                int vectors = panels[panel + 1] - panels[panel];
                int height = vectors == 4 ? 6 : vectors == 3 ? 7 : 8;
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
                    finish(
                            block,
                            vectors,
                            count,
                            width,
                            addend,
                            adds ? addendAt + row * addendStep + column : 0,
                            adds ? addendStep : 0,
                            bias,
                            last ? column : 0,
                            low,
                            high,
                            c,
                            cAt + row * ldc + column,
                            ldc);
                }
            }
        }
        epilogue.finish(c, cAt, ldc, rows, columns);
    }

    /**
     * c = clamp(block + addend + bias) for {@code width} columns of {@code rows} rows; offsets and
     * strides count floats.
     */
    private static void finish(
            float[] block,
            int vectors,
            int rows,
            int width,
            MemorySegment addend,
            long addendAt,
            long addendStep,
            MemorySegment bias,
            long biasAt,
            float low,
            float high,
            MemorySegment c,
            long cAt,
            long ldc) {
        int whole = width / LANES;
        for (int v = 0; v < whole; v++) {
            long column = v * VECTOR_BYTES;
            FloatVector shift =
                    FloatVector.fromMemorySegment(
                            SPECIES, bias, biasAt * Float.BYTES + column, ORDER);
            for (int r = 0; r < rows; r++) {
                long from = (addendAt + r * addendStep) * Float.BYTES + column;
                long to = (cAt + r * ldc) * Float.BYTES + column;
                FloatVector.fromArray(SPECIES, block, (r * vectors + v) * LANES)
                        .add(FloatVector.fromMemorySegment(SPECIES, addend, from, ORDER))
                        .add(shift)
                        .max(low)
                        .min(high)
                        .intoMemorySegment(c, to, ORDER);
            }
        }
        if (whole * LANES < width) {
            VectorMask<Float> mask = SPECIES.indexInRange(whole * LANES, width);
            long column = whole * VECTOR_BYTES;
            FloatVector shift =
                    FloatVector.fromMemorySegment(
                            SPECIES, bias, biasAt * Float.BYTES + column, ORDER);
            for (int r = 0; r < rows; r++) {
                long from = (addendAt + r * addendStep) * Float.BYTES + column;
                long to = (cAt + r * ldc) * Float.BYTES + column;
                FloatVector.fromArray(SPECIES, block, (r * vectors + whole) * LANES)
                        .add(FloatVector.fromMemorySegment(SPECIES, addend, from, ORDER, mask))
                        .add(shift)
                        .max(low)
                        .min(high)
                        .intoMemorySegment(c, to, ORDER, mask);
            }
        }
    }
}
