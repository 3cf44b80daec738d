package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Views as operands: what is computed does not depend on strides, and nothing around is written.
 */
class StridedOperandsTest {

    @ParameterizedTest
    @EnumSource(FramedTensor.Kind.class)
    void everyOperandMayBeAViewOfThisKind(FramedTensor.Kind kind) {
        LongStream.range(0, 120)
                .mapToObj(RandomGeometry::of)
                .forEach(random -> check(random, new Random(random.seed()), kind, false));
    }

    @Test
    void operandsOfDifferentKindsGoTogether() {
        LongStream.range(5_000, 5_400)
                .mapToObj(RandomGeometry::of)
                .forEach(random ->
                        check(random, new Random(random.seed()), FramedTensor.Kind.RANDOM, true));
    }

    private static void check(
            RandomGeometry geometry, Random random, FramedTensor.Kind kind, boolean mixed) {
        Conv2dGeometry g = geometry.geometry();
        Operands operands = Operands.integers(g, geometry.seed());
        try (Arena arena = Arena.ofConfined()) {
            Operands.Results direct = operands.direct(arena);
            for (Algorithm algorithm : Algorithm.values()) {
                if (algorithm == Algorithm.AUTO || !algorithm.supports(g) || !algorithm.isExact()) {
                    continue;
                }
                Views v = new Views(arena, random, kind, mixed);
                FramedTensor x = v.holding(operands.x(), g.inputShape());
                FramedTensor w = v.holding(operands.w(), g.weightShape());
                FramedTensor b = v.holding(operands.b(), g.outChannels());
                FramedTensor gy = v.holding(operands.gy(), g.outputShape());
                FramedTensor y = v.empty(g.outputShape());
                FramedTensor plain = v.empty(g.outputShape());
                FramedTensor gx = v.empty(g.inputShape());
                FramedTensor gw = v.empty(g.weightShape());
                FramedTensor gb = v.empty(g.outChannels());
                Operands.Results results =
                        new Operands.Results(
                                y.view(), plain.view(), gx.view(), gw.view(), gb.view());

                Conv2d conv = geometry.convolution(algorithm, Blas.openBlas());
                Operands.run(conv, x.view(), w.view(), b.view(), gy.view(), results);

                String what = "%s %s %s".formatted(geometry, algorithm, kind);
                assertOutput(what + " y", y, direct.y());
                assertOutput(what + " y without bias", plain, direct.plain());
                assertOutput(what + " gx", gx, direct.gx());
                assertOutput(what + " gw", gw, direct.gw());
                assertOutput(what + " gb", gb, direct.gb());
                assertInput(what + " x", x, operands.x());
                assertInput(what + " w", w, operands.w());
                assertInput(what + " b", b, operands.b());
                assertInput(what + " gy", gy, operands.gy());
            }
        }
    }

    /** Makes views of one kind, or of any. */
    private record Views(Arena arena, Random random, FramedTensor.Kind kind, boolean mixed) {

        private FramedTensor.Kind next() {
            FramedTensor.Kind[] all = FramedTensor.Kind.values();
            return mixed ? all[random.nextInt(all.length)] : kind;
        }

        FramedTensor holding(float[] values, long... shape) {
            return FramedTensor.holding(arena, next(), random, values, shape);
        }

        FramedTensor empty(long... shape) {
            return FramedTensor.of(arena, next(), random, shape);
        }
    }

    private static void assertOutput(String what, FramedTensor actual, Tensor expected) {
        ErrorBound.assertExact(what, actual.view(), ErrorBound.doubles(expected));
        actual.assertFrameUntouched(what);
    }

    private static void assertInput(String what, FramedTensor input, float[] values) {
        assertThat(input.view().toArray()).as(what).isEqualTo(values);
        input.assertFrameUntouched(what);
    }

    @Test
    void oneImageMayBeExpandedToABatch() {
        LongStream.range(6_000, 6_200)
                .mapToObj(RandomGeometry::of)
                .filter(random -> random.geometry().batch() > 0)
                .forEach(StridedOperandsTest::checkExpanded);
    }

    private static void checkExpanded(RandomGeometry random) {
        Conv2dGeometry g = random.geometry();
        Operands operands = Operands.integers(g, random.seed());
        try (Arena arena = Arena.ofConfined()) {
            for (MemoryFormat format : MemoryFormat.values()) {
                Tensor x = operands.x(arena, format).slice(0, 0, 1).expand(g.inputShape());
                Tensor gy = operands.gy(arena, format).slice(0, 0, 1).expand(g.outputShape());
                Tensor b = operands.b(arena).slice(0, 0, 1).expand(g.outChannels());
                Operands copied =
                        new Operands(g, x.toArray(), operands.w(), b.toArray(), gy.toArray());
                Operands.Results direct = copied.direct(arena);
                for (Algorithm algorithm : Algorithm.values()) {
                    if (!algorithm.supports(g) || !algorithm.isExact()) {
                        continue;
                    }
                    Operands.Results results =
                            new Operands.Results(
                                    Tensor.zeros(arena, format, g.outputShape()),
                                    Tensor.zeros(arena, format, g.outputShape()),
                                    Tensor.zeros(arena, format, g.inputShape()),
                                    Tensor.zeros(arena, format, g.weightShape()),
                                    Tensor.zeros(arena, g.outChannels()));
                    Conv2d conv = random.convolution(algorithm, Blas.openBlas());
                    Operands.run(conv, x, operands.w(arena, format), b, gy, results);
                    String what = "%s %s %s".formatted(random, algorithm, format);
                    ErrorBound.assertExact(what, results.y(), ErrorBound.doubles(direct.y()));
                    ErrorBound.assertExact(
                            what, results.plain(), ErrorBound.doubles(direct.plain()));
                    ErrorBound.assertExact(what, results.gx(), ErrorBound.doubles(direct.gx()));
                    ErrorBound.assertExact(what, results.gw(), ErrorBound.doubles(direct.gw()));
                    ErrorBound.assertExact(what, results.gb(), ErrorBound.doubles(direct.gb()));
                }
            }
        }
    }

    @Test
    void weightsMayBeOneFilterExpanded() {
        try (Arena arena = Arena.ofConfined()) {
            Conv2dGeometry g = Conv2dGeometry.builder().input(2, 3, 7, 10).kernel(5, 3, 2).build();
            Operands operands = Operands.integers(g, 1);
            Tensor filter = operands.w(arena, MemoryFormat.CHANNELS_FIRST).slice(0, 0, 1);
            Tensor w = filter.expand(g.weightShape());
            Operands copied =
                    new Operands(g, operands.x(), w.toArray(), operands.b(), operands.gy());
            Operands.Results direct = copied.direct(arena);
            for (MemoryFormat format : MemoryFormat.values()) {
                Conv2d conv = RandomGeometry.convolution(g, Algorithm.IM2COL, Blas.openBlas());
                Tensor x = operands.x(arena, format);
                Tensor gy = operands.gy(arena, format);
                Tensor y = conv.forward(x, w, operands.b(arena), arena);
                Tensor gx = conv.backwardInput(w, gy, g.inputShape(), arena);
                ErrorBound.assertExact("y", y, ErrorBound.doubles(direct.y()));
                ErrorBound.assertExact("gx", gx, ErrorBound.doubles(direct.gx()));
            }
        }
    }

    /** Both halves of one tensor: input and output lie between each other, and yet apart. */
    @Test
    void inputAndOutputMayBeTheHalvesOfOneTensor() {
        for (MemoryFormat format : MemoryFormat.values()) {
            for (Algorithm algorithm : new Algorithm[] {Algorithm.POINTWISE, Algorithm.IM2COL}) {
                try (Arena arena = Arena.ofConfined()) {
                    Tensor both = Tensor.zeros(arena, format, 2, 9, 5, 7);
                    checkHalves(both.slice(1, 0, 4), both.slice(1, 4, 9), algorithm, arena);
                }
            }
        }
    }

    /** Columns of one picture beside each other, the output in every second channel only. */
    @Test
    void inputAndOutputMayInterleaveWithDifferentStrides() {
        for (Algorithm algorithm : new Algorithm[] {Algorithm.POINTWISE, Algorithm.IM2COL}) {
            try (Arena arena = Arena.ofConfined()) {
                Tensor wide = Tensor.zeros(arena, 1, 8, 1, 20);
                Tensor x = wide.slice(3, 0, 10);
                Tensor y = wide.slice(3, 10, 20).slice(1, 0, 8, 2);
                checkHalves(x, y, algorithm, arena);
                checkHalves(y, x, algorithm, arena);
            }
        }
    }

    /** Weights and output in the columns of one matrix, the output in every second row. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3})
    void weightsAndOutputMayInterleave(long kernelWidth) {
        Conv2dGeometry g =
                Conv2dGeometry.builder()
                        .input(1, 3, 1, 4 + kernelWidth)
                        .kernel(4, 1, kernelWidth)
                        .build();
        Operands operands = Operands.integers(g, 4);
        try (Arena arena = Arena.ofConfined()) {
            Operands.Results direct = operands.direct(arena);
            Tensor rows = Tensor.zeros(arena, 8, 20);
            Tensor w = rows.asStrided(g.weightShape(), new long[] {20, kernelWidth, 1, 1}, 0);
            Tensor y = rows.asStrided(g.outputShape(), new long[] {1, 40, 1, 1}, 10);
            assertThat(y.overlaps(w)).isFalse();
            Tensor x = operands.x(arena, MemoryFormat.CHANNELS_FIRST);
            w.copyFrom(operands.w(arena, MemoryFormat.CHANNELS_FIRST));
            Conv2d conv = RandomGeometry.convolution(g, Algorithm.AUTO, Blas.openBlas());
            conv.forward(x, w, null, y);
            ErrorBound.assertExact("y", y, ErrorBound.doubles(direct.plain()));
            assertThat(w.toArray()).isEqualTo(operands.w());

            y.copyFrom(operands.gy(arena, MemoryFormat.CHANNELS_FIRST));
            conv.backwardWeight(x, y, w);
            ErrorBound.assertExact("gw", w, ErrorBound.doubles(direct.gw()));
        }
    }

    /**
     * What a convolution remembers of operands that lie apart is not used on some that interleave.
     */
    @Test
    void equalStridesMayInterleaveInOneCallAndNotInTheNext() {
        Conv2dGeometry g = Conv2dGeometry.builder().input(1, 8, 1, 10).kernel(4, 1, 1).build();
        Operands operands = Operands.integers(g, 6);
        try (Arena arena = Arena.ofConfined()) {
            Operands.Results direct = operands.direct(arena);
            Tensor one = Tensor.zeros(arena, 1, 8, 1, 20);
            Tensor other = Tensor.zeros(arena, 1, 8, 1, 20);
            Tensor x = one.slice(3, 0, 10);
            x.copyFrom(operands.x(arena, MemoryFormat.CHANNELS_FIRST));
            Tensor w = operands.w(arena, MemoryFormat.CHANNELS_FIRST);
            Conv2d conv = RandomGeometry.convolution(g, Algorithm.AUTO, Blas.openBlas());
            for (Tensor whole : new Tensor[] {other, one, other, one}) {
                Tensor y = whole.slice(3, 10, 20).slice(1, 0, 8, 2);
                y.fill(Float.NaN);
                conv.forward(x, w, null, y);
                ErrorBound.assertExact("y", y, ErrorBound.doubles(direct.plain()));
            }
        }
    }

    private static void checkHalves(Tensor x, Tensor y, Algorithm algorithm, Arena arena) {
        assertThat(y.overlaps(x)).isFalse();
        Conv2dGeometry g =
                Conv2dGeometry.builder()
                        .input(x.size(0), x.size(1), x.size(2), x.size(3))
                        .kernel(y.size(1), 1, 1)
                        .build();
        Operands operands = Operands.integers(g, 3);
        Operands.Results direct = operands.direct(arena);
        x.copyFrom(operands.x(arena, MemoryFormat.CHANNELS_FIRST));
        Tensor w = operands.w(arena, MemoryFormat.CHANNELS_FIRST);
        Conv2d conv = RandomGeometry.convolution(g, algorithm, Blas.openBlas());
        conv.forward(x, w, operands.b(arena), y);
        ErrorBound.assertExact("y " + algorithm, y, ErrorBound.doubles(direct.y()));
        assertThat(x.toArray()).isEqualTo(operands.x());

        y.copyFrom(operands.gy(arena, MemoryFormat.CHANNELS_FIRST));
        conv.backwardInput(w, y, x);
        ErrorBound.assertExact("gx " + algorithm, x, ErrorBound.doubles(direct.gx()));
    }
}
