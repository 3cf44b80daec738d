package io.strider.blas;

import static io.strider.blas.Transpose.NO_TRANSPOSE;
import static io.strider.blas.Transpose.TRANSPOSE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract about zeros, NaN and infinities, on sizes that reach the libraries' different
 * kernels.
 */
class BlasSpecialValuesTest {
    private static final float NAN = Float.NaN;
    private static final float INFINITY = Float.POSITIVE_INFINITY;
    private static final int[] SIZES = {1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 100, 150};

    record Case(Blas blas, int n, Transpose transpose) {}

    static Stream<Case> cases() {
        return Stream.of(Blas.openBlas(), Blas.plain())
                .flatMap(blas ->
                        IntStream.of(SIZES)
                                .boxed()
                                .flatMap(n ->
                                        Stream.of(Transpose.values())
                                                .map(t -> new Case(blas, n, t))));
    }

    private static MemorySegment floats(long n, float value) {
        float[] values = new float[(int) n];
        Arrays.fill(values, value);
        return Arena.ofAuto().allocateFrom(JAVA_FLOAT, values);
    }

    private static MemorySegment doubles(long n, double value) {
        double[] values = new double[(int) n];
        Arrays.fill(values, value);
        return Arena.ofAuto().allocateFrom(JAVA_DOUBLE, values);
    }

    private static void assertAll(MemorySegment segment, float expected, String what) {
        float[] values = segment.toArray(JAVA_FLOAT);
        for (int i = 0; i < values.length; i++) {
            if (Float.compare(Math.abs(values[i]), Math.abs(expected)) != 0
                    || (expected != 0 && Math.signum(values[i]) * Math.signum(expected) < 0)) {
                assertThat(values[i]).as(what + ", element " + i).isEqualTo(expected);
            }
        }
    }

    private static MemorySegment gemm(
            Case c, float alpha, float a, float b, float beta, float old) {
        int n = c.n;
        MemorySegment result = floats((long) n * n, old);
        c.blas.sgemm(
                c.transpose,
                NO_TRANSPOSE,
                n,
                n,
                n,
                alpha,
                floats((long) n * n, a),
                0,
                n,
                floats((long) n * n, b),
                0,
                n,
                beta,
                result,
                0,
                n);
        return result;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sgemm(Case c) {
        assertAll(gemm(c, 1, 1, 1, 0, NAN), c.n, "beta 0 overwrites NaN");
        assertAll(gemm(c, 1, 1, 1, -0f, NAN), c.n, "beta -0 overwrites NaN");
        assertAll(gemm(c, 1, 1, 1, 0, INFINITY), c.n, "beta 0 overwrites infinity");
        assertAll(gemm(c, 0, NAN, 1, 1, 3), 3, "alpha 0 does not read A");
        assertAll(gemm(c, 0, 1, INFINITY, 2, 3), 6, "alpha 0 does not read B");
        assertAll(gemm(c, 0, NAN, NAN, 0, NAN), 0, "alpha 0 and beta 0 write zeros");
        assertAll(gemm(c, 1, NAN, 0, 1, 1), NAN, "NaN times 0 is NaN");
        assertAll(gemm(c, 1, 0, NAN, 1, 1), NAN, "0 times NaN is NaN");
        assertAll(gemm(c, 1, INFINITY, 0, 1, 1), NAN, "infinity times 0 is NaN");
        assertAll(gemm(c, 1, 1, 1, 1, NAN), NAN, "NaN in C stays");
        assertAll(gemm(c, 1, 1, 1, NAN, 1), NAN, "beta NaN");
        assertAll(gemm(c, NAN, 1, 1, 1, 1), NAN, "alpha NaN");
        assertAll(gemm(c, 1, -INFINITY, 1, 1, 1), -INFINITY, "infinity");
        assertAll(gemm(c, 0, 1, 1, NAN, 1), NAN, "alpha 0, beta NaN");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anInnerDimensionOfZeroScalesTheResult(Case c) {
        int n = c.n;
        MemorySegment none = floats(0, 0);
        for (float beta : new float[] {0, 1, -2, NAN}) {
            MemorySegment result = floats((long) n * n, 3);
            c.blas.sgemm(
                    c.transpose,
                    c.transpose,
                    n,
                    n,
                    0,
                    1,
                    none,
                    0,
                    n,
                    none,
                    0,
                    n,
                    beta,
                    result,
                    0,
                    n);
            assertAll(result, 3 * beta, "sgemm, k 0, beta " + beta);
            MemorySegment y = floats(n, 3);
            boolean turned = c.transpose == TRANSPOSE;
            c.blas.sgemv(
                    c.transpose,
                    turned ? 0 : n,
                    turned ? n : 0,
                    1,
                    none,
                    0,
                    n,
                    none,
                    0,
                    1,
                    beta,
                    y,
                    0,
                    1);
            assertAll(y, 3 * beta, "sgemv, no columns, beta " + beta);
        }
        MemorySegment wide = doubles((long) n * n, Double.NaN);
        c.blas.dgemm(c.transpose, c.transpose, n, n, 0, 1, none, 0, n, none, 0, n, 0, wide, 0, n);
        assertThat(wide.toArray(JAVA_DOUBLE)).containsOnly(0);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void dgemm(Case c) {
        int n = c.n;
        long all = (long) n * n;
        MemorySegment result = doubles(all, Double.NaN);
        c.blas.dgemm(
                c.transpose,
                NO_TRANSPOSE,
                n,
                n,
                n,
                1,
                doubles(all, 1),
                0,
                n,
                doubles(all, 1),
                0,
                n,
                0,
                result,
                0,
                n);
        assertThat(result.toArray(JAVA_DOUBLE)).containsOnly(n);
        c.blas.dgemm(
                c.transpose,
                NO_TRANSPOSE,
                n,
                n,
                n,
                0,
                doubles(all, Double.NaN),
                0,
                n,
                doubles(all, 1),
                0,
                n,
                2,
                result,
                0,
                n);
        assertThat(result.toArray(JAVA_DOUBLE)).containsOnly(2.0 * n);
        c.blas.dgemm(
                c.transpose,
                NO_TRANSPOSE,
                n,
                n,
                n,
                1,
                doubles(all, Double.NaN),
                0,
                n,
                doubles(all, 0),
                0,
                n,
                1,
                result,
                0,
                n);
        assertThat(result.toArray(JAVA_DOUBLE)).containsOnly(Double.NaN);
    }

    private static MemorySegment gemv(
            Case c, float alpha, float a, float x, float beta, float old) {
        int n = c.n;
        MemorySegment y = floats(n, old);
        c.blas.sgemv(
                c.transpose,
                n,
                n,
                alpha,
                floats((long) n * n, a),
                0,
                n,
                floats(n, x),
                0,
                -1,
                beta,
                y,
                0,
                1);
        return y;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sgemv(Case c) {
        assertAll(gemv(c, 1, 1, 1, 0, NAN), c.n, "beta 0 overwrites NaN");
        assertAll(gemv(c, 0, NAN, 1, 2, 3), 6, "alpha 0 does not read A");
        assertAll(gemv(c, 0, 1, NAN, 1, 3), 3, "alpha 0 does not read x");
        assertAll(gemv(c, 1, NAN, 0, 1, 1), NAN, "NaN times 0 is NaN");
        assertAll(gemv(c, 1, 0, NAN, 1, 1), NAN, "0 times NaN is NaN");
        assertAll(gemv(c, 1, INFINITY, 0, 1, 1), NAN, "infinity times 0 is NaN");
        assertAll(gemv(c, 1, 1, 1, NAN, 1), NAN, "beta NaN");
        assertAll(gemv(c, NAN, 1, 1, 1, 1), NAN, "alpha NaN");
        assertAll(gemv(c, 1, 1, 1, 1, INFINITY), INFINITY, "infinity in y stays");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sger(Case c) {
        assertAll(ger(c, 0, NAN, NAN, 3), 3, "alpha 0 leaves A");
        assertAll(ger(c, 1, NAN, 0, 3), NAN, "NaN times 0 is NaN");
        assertAll(ger(c, 1, 0, NAN, 3), NAN, "0 times NaN is NaN");
        assertAll(ger(c, NAN, 1, 1, 3), NAN, "alpha NaN");
    }

    private static MemorySegment ger(Case c, float alpha, float x, float y, float old) {
        MemorySegment a = floats((long) c.n * c.n, old);
        c.blas.sger(c.n, c.n, alpha, floats(c.n, x), 0, 1, floats(c.n, y), 0, 1, a, 0, c.n);
        return a;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void updatesOfVectors(Case c) {
        assertAll(axpby(c, 0, NAN, 2, 3), 6, "saxpby alpha 0 does not read x");
        assertAll(axpby(c, 2, 3, 0, NAN), 6, "saxpby beta 0 overwrites NaN");
        assertAll(axpby(c, 0, NAN, 0, NAN), 0, "saxpby by zeros writes zeros");
        assertAll(axpby(c, 1, 1, NAN, 1), NAN, "saxpby beta NaN");
        assertAll(axpby(c, NAN, 1, 1, 1), NAN, "saxpby alpha NaN");
        MemorySegment y = floats(c.n, 3);
        c.blas.saxpy(c.n, 0, floats(c.n, NAN), 0, 1, y, 0, 1);
        assertAll(y, 3, "saxpy alpha 0 leaves y");
        c.blas.saxpy(c.n, 1, floats(c.n, NAN), 0, 1, y, 0, 1);
        assertAll(y, NAN, "saxpy NaN");
        assertAll(scal(c, 0, NAN), 0, "sscal by 0 writes zeros");
        assertAll(scal(c, -0f, INFINITY), 0, "sscal by -0 writes zeros");
        assertAll(scal(c, NAN, 0), NAN, "sscal by NaN");
        assertAll(scal(c, NAN, 1), NAN, "sscal by NaN");
        assertAll(scal(c, -1, INFINITY), -INFINITY, "sscal of infinity");
        MemorySegment copy = floats(c.n, 0);
        c.blas.scopy(c.n, floats(c.n, NAN), 0, 1, copy, 0, 1);
        assertAll(copy, NAN, "scopy of NaN");
    }

    private static MemorySegment axpby(Case c, float alpha, float x, float beta, float old) {
        MemorySegment y = floats(c.n, old);
        c.blas.saxpby(c.n, alpha, floats(c.n, x), 0, 1, beta, y, 0, 1);
        return y;
    }

    private static MemorySegment scal(Case c, float alpha, float old) {
        MemorySegment x = floats(c.n, old);
        c.blas.sscal(c.n, alpha, x, 0, 1);
        return x;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reductions(Case c) {
        for (int at = 0; at < c.n; at++) {
            MemorySegment x = floats(c.n, -1);
            x.setAtIndex(JAVA_FLOAT, at, 2);
            x.setAtIndex(JAVA_FLOAT, c.n - 1L, at == c.n - 1 ? 2 : -2);
            assertThat(c.blas.isamax(c.n, x, 0, 1)).as("the first of equals").isEqualTo(at);
            x.setAtIndex(JAVA_FLOAT, at, INFINITY);
            assertThat(c.blas.isamax(c.n, x, 0, 1)).as("infinity").isEqualTo(at);
            assertThat(c.blas.snrm2(c.n, x, 0, 1)).isEqualTo(INFINITY);
            assertThat(c.blas.sasum(c.n, x, 0, 1)).isEqualTo(INFINITY);
            x.setAtIndex(JAVA_FLOAT, at, NAN);
            x.setAtIndex(JAVA_FLOAT, c.n - 1L, NAN);
            assertThat(c.blas.isamax(c.n, x, 0, 1)).as("the first NaN").isEqualTo(at);
            assertThat(c.blas.snrm2(c.n, x, 0, 1)).isNaN();
            assertThat(c.blas.sasum(c.n, x, 0, 1)).isNaN();
            assertThat(c.blas.sdot(c.n, x, 0, 1, floats(c.n, 0), 0, 1)).isNaN();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theNormNeitherOverflowsNorUnderflows(Case c) {
        float large = 1e37f;
        float small = 1e-40f;
        double root = Math.sqrt(c.n);
        assertThat((double) c.blas.snrm2(c.n, floats(c.n, large), 0, 1) / (large * root))
                .isBetween(1 - 1e-5, 1 + 1e-5);
        assertThat((double) c.blas.snrm2(c.n, floats(c.n, small), 0, 1) / (small * root))
                .isBetween(1 - 1e-4, 1 + 1e-4);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void somatcopy(Case c) {
        long all = (long) c.n * c.n;
        MemorySegment b = floats(all, NAN);
        c.blas.somatcopy(c.transpose, c.n, c.n, 0, floats(all, NAN), 0, c.n, b, 0, c.n);
        assertAll(b, 0, "alpha 0 writes zeros");
        c.blas.somatcopy(c.transpose, c.n, c.n, 1, floats(all, NAN), 0, c.n, b, 0, c.n);
        assertAll(b, NAN, "NaN is copied");
        c.blas.somatcopy(c.transpose, c.n, c.n, NAN, floats(all, 0), 0, c.n, b, 0, c.n);
        assertAll(b, NAN, "alpha NaN");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void operationsOnNothingWriteNothing(Case c) {
        MemorySegment none = floats(0, 0);
        MemorySegment full = floats(c.n, 3);
        c.blas.sgemm(
                c.transpose,
                NO_TRANSPOSE,
                0,
                c.n,
                c.n,
                1,
                none,
                0,
                c.n,
                floats((long) c.n * c.n, 1),
                0,
                c.n,
                0,
                full,
                0,
                c.n);
        c.blas.sgemv(NO_TRANSPOSE, 0, c.n, 1, none, 0, c.n, floats(c.n, 1), 0, 1, 0, full, 0, 1);
        c.blas.sger(c.n, 0, 1, floats(c.n, 1), 0, 1, none, 0, 1, full, 0, 1);
        c.blas.saxpy(0, 1, none, 0, 1, full, 0, 1);
        c.blas.saxpby(0, 1, none, 0, 1, 0, full, 0, 1);
        c.blas.sscal(0, 0, full, 0, 1);
        c.blas.scopy(0, none, 0, 1, full, 0, 1);
        c.blas.somatcopy(c.transpose, 0, c.n, 1, none, 0, c.n, full, 0, c.n);
        assertAll(full, 3, "nothing to do");
        assertThat(c.blas.sdot(0, none, 0, 1, none, 0, 1)).isZero();
        assertThat(c.blas.snrm2(0, none, 0, 1)).isZero();
        assertThat(c.blas.sasum(0, none, 0, 1)).isZero();
        assertThat(c.blas.isamax(0, none, 0, 1)).isEqualTo(-1);
    }
}
