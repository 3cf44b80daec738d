package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Blas;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convolutions whose patches fill several tiles, so that tiles begin and end inside rows, images
 * and groups. Their values are small integers and must come out equal.
 */
class TiledConvolutionTest {
    /** The patches of one tile, in floats; see {@link GemmTiling}. */
    private static final long TILE = 256 << 10;

    static Stream<Conv2dGeometry> geometries() {
        return Stream.of(
                // 147 products: 1,783 positions a tile, images of 2,537
                Conv2dGeometry.builder()
                        .input(2, 3, 64, 97)
                        .kernel(5, 7, 7)
                        .stride(1, 2)
                        .padding(Padding.of(0, 3, 1, 2))
                        .build(),
                // a third of an image and odd rows
                Conv2dGeometry.builder()
                        .input(1, 17, 61, 43)
                        .kernel(3, 3, 5)
                        .padding(Padding.SAME)
                        .build(),
                // many images to a tile, an image cut by its end
                Conv2dGeometry.builder()
                        .input(37, 40, 7, 5)
                        .kernel(4, 3, 3)
                        .padding(Padding.of(1, 1))
                        .build(),
                // groups, each in several tiles
                Conv2dGeometry.builder()
                        .input(3, 10, 75, 70)
                        .kernel(4, 3, 3)
                        .groups(2)
                        .padding(Padding.of(1, 0, 2, 1))
                        .dilation(2, 1)
                        .build(),
                // depthwise
                Conv2dGeometry.builder()
                        .input(5, 3, 101, 97)
                        .kernel(6, 3, 3)
                        .groups(3)
                        .padding(Padding.of(1, 1))
                        .build(),
                // sums so long that a tile holds ENOUGH_POSITIONS
                Conv2dGeometry.builder()
                        .input(3, 220, 14, 15)
                        .kernel(3, 3, 3)
                        .padding(Padding.of(1, 1))
                        .build(),
                // longer than a tile of ENOUGH_POSITIONS may be
                Conv2dGeometry.builder()
                        .input(2, 1100, 9, 10)
                        .kernel(2, 3, 3)
                        .padding(Padding.of(1, 1))
                        .build(),
                // 1×1 with a stride, which has to be copied
                Conv2dGeometry.builder().input(2, 70, 90, 100).kernel(3, 1, 1).stride(1, 2).build(),
                // 1×1 that needs no copy unless it is a view
                Conv2dGeometry.builder().input(3, 60, 50, 41).kernel(50, 1, 1).build());
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void tilesMeetWithoutASeam(Conv2dGeometry geometry) {
        long floats = geometry.productsPerOutput() * geometry.positions() * geometry.batch();
        assertThat(floats).as("more than one tile").isGreaterThan(TILE);
        Operands operands = Operands.integers(geometry, 11);
        try (Arena arena = Arena.ofConfined()) {
            Operands.Results direct = operands.direct(arena);
            for (MemoryFormat in : MemoryFormat.values()) {
                for (MemoryFormat out : MemoryFormat.values()) {
                    Conv2d conv =
                            RandomGeometry.convolution(geometry, Algorithm.IM2COL, Blas.openBlas());
                    String what = "%s, %s to %s".formatted(geometry, in, out);
                    assertEqual(what, operands.run(conv, arena, in, out), direct);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void viewsGoThroughTilesOfTheirOwn(Conv2dGeometry g) {
        Operands operands = Operands.integers(g, 12);
        Random random = new Random(12);
        FramedTensor.Kind kind = FramedTensor.Kind.STEPPED;
        try (Arena arena = Arena.ofConfined()) {
            Operands.Results direct = operands.direct(arena);
            FramedTensor y = FramedTensor.of(arena, kind, random, g.outputShape());
            FramedTensor plain = FramedTensor.of(arena, kind, random, g.outputShape());
            FramedTensor gx = FramedTensor.of(arena, kind, random, g.inputShape());
            FramedTensor gw = FramedTensor.of(arena, kind, random, g.weightShape());
            FramedTensor gb = FramedTensor.of(arena, kind, random, g.outChannels());
            Tensor x =
                    FramedTensor.holding(arena, kind, random, operands.x(), g.inputShape()).view();
            Tensor w =
                    FramedTensor.holding(arena, kind, random, operands.w(), g.weightShape()).view();
            Tensor gy =
                    FramedTensor.holding(arena, kind, random, operands.gy(), g.outputShape())
                            .view();
            Operands.Results results =
                    new Operands.Results(y.view(), plain.view(), gx.view(), gw.view(), gb.view());
            Conv2d conv = RandomGeometry.convolution(g, Algorithm.AUTO, Blas.openBlas());
            Operands.run(conv, x, w, operands.b(arena), gy, results);
            assertEqual(g.toString(), results, direct);
            for (FramedTensor output : new FramedTensor[] {y, plain, gx, gw, gb}) {
                output.assertFrameUntouched(g.toString());
            }
        }
    }

    private static void assertEqual(String what, Operands.Results actual, Operands.Results direct) {
        ErrorBound.assertExact(what + " y", actual.y(), ErrorBound.doubles(direct.y()));
        ErrorBound.assertExact(
                what + " y without bias", actual.plain(), ErrorBound.doubles(direct.plain()));
        ErrorBound.assertExact(what + " gx", actual.gx(), ErrorBound.doubles(direct.gx()));
        ErrorBound.assertExact(what + " gw", actual.gw(), ErrorBound.doubles(direct.gw()));
        ErrorBound.assertExact(what + " gb", actual.gb(), ErrorBound.doubles(direct.gb()));
    }
}
