package io.strider.conv;

import static io.strider.conv.VectorGemmLoops.LANES;
import static io.strider.conv.VectorGemmLoops.ORDER;
import static io.strider.conv.VectorGemmLoops.SPECIES;
import static io.strider.conv.VectorGemmLoops.VECTOR_BYTES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The loops of {@link VectorGemmLoops} for rows of A that are windows of a picture: row r begins
 * {@code starts[first + r]} bytes behind {@code at} and its element k stands {@code taps[k]} bytes
 * further on. The sums go to {@code block}, rows × vectors.
 *
 * <p>Measured with 6 rows × 4 vectors, Zen 4: 115 GFLOP/s with 147 taps, where the loop over dense
 * rows has 107: one more load does not show, and a loop that the compiler cannot cut into a first,
 * a middle and a last part begins sooner. Two nested loops, of window rows and their elements, 99.
 */
final class VectorWindowLoops {
    private VectorWindowLoops() {}

    /** 6 windows × 4 vectors. */
    static void sixByFour(
            MemorySegment a,
            long at,
            int[] starts,
            int first,
            int[] taps,
            MemorySegment b,
            long bAt,
            float[] block) {
        long a0 = at + starts[first];
        long a1 = at + starts[first + 1];
        long a2 = at + starts[first + 2];
        long a3 = at + starts[first + 3];
        long a4 = at + starts[first + 4];
        long a5 = at + starts[first + 5];
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c02 = FloatVector.zero(SPECIES);
        FloatVector c03 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c12 = FloatVector.zero(SPECIES);
        FloatVector c13 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c22 = FloatVector.zero(SPECIES);
        FloatVector c23 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        FloatVector c32 = FloatVector.zero(SPECIES);
        FloatVector c33 = FloatVector.zero(SPECIES);
        FloatVector c40 = FloatVector.zero(SPECIES);
        FloatVector c41 = FloatVector.zero(SPECIES);
        FloatVector c42 = FloatVector.zero(SPECIES);
        FloatVector c43 = FloatVector.zero(SPECIES);
        FloatVector c50 = FloatVector.zero(SPECIES);
        FloatVector c51 = FloatVector.zero(SPECIES);
        FloatVector c52 = FloatVector.zero(SPECIES);
        FloatVector c53 = FloatVector.zero(SPECIES);
        for (int k = 0; k < taps.length; k++) {
            long bk = bAt + (long) k * (4 * VECTOR_BYTES);
            long ak = taps[k];
            FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bk, ORDER);
            FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bk + VECTOR_BYTES, ORDER);
            FloatVector b2 =
                    FloatVector.fromMemorySegment(SPECIES, b, bk + 2 * VECTOR_BYTES, ORDER);
            FloatVector b3 =
                    FloatVector.fromMemorySegment(SPECIES, b, bk + 3 * VECTOR_BYTES, ORDER);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a0 + ak));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            c03 = x0.fma(b3, c03);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a1 + ak));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            c13 = x1.fma(b3, c13);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a2 + ak));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            c22 = x2.fma(b2, c22);
            c23 = x2.fma(b3, c23);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a3 + ak));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            c32 = x3.fma(b2, c32);
            c33 = x3.fma(b3, c33);
            FloatVector x4 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a4 + ak));
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            c42 = x4.fma(b2, c42);
            c43 = x4.fma(b3, c43);
            FloatVector x5 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a5 + ak));
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            c52 = x5.fma(b2, c52);
            c53 = x5.fma(b3, c53);
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

    /** 7 windows × 3 vectors. */
    static void sevenByThree(
            MemorySegment a,
            long at,
            int[] starts,
            int first,
            int[] taps,
            MemorySegment b,
            long bAt,
            float[] block) {
        long a0 = at + starts[first];
        long a1 = at + starts[first + 1];
        long a2 = at + starts[first + 2];
        long a3 = at + starts[first + 3];
        long a4 = at + starts[first + 4];
        long a5 = at + starts[first + 5];
        long a6 = at + starts[first + 6];
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c02 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c12 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c22 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        FloatVector c32 = FloatVector.zero(SPECIES);
        FloatVector c40 = FloatVector.zero(SPECIES);
        FloatVector c41 = FloatVector.zero(SPECIES);
        FloatVector c42 = FloatVector.zero(SPECIES);
        FloatVector c50 = FloatVector.zero(SPECIES);
        FloatVector c51 = FloatVector.zero(SPECIES);
        FloatVector c52 = FloatVector.zero(SPECIES);
        FloatVector c60 = FloatVector.zero(SPECIES);
        FloatVector c61 = FloatVector.zero(SPECIES);
        FloatVector c62 = FloatVector.zero(SPECIES);
        for (int k = 0; k < taps.length; k++) {
            long bk = bAt + (long) k * (3 * VECTOR_BYTES);
            long ak = taps[k];
            FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bk, ORDER);
            FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bk + VECTOR_BYTES, ORDER);
            FloatVector b2 =
                    FloatVector.fromMemorySegment(SPECIES, b, bk + 2 * VECTOR_BYTES, ORDER);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a0 + ak));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            c02 = x0.fma(b2, c02);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a1 + ak));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            c12 = x1.fma(b2, c12);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a2 + ak));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            c22 = x2.fma(b2, c22);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a3 + ak));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            c32 = x3.fma(b2, c32);
            FloatVector x4 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a4 + ak));
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            c42 = x4.fma(b2, c42);
            FloatVector x5 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a5 + ak));
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            c52 = x5.fma(b2, c52);
            FloatVector x6 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a6 + ak));
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            c62 = x6.fma(b2, c62);
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
        c60.intoArray(block, 18 * LANES);
        c61.intoArray(block, 19 * LANES);
        c62.intoArray(block, 20 * LANES);
    }

    /** 8 windows × 2 vectors. */
    static void eightByTwo(
            MemorySegment a,
            long at,
            int[] starts,
            int first,
            int[] taps,
            MemorySegment b,
            long bAt,
            float[] block) {
        long a0 = at + starts[first];
        long a1 = at + starts[first + 1];
        long a2 = at + starts[first + 2];
        long a3 = at + starts[first + 3];
        long a4 = at + starts[first + 4];
        long a5 = at + starts[first + 5];
        long a6 = at + starts[first + 6];
        long a7 = at + starts[first + 7];
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c01 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c11 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c21 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c31 = FloatVector.zero(SPECIES);
        FloatVector c40 = FloatVector.zero(SPECIES);
        FloatVector c41 = FloatVector.zero(SPECIES);
        FloatVector c50 = FloatVector.zero(SPECIES);
        FloatVector c51 = FloatVector.zero(SPECIES);
        FloatVector c60 = FloatVector.zero(SPECIES);
        FloatVector c61 = FloatVector.zero(SPECIES);
        FloatVector c70 = FloatVector.zero(SPECIES);
        FloatVector c71 = FloatVector.zero(SPECIES);
        for (int k = 0; k < taps.length; k++) {
            long bk = bAt + (long) k * (2 * VECTOR_BYTES);
            long ak = taps[k];
            FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bk, ORDER);
            FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, bk + VECTOR_BYTES, ORDER);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a0 + ak));
            c00 = x0.fma(b0, c00);
            c01 = x0.fma(b1, c01);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a1 + ak));
            c10 = x1.fma(b0, c10);
            c11 = x1.fma(b1, c11);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a2 + ak));
            c20 = x2.fma(b0, c20);
            c21 = x2.fma(b1, c21);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a3 + ak));
            c30 = x3.fma(b0, c30);
            c31 = x3.fma(b1, c31);
            FloatVector x4 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a4 + ak));
            c40 = x4.fma(b0, c40);
            c41 = x4.fma(b1, c41);
            FloatVector x5 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a5 + ak));
            c50 = x5.fma(b0, c50);
            c51 = x5.fma(b1, c51);
            FloatVector x6 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a6 + ak));
            c60 = x6.fma(b0, c60);
            c61 = x6.fma(b1, c61);
            FloatVector x7 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a7 + ak));
            c70 = x7.fma(b0, c70);
            c71 = x7.fma(b1, c71);
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
        c60.intoArray(block, 12 * LANES);
        c61.intoArray(block, 13 * LANES);
        c70.intoArray(block, 14 * LANES);
        c71.intoArray(block, 15 * LANES);
    }

    /** 8 windows × 1 vector. */
    static void eightByOne(
            MemorySegment a,
            long at,
            int[] starts,
            int first,
            int[] taps,
            MemorySegment b,
            long bAt,
            float[] block) {
        long a0 = at + starts[first];
        long a1 = at + starts[first + 1];
        long a2 = at + starts[first + 2];
        long a3 = at + starts[first + 3];
        long a4 = at + starts[first + 4];
        long a5 = at + starts[first + 5];
        long a6 = at + starts[first + 6];
        long a7 = at + starts[first + 7];
        FloatVector c00 = FloatVector.zero(SPECIES);
        FloatVector c10 = FloatVector.zero(SPECIES);
        FloatVector c20 = FloatVector.zero(SPECIES);
        FloatVector c30 = FloatVector.zero(SPECIES);
        FloatVector c40 = FloatVector.zero(SPECIES);
        FloatVector c50 = FloatVector.zero(SPECIES);
        FloatVector c60 = FloatVector.zero(SPECIES);
        FloatVector c70 = FloatVector.zero(SPECIES);
        for (int k = 0; k < taps.length; k++) {
            long bk = bAt + (long) k * VECTOR_BYTES;
            long ak = taps[k];
            FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bk, ORDER);
            FloatVector x0 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a0 + ak));
            c00 = x0.fma(b0, c00);
            FloatVector x1 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a1 + ak));
            c10 = x1.fma(b0, c10);
            FloatVector x2 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a2 + ak));
            c20 = x2.fma(b0, c20);
            FloatVector x3 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a3 + ak));
            c30 = x3.fma(b0, c30);
            FloatVector x4 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a4 + ak));
            c40 = x4.fma(b0, c40);
            FloatVector x5 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a5 + ak));
            c50 = x5.fma(b0, c50);
            FloatVector x6 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a6 + ak));
            c60 = x6.fma(b0, c60);
            FloatVector x7 = FloatVector.broadcast(SPECIES, a.get(JAVA_FLOAT, a7 + ak));
            c70 = x7.fma(b0, c70);
        }
        c00.intoArray(block, 0);
        c10.intoArray(block, LANES);
        c20.intoArray(block, 2 * LANES);
        c30.intoArray(block, 3 * LANES);
        c40.intoArray(block, 4 * LANES);
        c50.intoArray(block, 5 * LANES);
        c60.intoArray(block, 6 * LANES);
        c70.intoArray(block, 7 * LANES);
    }
}
