package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every algorithm and memory format against {@link Algorithm#DIRECT} on 2,000 random geometries,
 * and DIRECT against the formula on plain arrays. A failure names the seed; {@link
 * RandomGeometry#of} gives the case back.
 */
class AlgorithmsAgreeTest {
    private static final int GEOMETRIES = 2000;
    private static final int BATCH = 250;

    /** DIRECT's values were rounded once, and so were the magnitudes that it computed. */
    private static final int ROUNDINGS_OF_THE_ORACLE = 2;

    private static LongStream seeds(int first) {
        return LongStream.range(first, first + BATCH);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 250, 500, 750, 1000, 1250, 1500, 1750})
    void directIsTheFormulaRoundedOnce(int first) {
        seeds(first)
                .forEach(seed -> {
                    RandomGeometry random = RandomGeometry.of(seed);
                    Operands operands = Operands.normals(random.geometry(), seed);
                    NaiveConvolution naive = new NaiveConvolution(random.geometry());
                    double[] x = ErrorBound.doubles(operands.x());
                    double[] w = ErrorBound.doubles(operands.w());
                    double[] b = ErrorBound.doubles(operands.b());
                    double[] gy = ErrorBound.doubles(operands.gy());
                    try (Arena arena = Arena.ofConfined()) {
                        Operands.Results direct = operands.direct(arena);
                        assertRounded(random + " y", direct.y(), naive.forward(x, w, b));
                        assertRounded(
                                random + " y without bias",
                                direct.plain(),
                                naive.forward(x, w, new double[0]));
                        assertRounded(random + " gx", direct.gx(), naive.inputGradient(w, gy));
                        assertRounded(random + " gw", direct.gw(), naive.weightGradient(x, gy));
                        assertRounded(random + " gb", direct.gb(), naive.biasGradient(gy));
                    }
                });
    }

    /** Within one rounding to float, and what two orders of summation in double can differ by. */
    private static void assertRounded(String what, Tensor actual, double[] expected) {
        double[] magnitudes = ErrorBound.magnitudes(expected);
        for (int at = 0; at < expected.length; at++) {
            magnitudes[at] = magnitudes[at] * (1 + 0x1p-20) + 0x1p-20;
        }
        ErrorBound.assertWithin(what, actual, expected, magnitudes, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 250, 500, 750, 1000, 1250, 1500, 1750})
    void sumsOfSmallIntegersAreExact(int first) {
        seeds(first)
                .forEach(seed -> {
                    RandomGeometry random = RandomGeometry.of(seed);
                    Operands operands = Operands.integers(random.geometry(), seed);
                    try (Arena arena = Arena.ofConfined()) {
                        Operands.Results direct = operands.direct(arena);
                        forEachWay(
                                random,
                                operands,
                                arena,
                                (what, algorithm, actual) -> {
                                    if (!algorithm.isExact()) {
                                        return;
                                    }
                                    assertEqual(what + " y", actual.y(), direct.y());
                                    assertEqual(
                                            what + " y without bias",
                                            actual.plain(),
                                            direct.plain());
                                    assertEqual(what + " gx", actual.gx(), direct.gx());
                                    assertEqual(what + " gw", actual.gw(), direct.gw());
                                    assertEqual(what + " gb", actual.gb(), direct.gb());
                                });
                    }
                });
    }

    private static void assertEqual(String what, Tensor actual, Tensor expected) {
        ErrorBound.assertExact(what, actual, ErrorBound.doubles(expected));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 250, 500, 750, 1000, 1250, 1500, 1750})
    void sumsOfNormalValuesStayWithinTheErrorBound(int first) {
        seeds(first)
                .forEach(seed -> {
                    RandomGeometry random = RandomGeometry.of(seed);
                    Operands operands = Operands.normals(random.geometry(), seed);
                    try (Arena arena = Arena.ofConfined()) {
                        Operands.Results direct = operands.direct(arena);
                        Operands.Results sizes = operands.magnitudes().direct(arena);
                        forEachWay(
                                random,
                                operands,
                                arena,
                                (what, algorithm, actual) ->
                                        assertWithin(
                                                what, algorithm, operands, actual, direct, sizes));
                    }
                });
    }

    private static void assertWithin(
            String what,
            Algorithm algorithm,
            Operands operands,
            Operands.Results actual,
            Operands.Results expected,
            Operands.Results sizes) {
        Conv2dGeometry geometry = operands.geometry();
        double[] x = ErrorBound.doubles(operands.x());
        double[] w = ErrorBound.doubles(operands.w());
        double[] b = ErrorBound.doubles(operands.b());
        double[] none = new double[0];
        assertWithin(
                what + " y",
                actual.y(),
                expected.y(),
                ErrorBound.output(algorithm, geometry, x, w, b, ErrorBound.doubles(sizes.y())));
        assertWithin(
                what + " y without bias",
                actual.plain(),
                expected.plain(),
                ErrorBound.output(
                        algorithm, geometry, x, w, none, ErrorBound.doubles(sizes.plain())));
        long forX = ErrorBound.inputGradientTerms(geometry);
        long forW = ErrorBound.weightGradientTerms(geometry);
        assertWithin(what + " gx", actual.gx(), expected.gx(), sizes.gx(), forX);
        assertWithin(what + " gw", actual.gw(), expected.gw(), sizes.gw(), forW);
        assertWithin(what + " gb", actual.gb(), expected.gb(), sizes.gb(), forW);
    }

    private static void assertWithin(
            String what, Tensor actual, Tensor expected, ErrorBound.Output bound) {
        ErrorBound.assertWithin(
                what,
                actual,
                ErrorBound.doubles(expected),
                bound.magnitudes(),
                bound.terms() + ROUNDINGS_OF_THE_ORACLE);
    }

    private static void assertWithin(
            String what, Tensor actual, Tensor expected, Tensor sizes, long terms) {
        ErrorBound.assertWithin(
                what,
                actual,
                ErrorBound.doubles(expected),
                ErrorBound.doubles(sizes),
                terms + ROUNDINGS_OF_THE_ORACLE);
    }

    private interface Check {
        void results(String what, Algorithm algorithm, Operands.Results results);
    }

    /** Runs all algorithms from both formats, into outputs of the same format or of the other. */
    private static void forEachWay(
            RandomGeometry random, Operands operands, Arena arena, Check check) {
        Blas blas = random.seed() % 4 == 3 ? Blas.plain() : Blas.openBlas();
        for (Algorithm algorithm : Algorithm.values()) {
            if (!algorithm.supports(random.geometry())) {
                continue;
            }
            Conv2d conv = random.convolution(algorithm, blas);
            for (MemoryFormat in : MemoryFormat.values()) {
                boolean same = (random.seed() / 2 + algorithm.ordinal()) % 2 == 0;
                MemoryFormat out = same ? in : other(in);
                String what =
                        "%s %s, %s to %s, %s".formatted(random, algorithm, in, out, blas.name());
                check.results(what, algorithm, operands.run(conv, arena, in, out));
            }
        }
    }

    private static MemoryFormat other(MemoryFormat format) {
        return format == MemoryFormat.CHANNELS_FIRST
                ? MemoryFormat.CHANNELS_LAST
                : MemoryFormat.CHANNELS_FIRST;
    }

    @Test
    void theGeometriesAreVaried() {
        Map<Algorithm, Integer> supported = new EnumMap<>(Algorithm.class);
        int depthwise = 0;
        int grouped = 0;
        int empty = 0;
        int onePixel = 0;
        int oneWindow = 0;
        int paddedBeyondTheWindow = 0;
        int uneven = 0;
        int dilated = 0;
        for (long seed = 0; seed < GEOMETRIES; seed++) {
            Conv2dGeometry g = RandomGeometry.of(seed).geometry();
            for (Algorithm algorithm : Algorithm.values()) {
                supported.merge(algorithm, algorithm.supports(g) ? 1 : 0, Integer::sum);
            }
            Padding.Sides sides = g.padding();
            depthwise += g.groups() > 1 && g.inChannelsPerGroup() == 1 ? 1 : 0;
            grouped += g.groups() > 1 && g.inChannelsPerGroup() > 1 ? 1 : 0;
            empty += g.batch() == 0 ? 1 : 0;
            onePixel += g.inHeight() * g.inWidth() == 1 ? 1 : 0;
            oneWindow += g.positions() == 1 ? 1 : 0;
            paddedBeyondTheWindow +=
                    sides.top() > g.kernelHeight() || sides.right() > g.kernelWidth() ? 1 : 0;
            uneven += sides.top() != sides.bottom() && sides.left() != sides.right() ? 1 : 0;
            dilated += g.dilationHeight() > 1 || g.dilationWidth() > 1 ? 1 : 0;
        }
        assertThat(supported.get(Algorithm.IM2COL)).isEqualTo(GEOMETRIES);
        assertThat(supported.get(Algorithm.POINTWISE)).isGreaterThan(GEOMETRIES / 10);
        assertThat(supported.get(Algorithm.DEPTHWISE)).isGreaterThan(GEOMETRIES / 20);
        assertThat(depthwise).as("depthwise").isGreaterThan(GEOMETRIES / 10);
        assertThat(grouped).as("grouped").isGreaterThan(GEOMETRIES / 20);
        assertThat(empty).as("empty batches").isGreaterThan(GEOMETRIES / 50);
        assertThat(onePixel).as("single pixels").isGreaterThan(GEOMETRIES / 100);
        assertThat(oneWindow).as("single windows").isGreaterThan(GEOMETRIES / 50);
        assertThat(paddedBeyondTheWindow).as("wide padding").isGreaterThan(GEOMETRIES / 50);
        assertThat(uneven).as("uneven padding").isGreaterThan(GEOMETRIES / 5);
        assertThat(dilated).as("dilated").isGreaterThan(GEOMETRIES / 5);
    }
}
