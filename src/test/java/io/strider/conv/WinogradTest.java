package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Winograd against the formula in double precision. */
class WinogradTest {
    /** The runs that share their work share it between so many. */
    private static final int THREADS = 3;

    private static final int GEOMETRIES = 120;

    /** Twice the twins. */
    enum Kind {
        SCALAR,
        VECTOR;

        WinogradTransforms of(WinogradTile tile) {
            return this == SCALAR
                    ? new ScalarWinogradTransforms(tile)
                    : WinogradTransforms.vector(tile);
        }
    }

    record Case(WinogradTile tile, Kind kind) {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (WinogradTile tile : WinogradTile.values()) {
            for (Kind kind : Kind.values()) {
                cases.add(new Case(tile, kind));
            }
        }
        return cases;
    }

    private static void run(Winograd algorithm, WinogradLayer layer, Tensor y) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment scratch = WinogradLayer.scratch(own, algorithm);
            for (long task = 0; task < algorithm.tasks(layer.geometry.batch(), 1); task++) {
                algorithm.run(task, 1, layer.x, layer.residualView(), y, scratch);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void randomLayersStayWithinTheDerivedBoundAndWriteNothingElse(Case which) {
        for (long seed = 0; seed < GEOMETRIES; seed++) {
            try (Arena arena = Arena.ofConfined()) {
                Conv2dGeometry geometry = WinogradLayer.randomGeometry(seed);
                WinogradLayer layer = new WinogradLayer(arena, which.tile, geometry, seed);
                FramedTensor y = layer.y();
                Blas blas = seed % 4 == 0 ? Blas.plain() : Blas.openBlas();
                run(layer.prepare(which.kind.of(which.tile), blas), layer, y.view());
                ErrorBound.assertWithin(
                        which + ", " + layer,
                        y.view(),
                        layer.expected(),
                        layer.magnitudes(),
                        geometry.inChannels() + WinogradBound.ROUNDINGS);
                y.assertFrameUntouched(which + ", " + layer);
            }
        }
    }

    /** Layers as networks have them: 8 · 16 · u · Σ|a||b|, element by element. */
    @ParameterizedTest
    @MethodSource("cases")
    void valuesOfOneScaleStayWithin128RoundingsOfTheSumOfProducts(Case which) {
        for (long seed = 0; seed < 12; seed++) {
            Random random = new Random(seed);
            Conv2dGeometry geometry =
                    Conv2dGeometry.builder()
                            .input(
                                    1,
                                    random.nextInt(16, 81),
                                    random.nextInt(5, 15),
                                    random.nextInt(5, 15))
                            .kernel(random.nextInt(1, 81), 3, 3)
                            .padding(Padding.of(1, 1))
                            .build();
            Operands operands = Operands.normals(geometry, seed);
            double[] noBias = new double[0];
            NaiveConvolution naive = new NaiveConvolution(geometry);
            try (Arena arena = Arena.ofConfined()) {
                Tensor x = operands.x(arena, MemoryFormat.CHANNELS_LAST);
                Tensor w = operands.w(arena, MemoryFormat.CHANNELS_FIRST);
                Tensor y = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, geometry.outputShape());
                Winograd algorithm =
                        Winograd.prepare(
                                which.tile,
                                geometry,
                                which.kind.of(which.tile),
                                w,
                                null,
                                Activation.NONE,
                                Blas.openBlas(),
                                arena);
                MemorySegment scratch = WinogradLayer.scratch(arena, algorithm);
                for (long task = 0; task < algorithm.tasks(1, THREADS); task++) {
                    algorithm.run(task, THREADS, x, null, y, scratch);
                }
                Operands magnitudes = operands.magnitudes();
                ErrorBound.assertWithin(
                        "seed %d: %s, %s".formatted(seed, which, geometry),
                        y,
                        naive.forward(
                                ErrorBound.doubles(operands.x()),
                                ErrorBound.doubles(operands.w()),
                                noBias),
                        naive.forward(
                                ErrorBound.doubles(magnitudes.x()),
                                ErrorBound.doubles(magnitudes.w()),
                                noBias),
                        8 * 16);
            }
        }
    }

    /** Its matrices hold nothing but 0, ±1 and ±1/2: partial sums below 2²² are exact. */
    @ParameterizedTest
    @EnumSource(Kind.class)
    void smallIntegersAreExactWithTheSmallTile(Kind kind) {
        for (long seed = 0; seed < 20; seed++) {
            Conv2dGeometry geometry = WinogradLayer.randomGeometry(seed);
            Operands operands = Operands.integers(geometry, seed);
            try (Arena arena = Arena.ofConfined()) {
                Tensor x = operands.x(arena, MemoryFormat.CHANNELS_LAST);
                Tensor w = operands.w(arena, MemoryFormat.CHANNELS_LAST);
                Tensor y = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, geometry.outputShape());
                Winograd algorithm =
                        Winograd.prepare(
                                WinogradTile.F2,
                                geometry,
                                kind.of(WinogradTile.F2),
                                w,
                                operands.b(arena),
                                Activation.NONE,
                                Blas.openBlas(),
                                arena);
                MemorySegment scratch = WinogradLayer.scratch(arena, algorithm);
                for (long task = 0; task < algorithm.tasks(geometry.batch(), THREADS); task++) {
                    algorithm.run(task, THREADS, x, null, y, scratch);
                }
                ErrorBound.assertExact(
                        "seed %d: %s, %s".formatted(seed, kind, geometry),
                        y,
                        new NaiveConvolution(geometry)
                                .forward(
                                        ErrorBound.doubles(operands.x()),
                                        ErrorBound.doubles(operands.w()),
                                        ErrorBound.doubles(operands.b())));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aNanReachesEveryOutputThatSeesItAndNoOtherTile(Case which) {
        Conv2dGeometry geometry =
                Conv2dGeometry.builder()
                        .input(1, 16, 12, 17)
                        .kernel(16, 3, 3)
                        .padding(Padding.of(1, 1))
                        .build();
        Operands operands = Operands.normals(geometry, 3);
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = operands.x(arena, MemoryFormat.CHANNELS_LAST);
            x.set(Float.NaN, 0, 5, 6, 9);
            Tensor y = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, geometry.outputShape());
            Winograd algorithm =
                    Winograd.prepare(
                            which.tile,
                            geometry,
                            which.kind.of(which.tile),
                            operands.w(arena, MemoryFormat.CHANNELS_FIRST),
                            null,
                            Activation.RELU6,
                            Blas.openBlas(),
                            arena);
            MemorySegment scratch = WinogradLayer.scratch(arena, algorithm);
            for (long task = 0; task < algorithm.tasks(1, THREADS); task++) {
                algorithm.run(task, THREADS, x, null, y, scratch);
            }
            for (int o = 0; o < 16; o++) {
                for (int p = 0; p < 12; p++) {
                    for (int q = 0; q < 17; q++) {
                        boolean sees = Math.abs(p - 6) <= 1 && Math.abs(q - 9) <= 1;
                        int size = which.tile.outputs();
                        boolean tileSees =
                                spans(p / size * size, size, 6) && spans(q / size * size, size, 9);
                        float value = y.get(0, o, p, q);
                        String at = "%s: output %d, %d, %d".formatted(which, o, p, q);
                        if (sees) {
                            assertThat(value).as(at).isNaN();
                        } else if (!tileSees) {
                            assertThat(value).as(at).isBetween(0f, 6f);
                        }
                    }
                }
            }
        }
    }

    /** Whether the inputs of a tile of outputs from {@code first} on hold {@code pixel}. */
    private static boolean spans(int first, int size, int pixel) {
        return pixel >= first - 1 && pixel <= first + size;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tasksInAnyOrderAndAtTheSameTimeGiveTheSameBits(Case which) throws InterruptedException {
        long[][] sizes = {{3, 40, 13, 10, 24}, {1, 16, 6, 9, 300}, {3, 17, 33, 31, 130}};
        for (int s = 0; s < sizes.length; s++) {
            long[] size = sizes[s];
            Conv2dGeometry geometry =
                    Conv2dGeometry.builder()
                            .input(size[0], size[1], size[2], size[3])
                            .kernel(size[4], 3, 3)
                            .padding(Padding.of(1, 1))
                            .build();
            try (Arena arena = Arena.ofShared()) {
                WinogradLayer layer = new WinogradLayer(arena, which.tile, geometry, s);
                Winograd algorithm = layer.prepare(which.kind.of(which.tile), Blas.openBlas());
                FramedTensor inOrder = layer.y();
                run(algorithm, layer, inOrder.view());
                float[] expected = inOrder.view().toArray();
                for (int round = 0; round < 3; round++) {
                    List<Integer> order = new ArrayList<>();
                    for (int task = 0; task < algorithm.tasks(geometry.batch(), THREADS); task++) {
                        order.add(task);
                    }
                    Collections.shuffle(order, new Random(round));
                    FramedTensor y = layer.y();
                    atTheSameTime(algorithm, layer, order, y.view());
                    assertThat(Arrays.equals(y.view().toArray(), expected))
                            .as("same bits: %s, %s, order %s", which, layer, order)
                            .isTrue();
                    y.assertFrameUntouched(which + ", " + layer);
                }
            }
        }
    }

    private static void atTheSameTime(
            Winograd algorithm, WinogradLayer layer, List<Integer> order, Tensor y)
            throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try (Arena own = Arena.ofConfined()) {
                                    MemorySegment scratch = WinogradLayer.scratch(own, algorithm);
                                    int at = next.getAndIncrement();
                                    while (at < order.size()) {
                                        algorithm.run(
                                                order.get(at),
                                                THREADS,
                                                layer.x,
                                                layer.residualView(),
                                                y,
                                                scratch);
                                        done.getAndIncrement();
                                        at = next.getAndIncrement();
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(done.get()).isEqualTo(order.size());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void runsAllocateNothingOnTheHeap(Case which) {
        ThreadMXBean mx = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Conv2dGeometry geometry =
                Conv2dGeometry.builder()
                        .input(3, 32, 7, 10)
                        .kernel(20, 3, 3)
                        .padding(Padding.of(1, 1))
                        .build();
        try (Arena arena = Arena.ofConfined()) {
            WinogradLayer layer = new WinogradLayer(arena, which.tile, geometry, 4);
            Winograd algorithm = layer.prepare(which.kind.of(which.tile), Blas.openBlas());
            Tensor y = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, geometry.outputShape());
            Tensor residual = layer.y().view();
            MemorySegment scratch = WinogradLayer.scratch(arena, algorithm);
            long tasks = algorithm.tasks(3, THREADS);
            long least = Long.MAX_VALUE;
            // The least of many rounds: until the compilers have had their say there is boxing.
            for (int round = 0; round < 2000 && least > 0; round++) {
                long before = mx.getCurrentThreadAllocatedBytes();
                for (int run = 0; run < 20; run++) {
                    for (long task = 0; task < tasks; task++) {
                        algorithm.run(task, THREADS, layer.x, residual, y, scratch);
                        algorithm.run(task, THREADS, layer.x, null, y, scratch);
                    }
                }
                least = Math.min(least, mx.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).as("%s, %s: bytes", which, layer).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(WinogradTile.class)
    void theMatricesOfATileAreAnIdentity(WinogradTile tile) {
        // Aᵀ [(G e_s) ⊙ (Bᵀ e_r)] is the tap that takes input r to output k: 1 if r = k + s.
        for (int r = 0; r < tile.inputs(); r++) {
            for (int s = 0; s < 3; s++) {
                for (int k = 0; k < tile.outputs(); k++) {
                    double sum = 0;
                    for (int i = 0; i < tile.inputs(); i++) {
                        sum += tile.output(k, i) * tile.weight(i, s) * tile.input(i, r);
                    }
                    assertThat(sum)
                            .as("%s: input %d, tap %d, output %d", tile, r, s, k)
                            .isCloseTo(
                                    r == k + s ? 1 : 0, org.assertj.core.data.Offset.offset(1e-14));
                }
            }
        }
    }

    @Test
    void scratchStaysBelowFourMebibytesAndSmallPicturesBecomeSeveralTasks() {
        long[][] layers = {{64, 64, 56}, {128, 128, 28}, {256, 256, 14}, {512, 512, 7}};
        for (WinogradTile tile : WinogradTile.values()) {
            for (long channels = 1; channels <= 4096; channels = channels * 2 + channels % 3) {
                for (long outputs : new long[] {1, 17, 64, 512, 4096}) {
                    WinogradBlocking blocking = WinogradBlocking.of(tile, channels, outputs);
                    assertThat(blocking.scratch() * Float.BYTES)
                            .as(blocking.toString())
                            .isLessThanOrEqualTo(4 << 20);
                    assertThat(blocking.tiles()).as(blocking.toString()).isPositive();
                }
            }
            for (long[] layer : layers) {
                Conv2dGeometry geometry =
                        Conv2dGeometry.builder()
                                .input(1, layer[0], layer[2], layer[2])
                                .kernel(layer[1], 3, 3)
                                .padding(Padding.of(1, 1))
                                .build();
                try (Arena arena = Arena.ofConfined()) {
                    Tensor weight = Tensor.zeros(arena, geometry.weightShape());
                    Winograd algorithm =
                            Winograd.prepare(
                                    tile,
                                    geometry,
                                    weight,
                                    null,
                                    Activation.NONE,
                                    Blas.openBlas(),
                                    arena);
                    assertThat(algorithm.tasks(1, 2))
                            .as("%s, %d pixels", tile, layer[2])
                            .isGreaterThanOrEqualTo(2);
                }
            }
        }
    }

    @Test
    void othersThanThreeByThreeAtStrideOneAreNotSupported() {
        Conv2dGeometry.Builder builder = Conv2dGeometry.builder().input(1, 4, 9, 9).kernel(4, 3, 3);
        assertThat(Winograd.supports(builder.build())).isTrue();
        assertThat(Winograd.supports(builder.stride(1, 2).build())).isFalse();
        assertThat(Winograd.supports(builder.stride(1, 1).dilation(2, 1).build())).isFalse();
        assertThat(Winograd.supports(builder.dilation(1, 1).groups(2).build())).isFalse();
        assertThat(Winograd.supports(builder.groups(1).kernel(4, 3, 1).build())).isFalse();
        assertThat(Winograd.supports(builder.kernel(4, 5, 3).build())).isFalse();
        assertThat(Winograd.supports(builder.input(1, 4097, 9, 9).kernel(4, 3, 3).build()))
                .isFalse();
    }
}
