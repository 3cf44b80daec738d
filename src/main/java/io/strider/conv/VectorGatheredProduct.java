package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * In registers: blocks of 6 rows × up to 4 vectors of columns stay in accumulators over all terms.
 *
 * <p>Nothing is packed: a term takes at most four loads and six broadcasts for 24 multiply-adds,
 * which the second-level cache delivers in time whatever lies between two terms, and packing would
 * cost more than it saves. The last vector of a panel is moved left until it ends with the panel;
 * the lanes that it then has twice are computed twice and written once.
 *
 * <p>One method a width, each with all its vectors in local variables: C2 keeps only those in
 * registers.
 */
final class VectorGatheredProduct implements GatheredProduct {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int LANES = S.length();
    private static final long VECTOR = LANES * (long) Float.BYTES;
    private static final int ROWS = 6;
    private static final int WIDTH = 4;

    /** Whether the registers are there to hold a block. */
    static boolean isQuick() {
        return LANES == 16;
    }

    /** A block between the sums and c, in the first-level cache. */
    private static final ThreadLocal<float[]> BLOCKS =
            ThreadLocal.withInitial(() -> new float[ROWS * WIDTH * LANES]);

    @Override
    public long workFloats(long count, long rows) {
        return 0;
    }

    @Override
    public void multiply(
            GatherTable table,
            int count,
            MemorySegment a,
            int rows,
            MemorySegment b,
            long bAt,
            int columns,
            MemorySegment c,
            long cAt,
            long ldc,
            boolean add,
            MemorySegment work,
            long workAt) {
        float[] block = BLOCKS.get();
        long[] terms = table.terms;
        long[] offsets = table.rows;
        for (int n = 0; n < columns; n += WIDTH * LANES) { // narrow vectors take several turns
            int width = Math.min(WIDTH * LANES, columns - n);
            int vectors = Math.ceilDiv(width, LANES);
            long last = (width - LANES) * 4L;
            long from = bAt + n * 4L;
            for (int m = 0; m < rows; m += ROWS) {
                int few = Math.min(ROWS, rows - m);
                long a0 = offsets[m];
                long a1 = offsets[m + Math.min(1, few - 1)];
                long a2 = offsets[m + Math.min(2, few - 1)];
                long a3 = offsets[m + Math.min(3, few - 1)];
                long a4 = offsets[m + Math.min(4, few - 1)];
                long a5 = offsets[m + Math.min(5, few - 1)];
                if (width < LANES) {
                    sumPart(terms, count, a, a0, a1, a2, a3, a4, a5, b, from, width, block);
                } else if (vectors == 4) {
                    sum4(terms, count, a, a0, a1, a2, a3, a4, a5, b, from, last, block);
                } else if (vectors == 3) {
                    sum3(terms, count, a, a0, a1, a2, a3, a4, a5, b, from, last, block);
                } else if (vectors == 2) {
                    sum2(terms, count, a, a0, a1, a2, a3, a4, a5, b, from, last, block);
                } else {
                    sum1(terms, count, a, a0, a1, a2, a3, a4, a5, b, from, block);
                }
                write(block, few, width, c, cAt + m * ldc + n * 4L, ldc, add);
            }
        }
    }

    /** Brings a block to c. */
    private static void write(
            float[] block, int rows, int width, MemorySegment c, long cAt, long ldc, boolean add) {
        int vectors = Math.ceilDiv(width, LANES);
        int whole = width / LANES;
        for (int m = 0; m < rows; m++) {
            int from = m * vectors * LANES;
            long to = cAt + m * ldc;
            for (int v = 0; v < whole; v++) {
                FloatVector sum = FloatVector.fromArray(S, block, from + v * LANES);
                if (add) {
                    FloatVector before =
                            FloatVector.fromMemorySegment(S, c, to + v * VECTOR, ORDER);
                    sum.add(before).intoMemorySegment(c, to + v * VECTOR, ORDER);
                } else {
                    sum.intoMemorySegment(c, to + v * VECTOR, ORDER);
                }
            }
            // the last vector was moved left to end with the columns
            int moved = whole == 0 ? 0 : vectors * LANES - width;
            for (int n = whole * LANES; n < width; n++) {
                float sum = block[from + n + moved];
                c.set(JAVA_FLOAT, to + n * 4L, add ? c.get(JAVA_FLOAT, to + n * 4L) + sum : sum);
            }
        }
    }

    private static void sum4(
            long[] terms,
            int count,
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            long a4,
            long a5,
            MemorySegment b,
            long b0,
            long last,
            float[] block) {
        long b3 = b0 + last;
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c02 = FloatVector.zero(S);
        FloatVector c03 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c12 = FloatVector.zero(S);
        FloatVector c13 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c22 = FloatVector.zero(S);
        FloatVector c23 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c32 = FloatVector.zero(S);
        FloatVector c33 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c42 = FloatVector.zero(S);
        FloatVector c43 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        FloatVector c52 = FloatVector.zero(S);
        FloatVector c53 = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            long first = terms[2 * k];
            long second = terms[2 * k + 1];
            FloatVector y0 = FloatVector.fromMemorySegment(S, b, b0 + second, ORDER);
            FloatVector y1 = FloatVector.fromMemorySegment(S, b, b0 + second + VECTOR, ORDER);
            FloatVector y2 = FloatVector.fromMemorySegment(S, b, b0 + second + 2 * VECTOR, ORDER);
            FloatVector y3 = FloatVector.fromMemorySegment(S, b, b3 + second, ORDER);
            FloatVector x0 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a0 + first));
            c00 = x0.fma(y0, c00);
            c01 = x0.fma(y1, c01);
            c02 = x0.fma(y2, c02);
            c03 = x0.fma(y3, c03);
            FloatVector x1 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a1 + first));
            c10 = x1.fma(y0, c10);
            c11 = x1.fma(y1, c11);
            c12 = x1.fma(y2, c12);
            c13 = x1.fma(y3, c13);
            FloatVector x2 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a2 + first));
            c20 = x2.fma(y0, c20);
            c21 = x2.fma(y1, c21);
            c22 = x2.fma(y2, c22);
            c23 = x2.fma(y3, c23);
            FloatVector x3 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a3 + first));
            c30 = x3.fma(y0, c30);
            c31 = x3.fma(y1, c31);
            c32 = x3.fma(y2, c32);
            c33 = x3.fma(y3, c33);
            FloatVector x4 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a4 + first));
            c40 = x4.fma(y0, c40);
            c41 = x4.fma(y1, c41);
            c42 = x4.fma(y2, c42);
            c43 = x4.fma(y3, c43);
            FloatVector x5 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a5 + first));
            c50 = x5.fma(y0, c50);
            c51 = x5.fma(y1, c51);
            c52 = x5.fma(y2, c52);
            c53 = x5.fma(y3, c53);
        }
        c00.intoArray(block, 0);
        c01.intoArray(block, LANES);
        c02.intoArray(block, 2 * LANES);
        c03.intoArray(block, 3 * LANES);
        c10.intoArray(block, 4 * LANES);
        c11.intoArray(block, 5 * LANES);
        c12.intoArray(block, 6 * LANES);
        c13.intoArray(block, 7 * LANES);
        c20.intoArray(block, 8 * LANES);
        c21.intoArray(block, 9 * LANES);
        c22.intoArray(block, 10 * LANES);
        c23.intoArray(block, 11 * LANES);
        c30.intoArray(block, 12 * LANES);
        c31.intoArray(block, 13 * LANES);
        c32.intoArray(block, 14 * LANES);
        c33.intoArray(block, 15 * LANES);
        c40.intoArray(block, 16 * LANES);
        c41.intoArray(block, 17 * LANES);
        c42.intoArray(block, 18 * LANES);
        c43.intoArray(block, 19 * LANES);
        c50.intoArray(block, 20 * LANES);
        c51.intoArray(block, 21 * LANES);
        c52.intoArray(block, 22 * LANES);
        c53.intoArray(block, 23 * LANES);
    }

    private static void sum3(
            long[] terms,
            int count,
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            long a4,
            long a5,
            MemorySegment b,
            long b0,
            long last,
            float[] block) {
        long b2 = b0 + last;
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c02 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c12 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c22 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c32 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c42 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        FloatVector c52 = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            long first = terms[2 * k];
            long second = terms[2 * k + 1];
            FloatVector y0 = FloatVector.fromMemorySegment(S, b, b0 + second, ORDER);
            FloatVector y1 = FloatVector.fromMemorySegment(S, b, b0 + second + VECTOR, ORDER);
            FloatVector y2 = FloatVector.fromMemorySegment(S, b, b2 + second, ORDER);
            FloatVector x0 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a0 + first));
            c00 = x0.fma(y0, c00);
            c01 = x0.fma(y1, c01);
            c02 = x0.fma(y2, c02);
            FloatVector x1 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a1 + first));
            c10 = x1.fma(y0, c10);
            c11 = x1.fma(y1, c11);
            c12 = x1.fma(y2, c12);
            FloatVector x2 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a2 + first));
            c20 = x2.fma(y0, c20);
            c21 = x2.fma(y1, c21);
            c22 = x2.fma(y2, c22);
            FloatVector x3 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a3 + first));
            c30 = x3.fma(y0, c30);
            c31 = x3.fma(y1, c31);
            c32 = x3.fma(y2, c32);
            FloatVector x4 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a4 + first));
            c40 = x4.fma(y0, c40);
            c41 = x4.fma(y1, c41);
            c42 = x4.fma(y2, c42);
            FloatVector x5 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a5 + first));
            c50 = x5.fma(y0, c50);
            c51 = x5.fma(y1, c51);
            c52 = x5.fma(y2, c52);
        }
        c00.intoArray(block, 0);
        c01.intoArray(block, LANES);
        c02.intoArray(block, 2 * LANES);
        c10.intoArray(block, 3 * LANES);
        c11.intoArray(block, 4 * LANES);
        c12.intoArray(block, 5 * LANES);
        c20.intoArray(block, 6 * LANES);
        c21.intoArray(block, 7 * LANES);
        c22.intoArray(block, 8 * LANES);
        c30.intoArray(block, 9 * LANES);
        c31.intoArray(block, 10 * LANES);
        c32.intoArray(block, 11 * LANES);
        c40.intoArray(block, 12 * LANES);
        c41.intoArray(block, 13 * LANES);
        c42.intoArray(block, 14 * LANES);
        c50.intoArray(block, 15 * LANES);
        c51.intoArray(block, 16 * LANES);
        c52.intoArray(block, 17 * LANES);
    }

    private static void sum2(
            long[] terms,
            int count,
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            long a4,
            long a5,
            MemorySegment b,
            long b0,
            long last,
            float[] block) {
        long b1 = b0 + last;
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c01 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c11 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c21 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c31 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c41 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        FloatVector c51 = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            long first = terms[2 * k];
            long second = terms[2 * k + 1];
            FloatVector y0 = FloatVector.fromMemorySegment(S, b, b0 + second, ORDER);
            FloatVector y1 = FloatVector.fromMemorySegment(S, b, b1 + second, ORDER);
            FloatVector x0 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a0 + first));
            c00 = x0.fma(y0, c00);
            c01 = x0.fma(y1, c01);
            FloatVector x1 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a1 + first));
            c10 = x1.fma(y0, c10);
            c11 = x1.fma(y1, c11);
            FloatVector x2 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a2 + first));
            c20 = x2.fma(y0, c20);
            c21 = x2.fma(y1, c21);
            FloatVector x3 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a3 + first));
            c30 = x3.fma(y0, c30);
            c31 = x3.fma(y1, c31);
            FloatVector x4 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a4 + first));
            c40 = x4.fma(y0, c40);
            c41 = x4.fma(y1, c41);
            FloatVector x5 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a5 + first));
            c50 = x5.fma(y0, c50);
            c51 = x5.fma(y1, c51);
        }
        c00.intoArray(block, 0);
        c01.intoArray(block, LANES);
        c10.intoArray(block, 2 * LANES);
        c11.intoArray(block, 3 * LANES);
        c20.intoArray(block, 4 * LANES);
        c21.intoArray(block, 5 * LANES);
        c30.intoArray(block, 6 * LANES);
        c31.intoArray(block, 7 * LANES);
        c40.intoArray(block, 8 * LANES);
        c41.intoArray(block, 9 * LANES);
        c50.intoArray(block, 10 * LANES);
        c51.intoArray(block, 11 * LANES);
    }

    private static void sum1(
            long[] terms,
            int count,
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            long a4,
            long a5,
            MemorySegment b,
            long b0,
            float[] block) {
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            long first = terms[2 * k];
            long second = terms[2 * k + 1];
            FloatVector y0 = FloatVector.fromMemorySegment(S, b, b0 + second, ORDER);
            FloatVector x0 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a0 + first));
            c00 = x0.fma(y0, c00);
            FloatVector x1 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a1 + first));
            c10 = x1.fma(y0, c10);
            FloatVector x2 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a2 + first));
            c20 = x2.fma(y0, c20);
            FloatVector x3 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a3 + first));
            c30 = x3.fma(y0, c30);
            FloatVector x4 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a4 + first));
            c40 = x4.fma(y0, c40);
            FloatVector x5 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a5 + first));
            c50 = x5.fma(y0, c50);
        }
        c00.intoArray(block, 0);
        c10.intoArray(block, LANES);
        c20.intoArray(block, 2 * LANES);
        c30.intoArray(block, 3 * LANES);
        c40.intoArray(block, 4 * LANES);
        c50.intoArray(block, 5 * LANES);
    }

    private static void sumPart(
            long[] terms,
            int count,
            MemorySegment a,
            long a0,
            long a1,
            long a2,
            long a3,
            long a4,
            long a5,
            MemorySegment b,
            long b0,
            int width,
            float[] block) {
        VectorMask<Float> mask = S.indexInRange(0, width);
        FloatVector c00 = FloatVector.zero(S);
        FloatVector c10 = FloatVector.zero(S);
        FloatVector c20 = FloatVector.zero(S);
        FloatVector c30 = FloatVector.zero(S);
        FloatVector c40 = FloatVector.zero(S);
        FloatVector c50 = FloatVector.zero(S);
        for (int k = 0; k < count; k++) {
            long first = terms[2 * k];
            long second = terms[2 * k + 1];
            FloatVector y0 = FloatVector.fromMemorySegment(S, b, b0 + second, ORDER, mask);
            FloatVector x0 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a0 + first));
            c00 = x0.fma(y0, c00);
            FloatVector x1 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a1 + first));
            c10 = x1.fma(y0, c10);
            FloatVector x2 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a2 + first));
            c20 = x2.fma(y0, c20);
            FloatVector x3 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a3 + first));
            c30 = x3.fma(y0, c30);
            FloatVector x4 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a4 + first));
            c40 = x4.fma(y0, c40);
            FloatVector x5 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, a5 + first));
            c50 = x5.fma(y0, c50);
        }
        c00.intoArray(block, 0);
        c10.intoArray(block, LANES);
        c20.intoArray(block, 2 * LANES);
        c30.intoArray(block, 3 * LANES);
        c40.intoArray(block, 4 * LANES);
        c50.intoArray(block, 5 * LANES);
    }
}
