package io.strider.blas;

import static io.strider.blas.Transpose.NO_TRANSPOSE;
import static io.strider.blas.Transpose.TRANSPOSE;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both implementations against the formulas in {@code double}.
 *
 * <p>The bound. A product α·Σ aᵢbᵢ + β·c in floating point, summed in any order, in blocks, with or
 * without fused multiply-adds: each term aᵢbᵢ meets at most one rounding when multiplied, k when
 * added (q−1 inside its block and t for the t blocks added to C; q−1+t ≤ k), one for α; the term c
 * one for β and t for the blocks. So the error is at most γ_{k+2}·(|α|·Σ|aᵢbᵢ| + |β·c|), γ_n =
 * n·u/(1−n·u). One more rounding is granted for the reference, whose double sums are exact to far
 * less.
 */
class BlasAccuracyTest {
    private static final double FLOAT_UNIT = 0x1p-24;
    private static final double DOUBLE_UNIT = 0x1p-53;
    private static final float[] FACTORS = {0, 1, -1, 0.37f, -2.5f};

    static Stream<Named<Blas>> implementations() {
        return Stream.of(Named.of("openBlas", Blas.openBlas()), Named.of("plain", Blas.plain()));
    }

    private static double gamma(double roundings, double unit) {
        return roundings * unit / (1 - roundings * unit);
    }

    private static void assertClose(double actual, double expected, double bound, String what) {
        // Negated, so that NaN fails.
        if (!(Math.abs(actual - expected) <= bound)) {
            assertThat(actual).as(what + ", bound " + bound).isEqualTo(expected);
        }
    }

    private static Transpose either(Random random) {
        return random.nextBoolean() ? TRANSPOSE : NO_TRANSPOSE;
    }

    private static float factor(Random random) {
        return FACTORS[random.nextInt(FACTORS.length)];
    }

    /** Mostly small, sometimes past the blocks of the kernels, sometimes nothing. */
    private static int size(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> random.nextInt(0, 2);
            case 1 -> random.nextInt(60, 130);
            default -> random.nextInt(1, 34);
        };
    }

    private static DoubleSupplier uniform(Random random) {
        return () -> random.nextFloat(-1, 1);
    }

    private static DoubleSupplier integers(Random random) {
        return () -> random.nextInt(-8, 9);
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void sgemmStaysWithinTheBoundAndTouchesOnlyC(Blas blas) {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            checkGemm(blas, seed, random, size(random), size(random), size(random), false, false);
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void sgemmOfLongSumsStaysWithinTheBound(Blas blas) {
        for (int seed = 0; seed < 4; seed++) {
            checkGemm(blas, seed, new Random(seed), 3, 5, 20_000, false, false);
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void sgemmOfIntegersIsExact(Blas blas) {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            checkGemm(blas, seed, random, size(random), size(random), size(random), false, true);
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void dgemmStaysWithinTheBoundAndTouchesOnlyC(Blas blas) {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            checkGemm(blas, seed, random, size(random), size(random), size(random), true, false);
        }
    }

    private static void checkGemm(
            Blas blas, int seed, Random random, int m, int n, int k, boolean wide, boolean exact) {
        try (Arena arena = Arena.ofConfined()) {
            Transpose transA = either(random);
            Transpose transB = either(random);
            boolean turnedA = transA == TRANSPOSE;
            boolean turnedB = transB == TRANSPOSE;
            float alpha = exact ? random.nextInt(-2, 3) : factor(random);
            float beta = exact ? random.nextInt(-2, 3) : factor(random);
            DoubleSupplier values = exact ? integers(random) : uniform(random);
            Operand a = matrix(arena, random, turnedA ? k : m, turnedA ? m : k, values, wide);
            Operand b = matrix(arena, random, turnedB ? n : k, turnedB ? k : n, values, wide);
            Operand c = matrix(arena, random, m, n, values, wide);
            Operand aBefore = a.copy(arena);
            Operand bBefore = b.copy(arena);
            Operand old = c.copy(arena);
            String what =
                    "%s seed %d: %dx%dx%d %s %s alpha %s beta %s lda %d ldb %d ldc %d"
                            .formatted(
                                    blas.name(),
                                    seed,
                                    m,
                                    n,
                                    k,
                                    transA,
                                    transB,
                                    alpha,
                                    beta,
                                    a.increment(),
                                    b.increment(),
                                    c.increment());
            if (wide) {
                blas.dgemm(
                        transA,
                        transB,
                        m,
                        n,
                        k,
                        alpha,
                        a.segment(),
                        a.offset(),
                        a.increment(),
                        b.segment(),
                        b.offset(),
                        b.increment(),
                        beta,
                        c.segment(),
                        c.offset(),
                        c.increment());
            } else {
                blas.sgemm(
                        transA,
                        transB,
                        m,
                        n,
                        k,
                        alpha,
                        a.segment(),
                        a.offset(),
                        a.increment(),
                        b.segment(),
                        b.offset(),
                        b.increment(),
                        beta,
                        c.segment(),
                        c.offset(),
                        c.increment());
            }
            // Twice for doubles: the reference rounds as often as the result.
            double gamma = wide ? 2 * gamma(k + 3, DOUBLE_UNIT) : gamma(k + 3, FLOAT_UNIT);
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    double magnitude = 0;
                    for (int p = 0; p < k; p++) {
                        double term =
                                (turnedA ? a.get(p, i) : a.get(i, p))
                                        * (turnedB ? b.get(j, p) : b.get(p, j));
                        sum += term;
                        magnitude += Math.abs(term);
                    }
                    double addend = beta * old.get(i, j);
                    double bound =
                            exact ? 0 : gamma * (Math.abs(alpha) * magnitude + Math.abs(addend));
                    assertClose(c.get(i, j), alpha * sum + addend, bound, what);
                }
            }
            c.assertCanariesAlive(what);
            a.assertSameBits(aBefore, what);
            b.assertSameBits(bBefore, what);
        }
    }

    private static Operand matrix(
            Arena arena,
            Random random,
            int rows,
            int columns,
            DoubleSupplier values,
            boolean wide) {
        return wide
                ? Operand.wideMatrix(arena, random, rows, columns, values)
                : Operand.matrix(arena, random, rows, columns, values);
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void sgemvStaysWithinTheBoundAndTouchesOnlyY(Blas blas) {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            try (Arena arena = Arena.ofConfined()) {
                int m = size(random);
                int n = size(random);
                Transpose transA = either(random);
                boolean turned = transA == TRANSPOSE;
                int xs = turned ? m : n;
                int ys = turned ? n : m;
                float alpha = factor(random);
                float beta = factor(random);
                Operand a = Operand.matrix(arena, random, m, n, uniform(random));
                Operand x = Operand.vector(arena, random, xs, true, uniform(random));
                Operand y = Operand.vector(arena, random, ys, true, uniform(random));
                Operand aBefore = a.copy(arena);
                Operand xBefore = x.copy(arena);
                Operand old = y.copy(arena);
                String what =
                        "%s seed %d: %dx%d %s alpha %s beta %s incX %d incY %d"
                                .formatted(
                                        blas.name(),
                                        seed,
                                        m,
                                        n,
                                        transA,
                                        alpha,
                                        beta,
                                        x.increment(),
                                        y.increment());
                blas.sgemv(
                        transA,
                        m,
                        n,
                        alpha,
                        a.segment(),
                        a.offset(),
                        a.increment(),
                        x.segment(),
                        x.offset(),
                        x.increment(),
                        beta,
                        y.segment(),
                        y.offset(),
                        y.increment());
                for (int i = 0; i < ys; i++) {
                    double sum = 0;
                    double magnitude = 0;
                    for (int p = 0; p < xs; p++) {
                        double term = (turned ? a.get(p, i) : a.get(i, p)) * x.get(p);
                        sum += term;
                        magnitude += Math.abs(term);
                    }
                    double addend = beta * old.get(i);
                    double bound =
                            gamma(xs + 3, FLOAT_UNIT)
                                    * (Math.abs(alpha) * magnitude + Math.abs(addend));
                    assertClose(y.get(i), alpha * sum + addend, bound, what);
                }
                y.assertCanariesAlive(what);
                a.assertSameBits(aBefore, what);
                x.assertSameBits(xBefore, what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void sgerStaysWithinTheBoundAndTouchesOnlyA(Blas blas) {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            try (Arena arena = Arena.ofConfined()) {
                int m = size(random);
                int n = size(random);
                float alpha = factor(random);
                Operand x = Operand.vector(arena, random, m, true, uniform(random));
                Operand y = Operand.vector(arena, random, n, true, uniform(random));
                Operand a = Operand.matrix(arena, random, m, n, uniform(random));
                Operand old = a.copy(arena);
                String what = blas.name() + " seed " + seed + ": " + m + "x" + n + " " + alpha;
                blas.sger(
                        m,
                        n,
                        alpha,
                        x.segment(),
                        x.offset(),
                        x.increment(),
                        y.segment(),
                        y.offset(),
                        y.increment(),
                        a.segment(),
                        a.offset(),
                        a.increment());
                for (int i = 0; i < m; i++) {
                    for (int j = 0; j < n; j++) {
                        // Two multiplications and an addition.
                        double product = alpha * x.get(i) * y.get(j);
                        double bound =
                                gamma(4, FLOAT_UNIT)
                                        * (Math.abs(product) + Math.abs(old.get(i, j)));
                        assertClose(a.get(i, j), old.get(i, j) + product, bound, what);
                    }
                }
                a.assertCanariesAlive(what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void vectorOperationsFollowTheirFormulas(Blas blas) {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            int n = random.nextInt(8) == 0 ? random.nextInt(1000, 5000) : size(random);
            try (Arena arena = Arena.ofConfined()) {
                Operand x = Operand.vector(arena, random, n, true, uniform(random));
                Operand y = Operand.vector(arena, random, n, true, uniform(random));
                float alpha = factor(random);
                float beta = factor(random);
                String what =
                        "%s seed %d: n %d alpha %s beta %s incX %d incY %d"
                                .formatted(
                                        blas.name(),
                                        seed,
                                        n,
                                        alpha,
                                        beta,
                                        x.increment(),
                                        y.increment());
                Operand xBefore = x.copy(arena);
                checkUpdates(blas, arena, n, alpha, beta, x, y, what);
                checkDot(blas, n, x, y, what);
                x.assertSameBits(xBefore, what);
                x.assertCanariesAlive(what);
                checkScale(blas, arena, random, n, alpha, what);
                checkReductions(blas, arena, random, n, what);
            }
        }
    }

    private static void checkUpdates(
            Blas blas,
            Arena arena,
            int n,
            float alpha,
            float beta,
            Operand x,
            Operand y,
            String what) {
        Operand added = y.copy(arena);
        blas.saxpy(
                n,
                alpha,
                x.segment(),
                x.offset(),
                x.increment(),
                added.segment(),
                added.offset(),
                added.increment());
        Operand both = y.copy(arena);
        blas.saxpby(
                n,
                alpha,
                x.segment(),
                x.offset(),
                x.increment(),
                beta,
                both.segment(),
                both.offset(),
                both.increment());
        Operand copied = y.copy(arena);
        blas.scopy(
                n,
                x.segment(),
                x.offset(),
                x.increment(),
                copied.segment(),
                copied.offset(),
                copied.increment());
        for (int i = 0; i < n; i++) {
            double product = alpha * x.get(i);
            double gamma = gamma(3, FLOAT_UNIT);
            assertClose(
                    added.get(i),
                    product + y.get(i),
                    gamma * (Math.abs(product) + Math.abs(y.get(i))),
                    "saxpy " + what);
            double scaled = beta * y.get(i);
            assertClose(
                    both.get(i),
                    product + scaled,
                    gamma * (Math.abs(product) + Math.abs(scaled)),
                    "saxpby " + what);
            assertClose(copied.get(i), x.get(i), 0, "scopy " + what);
        }
        added.assertCanariesAlive("saxpy " + what);
        both.assertCanariesAlive("saxpby " + what);
        copied.assertCanariesAlive("scopy " + what);
    }

    private static void checkDot(Blas blas, int n, Operand x, Operand y, String what) {
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < n; i++) {
            sum += x.get(i) * y.get(i);
            magnitude += Math.abs(x.get(i) * y.get(i));
        }
        float dot =
                blas.sdot(
                        n,
                        x.segment(),
                        x.offset(),
                        x.increment(),
                        y.segment(),
                        y.offset(),
                        y.increment());
        assertClose(dot, sum, gamma(n + 1, FLOAT_UNIT) * magnitude, "sdot " + what);
    }

    private static void checkScale(
            Blas blas, Arena arena, Random random, int n, float alpha, String what) {
        Operand x = Operand.vector(arena, random, n, false, uniform(random));
        Operand old = x.copy(arena);
        blas.sscal(n, alpha, x.segment(), x.offset(), x.increment());
        for (int i = 0; i < n; i++) {
            assertClose(x.get(i), alpha * (float) old.get(i), 0, "sscal " + what);
        }
        x.assertCanariesAlive("sscal " + what);
    }

    private static void checkReductions(Blas blas, Arena arena, Random random, int n, String what) {
        Operand x =
                Operand.vector(
                        arena,
                        random,
                        n,
                        false,
                        random.nextBoolean() ? uniform(random) : integers(random));
        double squares = 0;
        double sum = 0;
        int largest = -1;
        for (int i = 0; i < n; i++) {
            squares += x.get(i) * x.get(i);
            sum += Math.abs(x.get(i));
            if (largest < 0 || Math.abs(x.get(i)) > Math.abs(x.get(largest))) {
                largest = i;
            }
        }
        double gamma = gamma(n + 2, FLOAT_UNIT);
        double norm = Math.sqrt(squares);
        assertClose(
                blas.snrm2(n, x.segment(), x.offset(), x.increment()),
                norm,
                gamma * norm,
                "snrm2 " + what);
        assertClose(
                blas.sasum(n, x.segment(), x.offset(), x.increment()),
                sum,
                gamma * sum,
                "sasum " + what);
        assertThat(blas.isamax(n, x.segment(), x.offset(), x.increment()))
                .as("isamax " + what)
                .isEqualTo(largest);
        x.assertCanariesAlive(what);
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void somatcopyIsExactAndTouchesOnlyB(Blas blas) {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            try (Arena arena = Arena.ofConfined()) {
                int rows = size(random);
                int columns = size(random);
                Transpose transA = either(random);
                boolean turned = transA == TRANSPOSE;
                float alpha = factor(random);
                Operand a = Operand.matrix(arena, random, rows, columns, uniform(random));
                Operand b =
                        Operand.matrix(
                                arena,
                                random,
                                turned ? columns : rows,
                                turned ? rows : columns,
                                uniform(random));
                Operand aBefore = a.copy(arena);
                String what =
                        "%s seed %d: %dx%d %s %s"
                                .formatted(blas.name(), seed, rows, columns, transA, alpha);
                blas.somatcopy(
                        transA,
                        rows,
                        columns,
                        alpha,
                        a.segment(),
                        a.offset(),
                        a.increment(),
                        b.segment(),
                        b.offset(),
                        b.increment());
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < columns; j++) {
                        double copy = turned ? b.get(j, i) : b.get(i, j);
                        assertClose(copy, alpha * (float) a.get(i, j), 0, what);
                    }
                }
                b.assertCanariesAlive(what);
                a.assertSameBits(aBefore, what);
            }
        }
    }
}
