package io.strider.blas;

import static io.strider.blas.Transpose.NO_TRANSPOSE;
import static io.strider.blas.Transpose.TRANSPOSE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad arguments: refused by both implementations with the same words, and nothing is written. */
@SuppressWarnings("NullAway")
class BlasArgumentsTest {
    private static final long MAX = Integer.MAX_VALUE;

    /** The arguments of an {@code sgemm} of 2×3 by 3×4, good until a test spoils them. */
    private static final class Gemm {
        Transpose transA = NO_TRANSPOSE;
        Transpose transB = NO_TRANSPOSE;
        long m = 2;
        long n = 4;
        long k = 3;
        float alpha = 1;
        MemorySegment a = floats(6);
        long aOffset = 0;
        long lda = 3;
        MemorySegment b = floats(12);
        long bOffset = 0;
        long ldb = 4;
        float beta = 0;
        MemorySegment c = floats(8);
        long cOffset = 0;
        long ldc = 4;

        void call(Blas blas) {
            blas.sgemm(
                    transA, transB, m, n, k, alpha, a, aOffset, lda, b, bOffset, ldb, beta, c,
                    cOffset, ldc);
        }
    }

    record BadGemm(
            String rule, Consumer<Gemm> spoil, Class<? extends Throwable> error, String message) {
        @Override
        public String toString() {
            return rule;
        }
    }

    private static MemorySegment floats(long n) {
        float[] values = new float[(int) n];
        Arrays.fill(values, 7);
        return Arena.ofAuto().allocateFrom(JAVA_FLOAT, values);
    }

    private static BadGemm bad(String rule, Consumer<Gemm> spoil, String message) {
        return new BadGemm(rule, spoil, IllegalArgumentException.class, message);
    }

    private static BadGemm nothing(String name, Consumer<Gemm> spoil) {
        return new BadGemm("null " + name, spoil, NullPointerException.class, name);
    }

    private static MemorySegment closed() {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(1000, 64);
        }
    }

    // Stays open: its thread has ended, nobody else may close it.
    @SuppressWarnings("MustBeClosedChecker")
    private static MemorySegment foreign() {
        MemorySegment[] segment = new MemorySegment[1];
        Thread other =
                Thread.ofPlatform().start(() -> segment[0] = Arena.ofConfined().allocate(1000, 64));
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return segment[0];
    }

    static Stream<BadGemm> badGemms() {
        String size = " (expected: >= 0 and <= 2147483647)";
        String leading = ", the columns of the matrix as stored, and <= 2147483647)";
        String heap = ": a heap segment (expected: native memory, as from Arena.allocate)";
        MemorySegment whole = floats(100);
        List<BadGemm> cases =
                new ArrayList<>(
                        List.of(
                                nothing("transA", g -> g.transA = null),
                                nothing("transB", g -> g.transB = null),
                                nothing("a", g -> g.a = null),
                                nothing("b", g -> g.b = null),
                                nothing("c", g -> g.c = null),
                                bad("negative m", g -> g.m = -1, "m: -1" + size),
                                bad("negative n", g -> g.n = -1, "n: -1" + size),
                                bad("negative k", g -> g.k = -5, "k: -5" + size),
                                bad("large m", g -> g.m = MAX + 1, "m: 2147483648" + size),
                                bad(
                                        "huge k",
                                        g -> g.k = Long.MAX_VALUE,
                                        "k: 9223372036854775807" + size),
                                bad(
                                        "small lda",
                                        g -> g.lda = 2,
                                        "lda: 2 (expected: >= 3" + leading),
                                bad(
                                        "small ldb",
                                        g -> g.ldb = 3,
                                        "ldb: 3 (expected: >= 4" + leading),
                                bad(
                                        "small ldc",
                                        g -> g.ldc = 3,
                                        "ldc: 3 (expected: >= 4" + leading),
                                bad(
                                        "negative ldc",
                                        g -> g.ldc = -4,
                                        "ldc: -4 (expected: >= 4" + leading),
                                bad(
                                        "large lda",
                                        g -> g.lda = MAX + 1,
                                        "lda: 2147483648 (expected: >= 3" + leading),
                                bad(
                                        "lda of 0 for an empty matrix",
                                        g -> {
                                            g.k = 0;
                                            g.lda = 0;
                                        },
                                        "lda: 0 (expected: >= 1" + leading),
                                bad(
                                        "small lda of a transposed A",
                                        g -> {
                                            g.transA = TRANSPOSE;
                                            g.lda = 1;
                                        },
                                        "lda: 1 (expected: >= 2" + leading),
                                bad(
                                        "small ldb of a transposed B",
                                        g -> {
                                            g.transB = TRANSPOSE;
                                            g.ldb = 2;
                                        },
                                        "ldb: 2 (expected: >= 3" + leading)));
        cases.addAll(
                List.of(
                        bad(
                                "negative offset",
                                g -> g.aOffset = -1,
                                "aOffset: -1, with 6 elements from there (expected: >= 0 and within"
                                        + " the 6 elements of a)"),
                        bad(
                                "offset beyond",
                                g -> g.bOffset = 1,
                                "bOffset: 1, with 12 elements from there (expected: >= 0 and within"
                                        + " the 12 elements of b)"),
                        bad(
                                "offset that would overflow",
                                g -> g.cOffset = Long.MAX_VALUE,
                                "cOffset: 9223372036854775807, with 8 elements from there"
                                        + " (expected: >= 0 and within the 8 elements of c)"),
                        bad(
                                "offset whose bytes would overflow",
                                g -> g.cOffset = 1L << 62,
                                "cOffset: 4611686018427387904, with 8"),
                        bad(
                                "C a byte short",
                                g -> g.c = g.c.asSlice(0, 31),
                                "cOffset: 0, with 8 elements from there (expected: >= 0 and within"
                                        + " the 7 elements of c)"),
                        bad(
                                "C short by its leading dimension",
                                g -> g.ldc = 5,
                                "cOffset: 0, with 9 elements"),
                        bad(
                                "the largest matrix there can be",
                                g -> {
                                    g.m = MAX;
                                    g.k = MAX;
                                    g.lda = MAX;
                                    g.ldb = MAX;
                                },
                                "aOffset: 0, with 4611686014132420609 elements"),
                        bad(
                                "the null segment",
                                g -> g.a = MemorySegment.NULL,
                                "aOffset: 0, with 6"),
                        bad("heap A", g -> g.a = MemorySegment.ofArray(new float[6]), "a" + heap),
                        bad("heap B", g -> g.b = MemorySegment.ofArray(new float[12]), "b" + heap),
                        bad("heap C", g -> g.c = MemorySegment.ofArray(new byte[99]), "c" + heap),
                        bad(
                                "read-only C",
                                g -> g.c = g.c.asReadOnly(),
                                "c: a read-only segment (expected: writable, as it receives the"
                                        + " result)"),
                        bad(
                                "misaligned A",
                                g -> g.a = floats(10).asSlice(2, 30),
                                "(expected: a multiple of 4)"),
                        bad(
                                "C is A",
                                g -> {
                                    g.c = whole;
                                    g.a = whole;
                                },
                                "c: overlaps a (expected: disjoint, as c is written)"),
                        bad(
                                "C ends in B",
                                g -> {
                                    g.c = whole;
                                    g.b = whole.asSlice(28);
                                },
                                "c: overlaps b (expected: disjoint, as c is written)"),
                        bad(
                                "C between the rows of A, with another leading dimension",
                                g -> {
                                    g.a = whole;
                                    g.lda = 50;
                                    g.c = whole;
                                    g.cOffset = 10;
                                },
                                "c: overlaps a"),
                        bad(
                                "column blocks that share a column",
                                g -> {
                                    g.a = whole;
                                    g.lda = 20;
                                    g.c = whole;
                                    g.cOffset = 2;
                                    g.ldc = 20;
                                },
                                "c: overlaps a")));
        cases.addAll(
                List.of(
                        new BadGemm(
                                "closed arena of A",
                                g -> g.a = closed(),
                                IllegalStateException.class,
                                "a: its arena is closed"),
                        new BadGemm(
                                "closed arena of C",
                                g -> g.c = closed(),
                                IllegalStateException.class,
                                "c: its arena is closed"),
                        new BadGemm(
                                "B confined to another thread",
                                g -> g.b = foreign(),
                                WrongThreadException.class,
                                "b: its arena is confined to another thread"),
                        new BadGemm(
                                "C confined to another thread, nothing to do",
                                g -> {
                                    g.m = 0;
                                    g.c = foreign();
                                },
                                WrongThreadException.class,
                                "c: its arena is confined to another thread")));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("badGemms")
    void sgemmRefuses(BadGemm bad) {
        for (Blas blas : List.of(Blas.openBlas(), Blas.plain())) {
            Gemm gemm = new Gemm();
            bad.spoil.accept(gemm);
            boolean readable =
                    gemm.c != null
                            && gemm.c.scope().isAlive()
                            && gemm.c.isAccessibleBy(Thread.currentThread());
            byte[] before =
                    readable ? gemm.c.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE) : null;
            assertThatThrownBy(() -> gemm.call(blas))
                    .as(blas.name())
                    .isExactlyInstanceOf(bad.error)
                    .hasMessageContaining(bad.message);
            if (readable) {
                assertThat(gemm.c.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                        .as("C is untouched")
                        .isEqualTo(before);
            }
        }
    }

    record BadCall(String message, Consumer<Blas> call) {
        @Override
        public String toString() {
            return message;
        }
    }

    static Stream<BadCall> badCalls() {
        MemorySegment s = floats(100);
        MemorySegment t = floats(100);
        MemorySegment u = floats(100);
        MemorySegment readOnly = floats(100).asReadOnly();
        return Stream.of(
                new BadCall("incX: 0", b -> b.saxpy(4, 1, s, 0, 0, t, 0, 1)),
                new BadCall("incY: 0", b -> b.saxpby(4, 1, s, 0, 1, 1, t, 0, 0)),
                new BadCall("incX: 2147483648", b -> b.scopy(1, s, 0, MAX + 1, t, 0, 1)),
                new BadCall(
                        "incX: -9223372036854775808",
                        b -> b.sdot(1, s, 0, Long.MIN_VALUE, t, 0, 1)),
                new BadCall("incY: -2147483648", b -> b.sdot(1, s, 0, 1, t, 0, -MAX - 1)),
                new BadCall("incX: -1 (expected: > 0", b -> b.sscal(4, 1, s, 0, -1)),
                new BadCall("incX: 0 (expected: > 0", b -> b.snrm2(4, s, 0, 0)),
                new BadCall("incX: -2 (expected: > 0", b -> b.sasum(4, s, 0, -2)),
                new BadCall("incX: -2 (expected: > 0", b -> b.isamax(4, s, 0, -2)),
                new BadCall("n: -1", b -> b.sscal(-1, 1, s, 0, 1)),
                new BadCall("n: 2147483648", b -> b.isamax(MAX + 1, s, 0, 1)),
                new BadCall("xOffset: 97, with 4 elements", b -> b.sasum(4, s, 97, 1)),
                new BadCall("xOffset: 0, with 103 elements", b -> b.snrm2(52, s, 0, 2)),
                new BadCall("yOffset: 0, with 102 elements", b -> b.sdot(2, s, 0, 1, t, 0, -101)),
                new BadCall("yOffset: -1, with 2 elements", b -> b.scopy(2, s, 0, 1, t, -1, 1)),
                new BadCall("y: a read-only segment", b -> b.saxpy(4, 0, s, 0, 1, readOnly, 0, 1)),
                new BadCall(
                        "y: a read-only segment", b -> b.saxpby(4, 0, s, 0, 1, 1, readOnly, 0, 1)),
                new BadCall("y: a read-only segment", b -> b.scopy(4, s, 0, 1, readOnly, 0, 1)),
                new BadCall("x: a read-only segment", b -> b.sscal(4, 0, readOnly, 0, 1)),
                new BadCall(
                        "a: a read-only segment",
                        b -> b.sger(2, 2, 1, s, 0, 1, t, 0, 1, readOnly, 0, 2)),
                new BadCall(
                        "b: a read-only segment",
                        b -> b.somatcopy(TRANSPOSE, 2, 2, 0, s, 0, 2, readOnly, 0, 2)),
                new BadCall(
                        "y: a read-only segment",
                        b -> b.sgemv(TRANSPOSE, 2, 2, 1, s, 0, 2, t, 0, 1, 0, readOnly, 0, 1)),
                new BadCall("y: overlaps x", b -> b.saxpy(4, 1, s, 0, 1, s, 0, 1)),
                new BadCall("y: overlaps x", b -> b.scopy(4, s, 0, 2, s, 4, 2)),
                new BadCall("y: overlaps x", b -> b.saxpby(4, 1, s, 0, 2, 1, s, 1, -3)),
                new BadCall(
                        "y: overlaps a",
                        b -> b.sgemv(NO_TRANSPOSE, 4, 4, 1, s, 0, 4, t, 0, 1, 0, s, 8, 1)),
                new BadCall(
                        "y: overlaps x",
                        b -> b.sgemv(NO_TRANSPOSE, 4, 4, 1, s, 0, 4, t, 0, 1, 0, t, 3, 1)),
                new BadCall("a: overlaps x", b -> b.sger(4, 4, 1, s, 15, 1, t, 0, 1, s, 0, 4)),
                new BadCall("a: overlaps y", b -> b.sger(4, 4, 1, s, 0, 1, t, 15, 1, t, 0, 4)),
                new BadCall(
                        "b: overlaps a", b -> b.somatcopy(NO_TRANSPOSE, 4, 4, 1, s, 0, 4, s, 0, 4)),
                new BadCall(
                        "lda: 3 (expected: >= 4",
                        b -> b.somatcopy(TRANSPOSE, 2, 4, 1, s, 0, 3, t, 0, 4)),
                new BadCall(
                        "ldb: 1 (expected: >= 2",
                        b -> b.somatcopy(TRANSPOSE, 2, 4, 1, s, 0, 4, t, 0, 1)),
                new BadCall("columns: -4", b -> b.somatcopy(TRANSPOSE, 2, -4, 1, s, 0, 4, t, 0, 1)),
                new BadCall("rows: -2", b -> b.somatcopy(TRANSPOSE, -2, 4, 1, s, 0, 4, t, 0, 1)),
                new BadCall(
                        "bOffset: 94, with 8 elements",
                        b -> b.somatcopy(TRANSPOSE, 2, 4, 1, s, 0, 4, t, 94, 2)),
                new BadCall(
                        "lda: 3 (expected: >= 4",
                        b -> b.sgemv(TRANSPOSE, 2, 4, 1, s, 0, 3, t, 0, 1, 0, u, 0, 1)),
                new BadCall(
                        "xOffset: 97, with 4 elements",
                        b -> b.sgemv(NO_TRANSPOSE, 2, 4, 1, s, 0, 4, t, 97, 1, 0, u, 0, 1)),
                new BadCall(
                        "yOffset: 97, with 4 elements",
                        b -> b.sgemv(TRANSPOSE, 2, 4, 1, s, 0, 4, t, 0, 1, 0, u, 97, 1)),
                new BadCall(
                        "lda: 3 (expected: >= 4", b -> b.sger(2, 4, 1, s, 0, 1, t, 0, 1, u, 0, 3)),
                new BadCall(
                        "aOffset: 93, with 8 elements",
                        b -> b.sger(2, 4, 1, s, 0, 1, t, 0, 1, u, 93, 4)),
                new BadCall(
                        "aOffset: 0, with 64 elements from there (expected: >= 0 and within the 50"
                                + " elements of a)",
                        b ->
                                b.dgemm(
                                        NO_TRANSPOSE,
                                        NO_TRANSPOSE,
                                        8,
                                        1,
                                        8,
                                        1,
                                        s,
                                        0,
                                        8,
                                        t,
                                        0,
                                        1,
                                        0,
                                        u,
                                        0,
                                        1)),
                new BadCall(
                        "(expected: a multiple of 8)",
                        b ->
                                b.dgemm(
                                        NO_TRANSPOSE,
                                        NO_TRANSPOSE,
                                        2,
                                        2,
                                        2,
                                        1,
                                        Arena.ofAuto().allocate(100, 8).asSlice(4),
                                        0,
                                        2,
                                        t,
                                        0,
                                        2,
                                        0,
                                        u,
                                        0,
                                        2)));
    }

    @ParameterizedTest
    @MethodSource("badCalls")
    void theOthersRefuse(BadCall bad) {
        for (Blas blas : List.of(Blas.openBlas(), Blas.plain())) {
            assertThatThrownBy(() -> bad.call.accept(blas))
                    .as(blas.name())
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad.message);
        }
    }

    @Test
    void columnBlocksOfOneMatrixMayBeInputAndOutput() {
        for (Blas blas : List.of(Blas.openBlas(), Blas.plain())) {
            // Rows of 7: A in columns 0 to 2, C in columns 3 to 6.
            Gemm gemm = new Gemm();
            MemorySegment both = floats(14);
            gemm.a = both;
            gemm.lda = 7;
            gemm.c = both;
            gemm.cOffset = 3;
            gemm.ldc = 7;
            gemm.call(blas);
            float[] row = {7, 7, 7, 147, 147, 147, 147};
            assertThat(both.toArray(JAVA_FLOAT))
                    .as(blas.name())
                    .containsExactly(
                            row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[0], row[1],
                            row[2], row[3], row[4], row[5], row[6]);
            MemorySegment interleaved = Arena.ofAuto().allocateFrom(JAVA_FLOAT, 1, 2, 3, 4, 5, 6);
            blas.scopy(3, interleaved, 0, 2, interleaved, 1, -2);
            assertThat(interleaved.toArray(JAVA_FLOAT)).containsExactly(1, 5, 3, 3, 5, 1);
        }
    }

    @Test
    void theRuleOfOverlapIsExactForEqualLeadingDimensions() {
        Random random = new Random(20);
        MemorySegment memory = floats(400);
        for (int trial = 0; trial < 20_000; trial++) {
            int leading = random.nextInt(1, 12);
            int[] first = {random.nextInt(60), random.nextInt(6), random.nextInt(leading + 1)};
            int[] second = {random.nextInt(60), random.nextInt(6), random.nextInt(leading + 1)};
            boolean[] taken = new boolean[400];
            for (int i = 0; i < first[1]; i++) {
                for (int j = 0; j < first[2]; j++) {
                    taken[first[0] + i * leading + j] = true;
                }
            }
            boolean shared = false;
            for (int i = 0; i < second[1]; i++) {
                for (int j = 0; j < second[2]; j++) {
                    shared |= taken[second[0] + i * leading + j];
                }
            }
            boolean refused = false;
            try {
                Operands.disjoint(
                        "c",
                        memory,
                        first[0],
                        first[1],
                        first[2],
                        leading,
                        "a",
                        memory.asSlice(4L * second[0]),
                        0,
                        second[1],
                        second[2],
                        leading,
                        4);
            } catch (IllegalArgumentException _) {
                refused = true;
            }
            assertThat(refused)
                    .as(
                            "leading %d, %s and %s",
                            leading, Arrays.toString(first), Arrays.toString(second))
                    .isEqualTo(shared);
        }
    }
}
