package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two reference scripts' ways, by index and by window, forward and backward. */
class RoutesTest {

    static List<Blas> implementations() {
        return List.of(Blas.openBlas(), Blas.plain());
    }

    @ParameterizedTest
    @ValueSource(strings = {"seed-stride1", "seed-stride2"})
    void bothRoutesGivePyTorchsIntegers(String name) {
        GoldenCase golden = GoldenCase.of(name);
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = golden.tensor("x", arena);
            Tensor w = golden.tensor("w", arena);
            Tensor gy = golden.tensor("gy", arena);
            Conv2dGeometry g = golden.convolution().build().geometry(x.shape(), w.shape());
            for (Blas blas : implementations()) {
                ErrorBound.assertExact(
                        "y", IndexRoute.forward(g, x, w, blas, arena), golden.expected("y"));
                ErrorBound.assertExact(
                        "gw",
                        IndexRoute.backwardWeight(g, x, gy, blas, arena),
                        golden.expected("gw"));
                ErrorBound.assertExact(
                        "gx",
                        IndexRoute.backwardInput(g, w, gy, blas, arena),
                        golden.expected("gx"));
                ErrorBound.assertExact(
                        "y", WindowRoute.forward(g, x, w, blas, arena), golden.expected("y"));
                ErrorBound.assertExact(
                        "gw",
                        WindowRoute.backwardWeight(g, x, gy, blas, arena),
                        golden.expected("gw"));
                ErrorBound.assertExact(
                        "gx",
                        WindowRoute.backwardInput(g, w, gy, blas, arena),
                        golden.expected("gx"));
            }
        }
    }

    @Test
    void theIndexRouteComputesEveryGeometry() {
        LongStream.range(10_000, 10_300)
                .mapToObj(RandomGeometry::of)
                .forEach(random -> {
                    Conv2dGeometry g = random.geometry();
                    Operands operands = Operands.integers(g, random.seed());
                    MemoryFormat format = MemoryFormat.values()[(int) (random.seed() % 2)];
                    try (Arena arena = Arena.ofConfined()) {
                        Operands.Results direct = operands.direct(arena);
                        Tensor x = operands.x(arena, format);
                        Tensor w = operands.w(arena, format);
                        Tensor gy = operands.gy(arena, format);
                        Blas blas = Blas.openBlas();
                        assertEqual(
                                random, IndexRoute.forward(g, x, w, blas, arena), direct.plain());
                        assertEqual(
                                random,
                                IndexRoute.backwardWeight(g, x, gy, blas, arena),
                                direct.gw());
                        assertEqual(
                                random,
                                IndexRoute.backwardInput(g, w, gy, blas, arena),
                                direct.gx());
                    }
                });
    }

    @Test
    void theWindowRouteComputesEveryGeometryOfOneGroupWithoutPadding() {
        LongStream.range(20_000, 20_400)
                .mapToObj(RandomGeometry::of)
                .map(RoutesTest::withoutPadding)
                .forEach(random -> {
                    Conv2dGeometry g = random.geometry();
                    Operands operands = Operands.integers(g, random.seed());
                    MemoryFormat format = MemoryFormat.values()[(int) (random.seed() % 2)];
                    try (Arena arena = Arena.ofConfined()) {
                        Operands.Results direct = operands.direct(arena);
                        Tensor x = operands.x(arena, format);
                        Tensor w = operands.w(arena, format);
                        Tensor gy = operands.gy(arena, format);
                        Blas blas = Blas.openBlas();
                        assertEqual(
                                random, WindowRoute.forward(g, x, w, blas, arena), direct.plain());
                        assertEqual(
                                random,
                                WindowRoute.backwardWeight(g, x, gy, blas, arena),
                                direct.gw());
                        assertEqual(
                                random,
                                WindowRoute.backwardInput(g, w, gy, blas, arena),
                                direct.gx());
                    }
                });
    }

    private static void assertEqual(RandomGeometry random, Tensor actual, Tensor expected) {
        ErrorBound.assertExact(random.toString(), actual, ErrorBound.doubles(expected));
    }

    /** The same sizes in one group, the input enlarged by the padding that it loses. */
    static RandomGeometry withoutPadding(RandomGeometry random) {
        Conv2dGeometry g = random.geometry();
        Padding.Sides sides = g.padding();
        return new RandomGeometry(
                random.seed(),
                Conv2dGeometry.builder()
                        .input(
                                g.batch(),
                                g.inChannels(),
                                g.inHeight() + sides.top() + sides.bottom(),
                                g.inWidth() + sides.left() + sides.right())
                        .kernel(g.outChannels(), g.kernelHeight(), g.kernelWidth())
                        .stride(g.strideHeight(), g.strideWidth())
                        .dilation(g.dilationHeight(), g.dilationWidth())
                        .build());
    }

    /**
     * Entry (c, i, j, n, p, q) of the view is entry (row (c, i, j), column (p, q, n)) of the
     * matrix.
     */
    @Test
    void theSixDimensionalViewShowsTheEntriesOfTheMatrix() {
        LongStream.range(30_000, 30_200)
                .mapToObj(RandomGeometry::of)
                .map(RoutesTest::withoutPadding)
                .forEach(random -> {
                    Conv2dGeometry g = random.geometry();
                    MemoryFormat format = MemoryFormat.values()[(int) (random.seed() % 2)];
                    try (Arena arena = Arena.ofConfined()) {
                        Tensor x = Operands.normals(g, random.seed()).x(arena, format);
                        Tensor view = WindowRoute.view(g, x);
                        assertThat(view.shape())
                                .containsExactly(
                                        g.inChannels(),
                                        g.kernelHeight(),
                                        g.kernelWidth(),
                                        g.batch(),
                                        g.outHeight(),
                                        g.outWidth());
                        float[] reordered = view.permute(0, 1, 2, 4, 5, 3).toArray();
                        assertThat(reordered)
                                .as(random.toString())
                                .isEqualTo(Im2col.matrix(g, x, arena).toArray());
                    }
                });
    }

    @Test
    void theViewSharesTheMemoryOfTheInput() {
        Conv2dGeometry g =
                Conv2dGeometry.builder().input(2, 3, 7, 10).kernel(1, 3, 2).stride(2, 1).build();
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = Tensor.zeros(arena, g.inputShape());
            Tensor view = WindowRoute.view(g, x);
            assertThat(view.segment()).isSameAs(x.segment());
            x.set(5, 1, 2, 4, 3);
            assertThat(view.get(2, 2, 1, 1, 1, 2)).isEqualTo(5); // row 1·2 + 2, column 2·1 + 1
            assertThat(view.get(2, 0, 0, 1, 2, 3))
                    .isEqualTo(5); // the same element in another window
            assertThat(view.overlapsItself()).isTrue();
        }
    }

    @Test
    void aViewCannotShowPadding() {
        Conv2dGeometry g =
                Conv2dGeometry.builder()
                        .input(1, 1, 4, 5)
                        .kernel(1, 3, 3)
                        .padding(Padding.of(0, 0, 1, 0))
                        .build();
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = Tensor.zeros(arena, g.inputShape());
            Tensor w = Tensor.zeros(arena, g.weightShape());
            Tensor gy = Tensor.zeros(arena, g.outputShape());
            Blas blas = Blas.plain();
            assertThatThrownBy(() -> WindowRoute.view(g, x))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("padding: ")
                    .hasMessageContaining("(expected: none");
            assertThatThrownBy(() -> WindowRoute.forward(g, x, w, blas, arena))
                    .hasMessageStartingWith("padding: ");
            assertThatThrownBy(() -> WindowRoute.backwardWeight(g, x, gy, blas, arena))
                    .hasMessageStartingWith("padding: ");
            assertThatThrownBy(() -> WindowRoute.backwardInput(g, w, gy, blas, arena))
                    .hasMessageStartingWith("padding: ");
        }
    }

    @Test
    void theWindowRouteTakesOneGroup() {
        Conv2dGeometry g =
                Conv2dGeometry.builder().input(1, 2, 4, 5).kernel(2, 3, 3).groups(2).build();
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = Tensor.zeros(arena, g.inputShape());
            Tensor w = Tensor.zeros(arena, g.weightShape());
            Tensor gy = Tensor.zeros(arena, g.outputShape());
            Blas blas = Blas.plain();
            String message = "groups: 2 (expected: 1 for the window route)";
            assertThatThrownBy(() -> WindowRoute.forward(g, x, w, blas, arena))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> WindowRoute.backwardWeight(g, x, gy, blas, arena))
                    .hasMessage(message);
            assertThatThrownBy(() -> WindowRoute.backwardInput(g, w, gy, blas, arena))
                    .hasMessage(message);
        }
    }
}
