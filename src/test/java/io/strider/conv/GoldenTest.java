package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every algorithm, memory format and BLAS against PyTorch's float64 values. */
class GoldenTest {

    static List<GoldenCase> cases() {
        return GoldenCase.all();
    }

    @Test
    void allPackagedCasesAreListed() {
        assertThat(cases()).hasSize(19);
        assertThat(cases()).filteredOn(GoldenCase::isExact).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyAlgorithmStaysWithinTheErrorBound(GoldenCase golden) {
        try (Arena arena = Arena.ofConfined()) {
            Expected expected = new Expected(golden, arena);
            for (Algorithm algorithm : Algorithm.values()) {
                if (!algorithm.supports(expected.geometry)) {
                    assertThat(algorithm)
                            .isIn(Algorithm.POINTWISE, Algorithm.WINOGRAD, Algorithm.DEPTHWISE);
                    continue;
                }
                if (golden.isExact() && !algorithm.isExact()) {
                    continue;
                }
                for (MemoryFormat format : MemoryFormat.values()) {
                    for (Blas blas : implementations(algorithm)) {
                        String what =
                                "%s, %s, %s, %s".formatted(golden, algorithm, format, blas.name());
                        Conv2d conv = golden.convolution().algorithm(algorithm).blas(blas).build();
                        expected.check(what, conv, algorithm, format);
                    }
                }
            }
        }
    }

    /**
     * DIRECT and DEPTHWISE multiply by themselves, and AUTO is one of the others: no second BLAS.
     */
    private static List<Blas> implementations(Algorithm algorithm) {
        return switch (algorithm) {
            case AUTO, DIRECT, DEPTHWISE -> List.of(Blas.openBlas());
            case IM2COL, POINTWISE, WINOGRAD -> List.of(Blas.openBlas(), Blas.plain());
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theNaiveFormulaOfTheTestsGivesPyTorchsValues(GoldenCase golden) {
        try (Arena arena = Arena.ofConfined()) {
            Expected e = new Expected(golden, arena);
            assertNear("y", e.naive.forward(e.xs, e.ws, e.bs), e.y, e.yMagnitudes);
            assertNear("gx", e.naive.inputGradient(e.ws, e.gys), e.gx, e.gxMagnitudes);
            assertNear("gw", e.naive.weightGradient(e.xs, e.gys), e.gw, e.gwMagnitudes);
            if (golden.hasBias()) {
                assertNear("gb", e.naive.biasGradient(e.gys), e.gb, e.gbMagnitudes);
            }
        }
    }

    /** Two double sums of the same products, of at most 2¹³ terms, in different orders. */
    private static void assertNear(
            String what, double[] actual, double[] expected, double[] magnitudes) {
        assertThat(actual).as(what).hasSameSizeAs(expected);
        for (int at = 0; at < actual.length; at++) {
            double bound = 2 * 0x1p13 * 0x1p-53 * magnitudes[at];
            assertThat(Math.abs(actual[at] - expected[at]))
                    .as("%s[%d]", what, at)
                    .isLessThanOrEqualTo(bound);
        }
    }

    /** Single channels and single pixels are both formats at once; then row-major comes out. */
    private static void assertSameFormat(String what, Tensor actual, Tensor like) {
        MemoryFormat format =
                like.isContiguous() ? MemoryFormat.CHANNELS_FIRST : MemoryFormat.CHANNELS_LAST;
        assertThat(actual.isContiguous(format)).as(what).isTrue();
    }

    /** PyTorch's values of one case and the magnitudes Σ|a||b| of its sums. */
    private static final class Expected {
        private final GoldenCase golden;
        private final Arena arena;
        private final Tensor x;
        private final Tensor w;
        private final Tensor gy;
        private final Conv2dGeometry geometry;
        private final NaiveConvolution naive;
        private final double[] xs;
        private final double[] ws;
        private final double[] bs;
        private final double[] gys;
        private final double[] y;
        private final double[] gx;
        private final double[] gw;
        private final double[] gb;
        private final double[] yMagnitudes;
        private final double[] gxMagnitudes;
        private final double[] gwMagnitudes;
        private final double[] gbMagnitudes;

        Expected(GoldenCase golden, Arena arena) {
            this.golden = golden;
            this.arena = arena;
            x = golden.tensor("x", arena);
            w = golden.tensor("w", arena);
            gy = golden.tensor("gy", arena);
            geometry = golden.convolution().build().geometry(x.shape(), w.shape());
            naive = new NaiveConvolution(geometry);
            xs = ErrorBound.doubles(x);
            ws = ErrorBound.doubles(w);
            gys = ErrorBound.doubles(gy);
            bs = golden.hasBias() ? ErrorBound.doubles(golden.tensor("b", arena)) : new double[0];
            y = golden.expected("y");
            gx = golden.expected("gx");
            gw = golden.expected("gw");
            gb = golden.hasBias() ? golden.expected("gb") : new double[0];
            double[] absoluteX = ErrorBound.magnitudes(xs);
            double[] absoluteW = ErrorBound.magnitudes(ws);
            double[] absoluteGy = ErrorBound.magnitudes(gys);
            yMagnitudes = naive.forward(absoluteX, absoluteW, ErrorBound.magnitudes(bs));
            gxMagnitudes = naive.inputGradient(absoluteW, absoluteGy);
            gwMagnitudes = naive.weightGradient(absoluteX, absoluteGy);
            gbMagnitudes = naive.biasGradient(absoluteGy);
        }

        void check(String what, Conv2d conv, Algorithm algorithm, MemoryFormat format) {
            Tensor input = x.contiguous(arena, format);
            Tensor weight = w.contiguous(arena, format);
            Tensor gradient = gy.contiguous(arena, format);

            Tensor output = conv.forward(input, weight, golden.bias(arena), arena);
            Tensor inputGradient = conv.backwardInput(weight, gradient, x.shape(), arena);
            Tensor weightGradient = conv.backwardWeight(input, gradient, w.shape(), arena);
            assertSameFormat(what, output, input);
            assertSameFormat(what, inputGradient, gradient);
            assertThat(weightGradient.isContiguous()).as(what).isTrue();

            ErrorBound.Output bound =
                    ErrorBound.output(algorithm, geometry, xs, ws, bs, yMagnitudes);
            check(what + ", y", output, y, bound.magnitudes(), bound.terms());
            check(
                    what + ", gx",
                    inputGradient,
                    gx,
                    gxMagnitudes,
                    ErrorBound.inputGradientTerms(geometry));
            check(
                    what + ", gw",
                    weightGradient,
                    gw,
                    gwMagnitudes,
                    ErrorBound.weightGradientTerms(geometry));
            if (golden.hasBias()) {
                Tensor biasGradient = conv.backwardBias(gradient, arena);
                check(
                        what + ", gb",
                        biasGradient,
                        gb,
                        gbMagnitudes,
                        ErrorBound.weightGradientTerms(geometry));
            }
        }

        private void check(
                String what, Tensor actual, double[] expected, double[] magnitudes, long terms) {
            if (golden.isExact()) {
                ErrorBound.assertExact(what, actual, expected);
            } else {
                ErrorBound.assertWithin(what, actual, expected, magnitudes, terms);
            }
        }
    }
}
