package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of {@link VectorPackedGemm}: a few rows of A times a panel of B, one to four
 * vectors wide, with all sums in registers (Goto and van de Geijn, <i>Anatomy of High-Performance
 * Matrix Multiplication</i>, 2008, section 4). AVX-512 has 32 registers, so rows × vectors is 24 at
 * most.
 *
 * <p>All have the same form. Offsets and {@code lda} count bytes. {@code rows} are those of {@link
 * #BLOCKS} blocks at most; rows past the last are the last once more, so that nothing outside A is
 * read. B's panel is dense, the vectors of one k together. The sums go to {@code block}, rows ×
 * vectors, for the caller to finish.
 *
 * <p>Written out because C2 keeps vectors in registers only if each is a local variable; into an
 * array and not a segment because 24 stores to a segment are more than C1 compiles, and what it
 * gives up never reaches C2.
 */
final class VectorGemmLoops {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Floats of a vector. */
    static final int LANES = 16;

    static final long VECTOR_BYTES = LANES * Float.BYTES;

    /**
     * Blocks that a loop computes in one go, so that calling it and finishing their sums is begun
     * less often; measured with four against one, sums of 16 elements 6 % quicker, of 64 2 %, two
     * vectors wide 5 to 9 %. Their sums stay in the first-level cache.
     */
    static final int BLOCKS = 4;

    /** Floats of the most sums of one go. */
    static final int SUMS = 24 * LANES * BLOCKS;

    /**
     * Longest sums in one go: a panel of 2048 × 64 floats is half of a second-level cache of 1 MiB,
     * the rows of A that it meets stand in the other half.
     */
    static final int MOST_DEPTH = 2048;

    /**
     * Where the elements of a dense row are, in bytes. A loop that looks this up is quicker than
     * one that multiplies, measured on Zen 4 with 64, 147, 256, 1024 elements 112, 115, 116, 117
     * GFLOP/s and 104, 109, 111, 113: C2 does not cut it into a first, a middle and a last part.
     * With fewer than four vectors a row it is slower, by a tenth to a third.
     */
    private static final int[] DENSE = new int[MOST_DEPTH];

    static {
        Arrays.setAll(DENSE, k -> k * Float.BYTES);
    }

    private VectorGemmLoops() {}

    /** 6 rows × 4 vectors: the quickest, 6 broadcasts for 24 products. */
    static void sixByFour(
            int rows,
            MemorySegment a,
            long at,
            long lda,
            MemorySegment b,
            long bAt,
            int depth,
            float[] block) {
        long last = rows - 1L;
        for (int row = 0; row < rows; row += 6) {
            int to = row * 4 * LANES;
            long a0 = at + row * lda;
            long a1 = at + Math.min(row + 1, last) * lda;
            long a2 = at + Math.min(row + 2, last) * lda;
            long a3 = at + Math.min(row + 3, last) * lda;
            long a4 = at + Math.min(row + 4, last) * lda;
            long a5 = at + Math.min(row + 5, last) * lda;
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
            for (int k = 0; k < depth; k++) {
                long ak = DENSE[k];
                long bk = bAt + ak * (4 * LANES);
                FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bk, ORDER);
                FloatVector b1 =
                        FloatVector.fromMemorySegment(SPECIES, b, bk + VECTOR_BYTES, ORDER);
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
            c00.intoArray(block, to);
            c01.intoArray(block, to + LANES);
            c02.intoArray(block, to + 2 * LANES);
            c03.intoArray(block, to + 3 * LANES);
            c10.intoArray(block, to + 4 * LANES);
            c11.intoArray(block, to + 5 * LANES);
            c12.intoArray(block, to + 6 * LANES);
            c13.intoArray(block, to + 7 * LANES);
            c20.intoArray(block, to + 8 * LANES);
            c21.intoArray(block, to + 9 * LANES);
            c22.intoArray(block, to + 10 * LANES);
            c23.intoArray(block, to + 11 * LANES);
            c30.intoArray(block, to + 12 * LANES);
            c31.intoArray(block, to + 13 * LANES);
            c32.intoArray(block, to + 14 * LANES);
            c33.intoArray(block, to + 15 * LANES);
            c40.intoArray(block, to + 16 * LANES);
            c41.intoArray(block, to + 17 * LANES);
            c42.intoArray(block, to + 18 * LANES);
            c43.intoArray(block, to + 19 * LANES);
            c50.intoArray(block, to + 20 * LANES);
            c51.intoArray(block, to + 21 * LANES);
            c52.intoArray(block, to + 22 * LANES);
            c53.intoArray(block, to + 23 * LANES);
        }
    }

    /** 7 rows × 3 vectors: as quick, and picture sizes like to be multiples of 7. */
    static void sevenByThree(
            int rows,
            MemorySegment a,
            long at,
            long lda,
            MemorySegment b,
            long bAt,
            int depth,
            float[] block) {
        long last = rows - 1L;
        for (int row = 0; row < rows; row += 7) {
            int to = row * 3 * LANES;
            long a0 = at + row * lda;
            long a1 = at + Math.min(row + 1, last) * lda;
            long a2 = at + Math.min(row + 2, last) * lda;
            long a3 = at + Math.min(row + 3, last) * lda;
            long a4 = at + Math.min(row + 4, last) * lda;
            long a5 = at + Math.min(row + 5, last) * lda;
            long a6 = at + Math.min(row + 6, last) * lda;
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
            for (int k = 0; k < depth; k++) {
                long bk = bAt + (long) k * (3 * VECTOR_BYTES);
                long ak = (long) k * Float.BYTES;
                FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bk, ORDER);
                FloatVector b1 =
                        FloatVector.fromMemorySegment(SPECIES, b, bk + VECTOR_BYTES, ORDER);
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
            c00.intoArray(block, to);
            c01.intoArray(block, to + LANES);
            c02.intoArray(block, to + 2 * LANES);
            c10.intoArray(block, to + 3 * LANES);
            c11.intoArray(block, to + 4 * LANES);
            c12.intoArray(block, to + 5 * LANES);
            c20.intoArray(block, to + 6 * LANES);
            c21.intoArray(block, to + 7 * LANES);
            c22.intoArray(block, to + 8 * LANES);
            c30.intoArray(block, to + 9 * LANES);
            c31.intoArray(block, to + 10 * LANES);
            c32.intoArray(block, to + 11 * LANES);
            c40.intoArray(block, to + 12 * LANES);
            c41.intoArray(block, to + 13 * LANES);
            c42.intoArray(block, to + 14 * LANES);
            c50.intoArray(block, to + 15 * LANES);
            c51.intoArray(block, to + 16 * LANES);
            c52.intoArray(block, to + 17 * LANES);
            c60.intoArray(block, to + 18 * LANES);
            c61.intoArray(block, to + 19 * LANES);
            c62.intoArray(block, to + 20 * LANES);
        }
    }

    /** 8 rows × 2 vectors. */
    static void eightByTwo(
            int rows,
            MemorySegment a,
            long at,
            long lda,
            MemorySegment b,
            long bAt,
            int depth,
            float[] block) {
        long last = rows - 1L;
        for (int row = 0; row < rows; row += 8) {
            int to = row * 2 * LANES;
            long a0 = at + row * lda;
            long a1 = at + Math.min(row + 1, last) * lda;
            long a2 = at + Math.min(row + 2, last) * lda;
            long a3 = at + Math.min(row + 3, last) * lda;
            long a4 = at + Math.min(row + 4, last) * lda;
            long a5 = at + Math.min(row + 5, last) * lda;
            long a6 = at + Math.min(row + 6, last) * lda;
            long a7 = at + Math.min(row + 7, last) * lda;
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
            for (int k = 0; k < depth; k++) {
                long bk = bAt + (long) k * (2 * VECTOR_BYTES);
                long ak = (long) k * Float.BYTES;
                FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bk, ORDER);
                FloatVector b1 =
                        FloatVector.fromMemorySegment(SPECIES, b, bk + VECTOR_BYTES, ORDER);
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
            c00.intoArray(block, to);
            c01.intoArray(block, to + LANES);
            c10.intoArray(block, to + 2 * LANES);
            c11.intoArray(block, to + 3 * LANES);
            c20.intoArray(block, to + 4 * LANES);
            c21.intoArray(block, to + 5 * LANES);
            c30.intoArray(block, to + 6 * LANES);
            c31.intoArray(block, to + 7 * LANES);
            c40.intoArray(block, to + 8 * LANES);
            c41.intoArray(block, to + 9 * LANES);
            c50.intoArray(block, to + 10 * LANES);
            c51.intoArray(block, to + 11 * LANES);
            c60.intoArray(block, to + 12 * LANES);
            c61.intoArray(block, to + 13 * LANES);
            c70.intoArray(block, to + 14 * LANES);
            c71.intoArray(block, to + 15 * LANES);
        }
    }

    /** 8 rows × 1 vector: half the speed, as a broadcast takes as long as two products. */
    static void eightByOne(
            int rows,
            MemorySegment a,
            long at,
            long lda,
            MemorySegment b,
            long bAt,
            int depth,
            float[] block) {
        long last = rows - 1L;
        for (int row = 0; row < rows; row += 8) {
            int to = row * LANES;
            long a0 = at + row * lda;
            long a1 = at + Math.min(row + 1, last) * lda;
            long a2 = at + Math.min(row + 2, last) * lda;
            long a3 = at + Math.min(row + 3, last) * lda;
            long a4 = at + Math.min(row + 4, last) * lda;
            long a5 = at + Math.min(row + 5, last) * lda;
            long a6 = at + Math.min(row + 6, last) * lda;
            long a7 = at + Math.min(row + 7, last) * lda;
            FloatVector c00 = FloatVector.zero(SPECIES);
            FloatVector c10 = FloatVector.zero(SPECIES);
            FloatVector c20 = FloatVector.zero(SPECIES);
            FloatVector c30 = FloatVector.zero(SPECIES);
            FloatVector c40 = FloatVector.zero(SPECIES);
            FloatVector c50 = FloatVector.zero(SPECIES);
            FloatVector c60 = FloatVector.zero(SPECIES);
            FloatVector c70 = FloatVector.zero(SPECIES);
            for (int k = 0; k < depth; k++) {
                long bk = bAt + (long) k * (1 * VECTOR_BYTES);
                long ak = (long) k * Float.BYTES;
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
            c00.intoArray(block, to);
            c10.intoArray(block, to + LANES);
            c20.intoArray(block, to + 2 * LANES);
            c30.intoArray(block, to + 3 * LANES);
            c40.intoArray(block, to + 4 * LANES);
            c50.intoArray(block, to + 5 * LANES);
            c60.intoArray(block, to + 6 * LANES);
            c70.intoArray(block, to + 7 * LANES);
        }
    }
}
