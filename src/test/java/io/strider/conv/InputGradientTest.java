package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.blas.Blas;
import io.strider.blas.VectorSupport;
import io.strider.blas.Workers;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient by the input, in phases of plain convolutions and by dot products, against the
 * formula on plain arrays.
 */
class InputGradientTest {
    private static final int THREADS = 3;

    private static final int GEOMETRIES = 600;

    /** A phase's convolution by the formula: an image a task. */
    private record Plain(Conv2d conv, Tensor weights) implements PreparedAlgorithm {
        static Plain of(Conv2dGeometry geometry, Tensor weights, Arena arena) {
            assertThat(geometry.strideHeight() * geometry.strideWidth()).isEqualTo(1);
            assertThat(weights.shape()).isEqualTo(geometry.weightShape());
            return new Plain(
                    RandomGeometry.convolution(geometry, Algorithm.DIRECT, Blas.plain()),
                    weights.contiguous(arena));
        }

        @Override
        public Algorithm algorithm() {
            return Algorithm.DIRECT;
        }

        @Override
        public long scratchBytes() {
            return 128;
        }

        @Override
        public long tasks(long batch, int threads) {
            return batch;
        }

        @Override
        public void run(
                long task,
                int threads,
                Tensor x,
                @Nullable Tensor residual,
                Tensor y,
                MemorySegment scratch) {
            conv.forward(x.slice(0, task, task + 1), weights, null, y.slice(0, task, task + 1));
        }
    }

    static Stream<ChannelDots> dots() {
        return ChannelDotsTest.dots();
    }

    @Test
    void phasesOfIntegersAreExact() {
        for (long seed = 0; seed < GEOMETRIES; seed++) {
            Conv2dGeometry geometry = RandomGeometry.of(seed).geometry();
            checkIntegers(geometry, seed, null);
        }
    }

    @ParameterizedTest
    @MethodSource("dots")
    void dotsOfIntegersAreExact(ChannelDots dots) {
        int done = 0;
        for (long seed = 0; seed < GEOMETRIES; seed++) {
            Conv2dGeometry geometry = fewChannels(seed, dots);
            if (FewChannelInputGradient.suits(geometry, dots)) {
                checkIntegers(geometry, seed, dots);
                done++;
            }
        }
        assertThat(done).isGreaterThan(GEOMETRIES * 3 / 4);
    }

    private static Conv2dGeometry fewChannels(long seed, ChannelDots dots) {
        Random random = new Random(seed);
        Conv2dGeometry g = RandomGeometry.of(seed).geometry();
        long groups = random.nextInt(4) == 0 ? 2 : 1;
        return Conv2dGeometry.builder()
                .input(
                        g.batch(),
                        groups * random.nextInt(1, 5),
                        g.inHeight(),
                        g.inWidth() + random.nextInt(20))
                .kernel(
                        groups * dots.lanes() * random.nextInt(1, 4),
                        g.kernelHeight(),
                        g.kernelWidth())
                .stride(g.strideHeight(), g.strideWidth())
                .dilation(g.dilationHeight(), g.dilationWidth())
                .padding(g.padding())
                .groups(groups)
                .build();
    }

    private static void checkIntegers(
            Conv2dGeometry geometry, long seed, @Nullable ChannelDots dots) {
        Operands operands = Operands.integers(geometry, seed);
        double[] expected =
                new NaiveConvolution(geometry)
                        .inputGradient(
                                ErrorBound.doubles(operands.w()),
                                ErrorBound.doubles(operands.gy()));
        check(operands, seed, dots, expected, new double[expected.length]);
    }

    @Test
    void phasesOfNormalValuesStayWithinTheErrorBound() {
        for (long seed = GEOMETRIES; seed < 2 * GEOMETRIES; seed++) {
            checkNormals(RandomGeometry.of(seed).geometry(), seed, null);
        }
    }

    @ParameterizedTest
    @MethodSource("dots")
    void dotsOfNormalValuesStayWithinTheErrorBound(ChannelDots dots) {
        for (long seed = GEOMETRIES; seed < 2 * GEOMETRIES; seed++) {
            Conv2dGeometry geometry = fewChannels(seed, dots);
            if (FewChannelInputGradient.suits(geometry, dots)) {
                checkNormals(geometry, seed, dots);
            }
        }
    }

    private static void checkNormals(
            Conv2dGeometry geometry, long seed, @Nullable ChannelDots dots) {
        Operands operands = Operands.normals(geometry, seed);
        NaiveConvolution naive = new NaiveConvolution(geometry);
        double[] expected =
                naive.inputGradient(
                        ErrorBound.doubles(operands.w()), ErrorBound.doubles(operands.gy()));
        Operands sizes = operands.magnitudes();
        double[] magnitudes =
                naive.inputGradient(ErrorBound.doubles(sizes.w()), ErrorBound.doubles(sizes.gy()));
        check(operands, seed, dots, expected, magnitudes);
    }

    /** By dot products if there are any, otherwise by phases. */
    private static PreparedAlgorithm gradient(
            Conv2dGeometry geometry, Tensor w, @Nullable ChannelDots dots, Arena arena) {
        return dots != null
                ? new FewChannelInputGradient(geometry, w, dots, arena)
                : new StridedInputGradient(
                        geometry, w, (phase, weights) -> Plain.of(phase, weights, arena));
    }

    private static void check(
            Operands operands,
            long seed,
            @Nullable ChannelDots dots,
            double[] expected,
            double[] magnitudes) {
        Conv2dGeometry geometry = operands.geometry();
        String what = "seed %d: %s, %s".formatted(seed, geometry, dots);
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            FramedTensor gy =
                    FramedTensor.holding(
                            arena,
                            BackwardCases.channelsLast(random),
                            random,
                            operands.gy(),
                            geometry.outputShape());
            FramedTensor gx =
                    FramedTensor.of(
                            arena,
                            BackwardCases.channelsLast(random),
                            random,
                            geometry.inputShape());
            Tensor w =
                    FramedTensor.holding(
                                    arena,
                                    FramedTensor.Kind.RANDOM,
                                    random,
                                    operands.w(),
                                    geometry.weightShape())
                            .view();
            PreparedAlgorithm gradient = gradient(geometry, w, dots, arena);
            w.fill(Float.NaN); // it was not kept
            BackwardCases.shuffled(
                    gradient.tasks(geometry.batch(), THREADS),
                    gradient.scratchBytes(),
                    random,
                    (task, scratch) ->
                            gradient.run(task, THREADS, gy.view(), null, gx.view(), scratch));
            ErrorBound.assertWithin(
                    what,
                    gx.view(),
                    expected,
                    magnitudes,
                    ErrorBound.inputGradientTerms(geometry) + 2);
            gx.assertFrameUntouched(what);
        }
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        try (Workers workers = Workers.of(3)) {
            for (long seed = 0; seed < 60; seed++) {
                for (ChannelDots dots : choices()) {
                    Conv2dGeometry geometry =
                            dots == null
                                    ? RandomGeometry.of(seed).geometry()
                                    : fewChannels(seed, dots);
                    if (dots != null && !FewChannelInputGradient.suits(geometry, dots)) {
                        continue;
                    }
                    Operands operands = Operands.normals(geometry, seed);
                    try (Arena arena = Arena.ofShared()) {
                        Tensor gy = operands.gy(arena, MemoryFormat.CHANNELS_LAST);
                        Tensor w = operands.w(arena, MemoryFormat.CHANNELS_FIRST);
                        PreparedAlgorithm gradient = gradient(geometry, w, dots, arena);
                        Tensor one =
                                Tensor.zeros(
                                        arena, MemoryFormat.CHANNELS_LAST, geometry.inputShape());
                        Tensor many =
                                Tensor.zeros(
                                        arena, MemoryFormat.CHANNELS_LAST, geometry.inputShape());
                        BackwardCases.shuffled(
                                gradient.tasks(geometry.batch(), 1),
                                gradient.scratchBytes(),
                                new Random(seed),
                                (task, scratch) -> gradient.run(task, 1, gy, null, one, scratch));
                        BackwardCases.together(
                                workers,
                                gradient.tasks(geometry.batch(), THREADS),
                                gradient.scratchBytes(),
                                (task, scratch) ->
                                        gradient.run(task, THREADS, gy, null, many, scratch));
                        BackwardCases.assertSameBits("seed " + seed, many, one);
                    }
                }
            }
        }
    }

    private static List<@Nullable ChannelDots> choices() {
        List<@Nullable ChannelDots> choices = new ArrayList<>();
        choices.add(null);
        dots().forEach(choices::add);
        return choices;
    }

    /** Counts what the phases are run for, and does nothing. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Counting(long[] calls) implements PreparedAlgorithm {
        @Override
        public Algorithm algorithm() {
            return Algorithm.IM2COL;
        }

        @Override
        public long scratchBytes() {
            return 64;
        }

        @Override
        public long tasks(long batch, int threads) {
            return batch;
        }

        @Override
        public void run(
                long task,
                int threads,
                Tensor x,
                @Nullable Tensor residual,
                Tensor y,
                MemorySegment scratch) {
            calls[0]++;
        }
    }

    @Test
    void aRunOnTheSameTensorsAllocatesNothing() {
        Conv2dGeometry geometry =
                Conv2dGeometry.builder()
                        .input(2, 3, 12, 13)
                        .kernel(16, 1, 3)
                        .stride(2, 2)
                        .padding(Padding.of(0, 1))
                        .build();
        Operands operands = Operands.normals(geometry, 1);
        long[] calls = new long[1];
        try (Arena arena = Arena.ofConfined()) {
            Tensor w = operands.w(arena, MemoryFormat.CHANNELS_FIRST);
            Tensor gy = operands.gy(arena, MemoryFormat.CHANNELS_LAST);
            Tensor gx = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, geometry.inputShape());
            List<PreparedAlgorithm> gradients = new ArrayList<>();
            gradients.add(
                    new StridedInputGradient(geometry, w, (phase, weights) -> new Counting(calls)));
            dots().filter(dots -> FewChannelInputGradient.suits(geometry, dots))
                    .forEach(dots ->
                            gradients.add(new FewChannelInputGradient(geometry, w, dots, arena)));
            for (PreparedAlgorithm gradient : gradients) {
                long bytes =
                        BackwardCases.heapBytes(() -> {
                            for (long task = 0; task < gradient.tasks(2, THREADS); task++) {
                                gradient.run(task, THREADS, gy, null, gx, MemorySegment.NULL);
                            }
                        });
                assertThat(bytes).as("%s", gradient).isZero();
            }
            assertThat(calls[0]).isPositive();
            assertThat(gradients.getFirst().algorithm()).isEqualTo(Algorithm.IM2COL);
            assertThatThrownBy(() ->
                            gradients.getFirst().run(0, THREADS, gy, gx, gx, MemorySegment.NULL))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("residual");
        }
    }

    @Test
    void fewChannelsGoByDotsIfThereAreVectors() {
        Conv2dGeometry few =
                Conv2dGeometry.builder().input(1, 3, 9, 10).kernel(32, 3, 3).stride(2, 2).build();
        Conv2dGeometry many =
                Conv2dGeometry.builder().input(1, 5, 9, 10).kernel(32, 3, 3).stride(2, 2).build();
        try (Arena arena = Arena.ofConfined()) {
            assertThat(quickest(few, arena) instanceof FewChannelInputGradient)
                    .isEqualTo(VectorSupport.isEnabled());
            assertThat(quickest(many, arena)).isInstanceOf(StridedInputGradient.class);
        }
    }

    private static PreparedAlgorithm quickest(Conv2dGeometry geometry, Arena arena) {
        return StridedInputGradient.quickest(
                geometry,
                Tensor.zeros(arena, geometry.weightShape()),
                arena,
                (phase, weights) -> Plain.of(phase, weights, arena));
    }
}
