package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Blas;
import io.strider.blas.Workers;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both walks with every product on random geometries, against the formula on plain arrays. */
class WeightGradientTest {
    private static final int GEOMETRIES = 300;

    static Stream<GatheredProduct> products() {
        return GatheredProductTest.products();
    }

    private static List<WeightGradient> ways(Conv2dGeometry geometry, GatheredProduct product) {
        List<WeightGradient> ways = new ArrayList<>();
        ways.add(new TapWeightGradient(geometry, product));
        if (WindowWeightGradient.supports(geometry)) {
            ways.add(new WindowWeightGradient(geometry, product));
        }
        return ways;
    }

    @ParameterizedTest
    @MethodSource("products")
    void sumsOfSmallIntegersAreExact(GatheredProduct product) {
        for (long seed = 0; seed < GEOMETRIES; seed++) {
            Conv2dGeometry geometry = BackwardCases.geometry(seed);
            Operands operands = Operands.integers(geometry, seed);
            double[] expected =
                    new NaiveConvolution(geometry)
                            .weightGradient(
                                    ErrorBound.doubles(operands.x()),
                                    ErrorBound.doubles(operands.gy()));
            check(product, operands, seed, expected, new double[expected.length]);
        }
    }

    @ParameterizedTest
    @MethodSource("products")
    void sumsOfNormalValuesStayWithinTheErrorBound(GatheredProduct product) {
        for (long seed = GEOMETRIES; seed < 2 * GEOMETRIES; seed++) {
            Conv2dGeometry geometry = BackwardCases.geometry(seed);
            Operands operands = Operands.normals(geometry, seed);
            NaiveConvolution naive = new NaiveConvolution(geometry);
            double[] expected =
                    naive.weightGradient(
                            ErrorBound.doubles(operands.x()), ErrorBound.doubles(operands.gy()));
            Operands sizes = operands.magnitudes();
            double[] magnitudes =
                    naive.weightGradient(
                            ErrorBound.doubles(sizes.x()), ErrorBound.doubles(sizes.gy()));
            check(product, operands, seed, expected, magnitudes);
        }
    }

    private static void check(
            GatheredProduct product,
            Operands operands,
            long seed,
            double[] expected,
            double[] magnitudes) {
        Conv2dGeometry geometry = operands.geometry();
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            FramedTensor x =
                    FramedTensor.holding(
                            arena,
                            BackwardCases.channelsLast(random),
                            random,
                            operands.x(),
                            geometry.inputShape());
            FramedTensor gy =
                    FramedTensor.holding(
                            arena,
                            BackwardCases.channelsLast(random),
                            random,
                            operands.gy(),
                            geometry.outputShape());
            FramedTensor.Kind[] kinds = FramedTensor.Kind.values();
            for (WeightGradient way : ways(geometry, product)) {
                FramedTensor.Kind kind = kinds[random.nextInt(kinds.length)];
                String what =
                        "seed %d: %s, %s, %s, gw %s"
                                .formatted(
                                        seed,
                                        geometry,
                                        way.getClass().getSimpleName(),
                                        product.getClass().getSimpleName(),
                                        kind);
                FramedTensor gw = FramedTensor.of(arena, kind, random, geometry.weightShape());
                BackwardCases.shuffled(
                        way.tasks(),
                        way.scratchBytes(),
                        random,
                        (task, scratch) -> way.run(task, x.view(), gy.view(), gw.view(), scratch));
                ErrorBound.assertWithin(
                        what,
                        gw.view(),
                        expected,
                        magnitudes,
                        ErrorBound.weightGradientTerms(geometry));
                gw.assertFrameUntouched(what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("products")
    void anyOrderAndAnyNumberOfThreadsGiveTheSameBits(GatheredProduct product) {
        try (Workers workers = Workers.of(3)) {
            for (long seed = 0; seed < 60; seed++) {
                Conv2dGeometry geometry = BackwardCases.geometry(3 * seed);
                Operands operands = Operands.normals(geometry, seed);
                try (Arena arena = Arena.ofShared()) {
                    Tensor x = operands.x(arena, MemoryFormat.CHANNELS_LAST);
                    Tensor gy = operands.gy(arena, MemoryFormat.CHANNELS_LAST);
                    for (WeightGradient way : ways(geometry, product)) {
                        Tensor one = Tensor.zeros(arena, geometry.weightShape());
                        Tensor many = Tensor.zeros(arena, geometry.weightShape());
                        BackwardCases.shuffled(
                                way.tasks(),
                                way.scratchBytes(),
                                new Random(seed),
                                (task, scratch) -> way.run(task, x, gy, one, scratch));
                        BackwardCases.together(
                                workers,
                                way.tasks(),
                                way.scratchBytes(),
                                (task, scratch) -> way.run(task, x, gy, many, scratch));
                        BackwardCases.assertSameBits("seed " + seed, many, one);
                    }
                }
            }
        }
    }

    @Test
    void scratchIsSmallAndLayersAreSplit() {
        for (Conv2dGeometry layer :
                List.of(
                        layer(3, 64, 64, 56, 1),
                        layer(3, 512, 512, 7, 1),
                        layer(1, 2048, 512, 7, 1),
                        layer(7, 3, 64, 224, 2),
                        layer(31, 64, 64, 64, 1),
                        layer(3, 128, 128, 56, 2))) {
            for (GatheredProduct product : products().toList()) {
                WeightGradient gradient = WeightGradient.of(layer, product);
                assertThat(gradient.scratchBytes()).as("%s", layer).isLessThanOrEqualTo(4L << 20);
                assertThat(gradient.tasks()).as("%s", layer).isGreaterThanOrEqualTo(2);
            }
        }
    }

    private static Conv2dGeometry layer(int kernel, int in, int out, int size, int stride) {
        return Conv2dGeometry.builder()
                .input(1, in, size, size)
                .kernel(out, kernel, kernel)
                .stride(stride, stride)
                .padding(Padding.of(kernel / 2, kernel / 2))
                .build();
    }

    @ParameterizedTest
    @MethodSource("products")
    void nothingIsAllocatedInSteadyState(GatheredProduct product) {
        if (product instanceof BlasGatheredProduct) {
            return; // what a downcall allocates is for SteadyStateTest, in a JVM of its own
        }
        Conv2dGeometry wide = layer(3, 20, 12, 7, 1);
        Conv2dGeometry narrow = layer(3, 3, 20, 7, 2);
        try (Arena arena = Arena.ofConfined()) {
            for (Conv2dGeometry geometry : List.of(wide, narrow)) {
                Operands operands = Operands.normals(geometry, 1);
                Tensor x = operands.x(arena, MemoryFormat.CHANNELS_LAST);
                Tensor gy = operands.gy(arena, MemoryFormat.CHANNELS_LAST);
                Tensor gw = Tensor.zeros(arena, geometry.weightShape());
                WeightGradient gradient = WeightGradient.of(geometry, product);
                var scratch = arena.allocate(gradient.scratchBytes(), 64);
                long bytes =
                        BackwardCases.heapBytes(() -> {
                            for (long task = 0; task < gradient.tasks(); task++) {
                                gradient.run(task, x, gy, gw, scratch);
                            }
                        });
                assertThat(bytes).as("%s", product.getClass()).isZero();
            }
        }
    }

    @Test
    void theQuickestProductIsTheVectorOneOrBlas() {
        GatheredProduct quickest = GatheredProduct.of(Blas.plain());
        assertThat(quickest)
                .isInstanceOfAny(VectorGatheredProduct.class, BlasGatheredProduct.class);
    }
}
