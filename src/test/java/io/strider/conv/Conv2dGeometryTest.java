package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Conv2dGeometryTest {
    private static final long HUGE = Long.MAX_VALUE / 2;

    private static Conv2dGeometry.Builder sevenByTen() {
        return Conv2dGeometry.builder().input(2, 4, 7, 10).kernel(6, 3, 2);
    }

    /** Windows are counted one by one: those whose last tap still lies on the padded input. */
    private static long countWindows(long padded, long kernel, long stride, long dilation) {
        long windows = 0;
        for (long first = 0; first + dilation * (kernel - 1) < padded; first += stride) {
            windows++;
        }
        return windows;
    }

    @Test
    void theOutputHasAsManyElementsAsWindowsFit() {
        for (long seed = 0; seed < 3_000; seed++) {
            Conv2dGeometry g = RandomGeometry.of(seed).geometry();
            Padding.Sides sides = g.padding();
            long rows = g.inHeight() + sides.top() + sides.bottom();
            long columns = g.inWidth() + sides.left() + sides.right();
            assertThat(g.outHeight())
                    .as("seed %d: %s", seed, g)
                    .isEqualTo(
                            countWindows(
                                    rows, g.kernelHeight(), g.strideHeight(), g.dilationHeight()));
            assertThat(g.outWidth())
                    .as("seed %d: %s", seed, g)
                    .isEqualTo(
                            countWindows(
                                    columns, g.kernelWidth(), g.strideWidth(), g.dilationWidth()));
            assertThat(g.positions()).isEqualTo(g.outHeight() * g.outWidth());
            assertThat(g.productsPerOutput())
                    .isEqualTo(g.inChannels() / g.groups() * g.kernelHeight() * g.kernelWidth());
        }
    }

    /**
     * ONNX SAME_UPPER: the fewest zeros that give ⌈input / stride⌉ windows, the odd one at the end.
     */
    @Test
    void sameAddsTheFewestZerosThatKeepEveryStep() {
        Random random = new Random(1);
        for (int round = 0; round < 3_000; round++) {
            long height = random.nextInt(1, 14);
            long width = random.nextInt(1, 14);
            long kernelHeight = random.nextInt(1, 6);
            long kernelWidth = random.nextInt(1, 8);
            long strideHeight = random.nextInt(1, 6);
            long strideWidth = random.nextInt(1, 6);
            long dilationHeight = random.nextInt(1, 4);
            long dilationWidth = random.nextInt(1, 4);
            Conv2dGeometry g =
                    Conv2dGeometry.builder()
                            .input(1, 1, height, width)
                            .kernel(1, kernelHeight, kernelWidth)
                            .stride(strideHeight, strideWidth)
                            .dilation(dilationHeight, dilationWidth)
                            .padding(Padding.SAME)
                            .build();
            Padding.Sides sides = g.padding();
            assertSame(
                    g,
                    height,
                    kernelHeight,
                    strideHeight,
                    dilationHeight,
                    sides.top(),
                    sides.bottom(),
                    g.outHeight());
            assertSame(
                    g,
                    width,
                    kernelWidth,
                    strideWidth,
                    dilationWidth,
                    sides.left(),
                    sides.right(),
                    g.outWidth());
        }
    }

    private static void assertSame(
            Conv2dGeometry g,
            long input,
            long kernel,
            long stride,
            long dilation,
            long before,
            long after,
            long output) {
        long wanted = (input + stride - 1) / stride;
        long fewest = 0;
        while (countWindows(input + fewest, kernel, stride, dilation) < wanted) {
            fewest++;
        }
        assertThat(before + after).as("zeros of %s", g).isEqualTo(fewest);
        assertThat(after - before).as("the odd zero of %s", g).isEqualTo(fewest % 2);
        assertThat(output).as("output of %s", g).isEqualTo(wanted);
    }

    @Test
    void validAddsNoZeros() {
        Conv2dGeometry g = sevenByTen().stride(2, 3).padding(Padding.VALID).build();
        assertThat(g.padding()).isEqualTo(Padding.NONE);
        assertThat(g.outputShape()).containsExactly(2, 6, 3, 3);
        assertThat(g).isEqualTo(sevenByTen().stride(2, 3).build());
    }

    @Test
    void theShapesAreThoseOfTheLayer() {
        Conv2dGeometry g = sevenByTen().groups(2).padding(Padding.of(1, 2, 3, 4)).build();
        assertThat(g.inputShape()).containsExactly(2, 4, 7, 10);
        assertThat(g.weightShape()).containsExactly(6, 2, 3, 2);
        assertThat(g.outputShape()).containsExactly(2, 6, 9, 15);
        assertThat(g.padding()).isEqualTo(Padding.of(1, 2, 3, 4));
        g.inputShape()[0] = 99;
        assertThat(g.batch()).isEqualTo(2);
    }

    @Test
    void onlyOneByOneWindowsWithoutStrideAndPaddingArePointwise() {
        assertThat(sevenByTen().kernel(6, 1, 1).build().isPointwise()).isTrue();
        assertThat(sevenByTen().kernel(6, 1, 1).dilation(3, 2).groups(2).build().isPointwise())
                .isTrue();
        assertThat(sevenByTen().kernel(6, 1, 2).build().isPointwise()).isFalse();
        assertThat(sevenByTen().kernel(6, 2, 1).build().isPointwise()).isFalse();
        assertThat(sevenByTen().kernel(6, 1, 1).stride(1, 2).build().isPointwise()).isFalse();
        assertThat(sevenByTen().kernel(6, 1, 1).stride(2, 1).build().isPointwise()).isFalse();
        for (int side = 0; side < 4; side++) {
            Padding one =
                    Padding.of(
                            side == 0 ? 1 : 0,
                            side == 1 ? 1 : 0,
                            side == 2 ? 1 : 0,
                            side == 3 ? 1 : 0);
            assertThat(sevenByTen().kernel(6, 1, 1).padding(one).build().isPointwise()).isFalse();
        }
    }

    @Test
    void autoChoosesWhatNeedsTheFewestCopies() {
        Conv2d auto = Conv2d.builder().build();
        assertThat(auto.algorithm(sevenByTen().kernel(6, 1, 1).build()))
                .isEqualTo(Algorithm.POINTWISE);
        assertThat(auto.algorithm(sevenByTen().build())).isEqualTo(Algorithm.IM2COL);
        assertThat(auto.algorithm(sevenByTen().kernel(4, 3, 2).groups(4).build()))
                .isEqualTo(Algorithm.DEPTHWISE);
        assertThat(auto.algorithm(sevenByTen().kernel(8, 3, 2).groups(4).build()))
                .isEqualTo(Algorithm.IM2COL);
        Conv2dGeometry beyondInt = sevenByTen().input(1, 4, 1L << 20, 1L << 20).build();
        assertThat(auto.algorithm(beyondInt)).isEqualTo(Algorithm.DIRECT);
        assertThat(Algorithm.IM2COL.supports(beyondInt)).isFalse();
        Conv2d im2col = Conv2d.builder().algorithm(Algorithm.IM2COL).build();
        assertThatThrownBy(() -> im2col.algorithm(beyondInt))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("algorithm: IM2COL (expected: ");
    }

    static Stream<Arguments> badSizes() {
        return Stream.of(
                bad(sevenByTen().input(-1, 4, 7, 10), "batch: -1 (expected: >= 0)"),
                bad(sevenByTen().input(1, 0, 7, 10), "inChannels: 0 (expected: > 0)"),
                bad(sevenByTen().input(1, -4, 7, 10), "inChannels: -4 (expected: > 0)"),
                bad(sevenByTen().input(1, 4, 0, 10), "inputHeight: 0 (expected: > 0)"),
                bad(sevenByTen().input(1, 4, 7, -10), "inputWidth: -10 (expected: > 0)"),
                bad(sevenByTen().kernel(0, 3, 2), "outChannels: 0 (expected: > 0)"),
                bad(sevenByTen().kernel(-6, 3, 2), "outChannels: -6 (expected: > 0)"),
                bad(sevenByTen().kernel(6, 0, 2), "kernelHeight: 0 (expected: > 0)"),
                bad(sevenByTen().kernel(6, 3, -2), "kernelWidth: -2 (expected: > 0)"),
                bad(sevenByTen().stride(0, 1), "strideHeight: 0 (expected: > 0)"),
                bad(
                        sevenByTen().stride(1, Long.MIN_VALUE),
                        "strideWidth: " + Long.MIN_VALUE + " (expected: > 0)"),
                bad(sevenByTen().dilation(0, 1), "dilationHeight: 0 (expected: > 0)"),
                bad(sevenByTen().dilation(1, -1), "dilationWidth: -1 (expected: > 0)"),
                bad(sevenByTen().groups(0), "groups: 0 (expected: > 0)"),
                bad(sevenByTen().groups(-2), "groups: -2 (expected: > 0)"),
                bad(sevenByTen().groups(3), "groups: 3 (expected: a divisor of inChannels, 4)"),
                bad(sevenByTen().groups(4), "groups: 4 (expected: a divisor of outChannels, 6)"),
                bad(
                        sevenByTen().kernel(6, 8, 2),
                        "kernelHeight: 8 taps with dilation 1 cover 8 (expected: at most the padded input's 7)"),
                bad(
                        sevenByTen().dilation(1, 11).padding(Padding.of(0, 1, 0, 0)),
                        "kernelWidth: 2 taps with dilation 11 cover 12 (expected: at most the padded input's 11)"));
    }

    private static Arguments bad(Conv2dGeometry.Builder builder, String message) {
        return Arguments.of(message, builder);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badSizes")
    void badSizesAreRefusedByName(String message, Conv2dGeometry.Builder builder) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> overflows() {
        return Stream.of(
                bad(sevenByTen().padding(Padding.of(Long.MAX_VALUE, 0, 0, 0)), "inputHeight, "),
                bad(sevenByTen().padding(Padding.of(0, HUGE, 0, HUGE)), "inputWidth, "),
                bad(sevenByTen().dilation(HUGE + 1, 1), "inputHeight, "),
                bad(sevenByTen().dilation(1, Long.MAX_VALUE), "inputWidth, "),
                bad(
                        sevenByTen().dilation(1, Long.MAX_VALUE).padding(Padding.SAME),
                        "padding: same"),
                bad(
                        sevenByTen().kernel(6, HUGE, 2).dilation(4, 1).padding(Padding.SAME),
                        "padding: same"),
                bad(sevenByTen().input(1, 4, 1L << 31, 1L << 31), "input: "),
                bad(sevenByTen().input(1L << 60, 4, 7, 10), "input: "),
                bad(sevenByTen().kernel(1L << 60, 3, 2), "weight: "),
                bad(sevenByTen().padding(Padding.of(1L << 31, 1L << 31)), "output: "),
                bad(
                        sevenByTen().input(1, 1, 1L << 29, 1L << 29).kernel(1, 9, 9),
                        "matrix of patches: "),
                bad(
                        sevenByTen().input(0, 1, 1L << 31, 1L << 31).kernel(1, 1, 1),
                        "matrix of patches: "));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("overflows")
    void sizesWhoseProductOverflowsAreRefusedByName(String start, Conv2dGeometry.Builder builder) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(start)
                .hasMessageMatching(
                        ".+ \\(expected: (sizes that fit|a size in bytes that fits) a long\\)")
                .hasCauseInstanceOf(ArithmeticException.class);
    }

    @Test
    void noSizesAtAllMakeAWrongPictureOrAClearMessage() {
        long[] values = {Long.MIN_VALUE, -1, 0, 1, 2, 3, 1L << 31, 1L << 40, HUGE, Long.MAX_VALUE};
        Random random = new Random(9);
        for (int round = 0; round < 20_000; round++) {
            long[] v = random.longs(16, 0, values.length).map(at -> values[(int) at]).toArray();
            Conv2dGeometry.Builder builder =
                    Conv2dGeometry.builder()
                            .input(v[0], v[1], v[2], v[3])
                            .kernel(v[4], v[5], v[6])
                            .stride(v[7], v[8])
                            .dilation(v[9], v[10])
                            .groups(random.nextBoolean() ? 1 : v[15]);
            try {
                Padding padding =
                        random.nextInt(3) == 0
                                ? Padding.SAME
                                : Padding.of(v[11], v[12], v[13], v[14]);
                Conv2dGeometry g = builder.padding(padding).build();
                assertThat(g.outHeight()).as("%s", g).isPositive();
                assertThat(g.outWidth()).as("%s", g).isPositive();
                assertThat(g.positions()).as("%s", g).isPositive();
                assertThat(g.productsPerOutput()).as("%s", g).isPositive();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageMatching("(?s).+: .+\\(expected: .+\\)");
            }
        }
    }

    @Test
    void negativePaddingIsRefusedByTheNameOfItsSide() {
        assertThatThrownBy(() -> Padding.of(-1, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("paddingTop: -1 (expected: >= 0)");
        assertThatThrownBy(() -> Padding.of(0, -2, 0, 0))
                .hasMessage("paddingLeft: -2 (expected: >= 0)");
        assertThatThrownBy(() -> Padding.of(0, 0, -3, 0))
                .hasMessage("paddingBottom: -3 (expected: >= 0)");
        assertThatThrownBy(() -> Padding.of(0, 0, 0, -4))
                .hasMessage("paddingRight: -4 (expected: >= 0)");
        assertThatThrownBy(() -> Padding.of(0, -1)).hasMessage("paddingLeft: -1 (expected: >= 0)");
        assertThatThrownBy(() -> Conv2dGeometry.builder().padding(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("padding");
    }

    @Test
    void anEmptyBatchIsAGeometry() {
        assertThatCode(() -> sevenByTen().input(0, 4, 7, 10).build()).doesNotThrowAnyException();
    }

    @Test
    void itIsDescribedInOneLine() {
        assertThat(
                        Conv2dGeometry.builder()
                                .input(1, 3, 150, 150)
                                .kernel(32, 7, 7)
                                .stride(2, 2)
                                .build())
                .hasToString("1×3×150×150 ∗ 32×3×7×7, stride 2×2 → 1×32×72×72");
        assertThat(sevenByTen().build()).hasToString("2×4×7×10 ∗ 6×4×3×2 → 2×6×5×9");
        assertThat(
                        sevenByTen()
                                .stride(1, 2)
                                .dilation(2, 3)
                                .groups(2)
                                .padding(Padding.of(1, 2, 3, 4))
                                .build())
                .hasToString(
                        "2×4×7×10 ∗ 6×2×3×2, stride 1×2, dilation 2×3, padding top 1, left 2, bottom 3, right 4, groups 2 → 2×6×7×7");
    }

    @Test
    void equalSizesMakeEqualGeometries() {
        Conv2dGeometry g = sevenByTen().build();
        assertThat(g)
                .isEqualTo(sevenByTen().padding(Padding.NONE).build())
                .hasSameHashCodeAs(sevenByTen().build());
        Stream.of(
                        sevenByTen().input(3, 4, 7, 10),
                        sevenByTen().input(2, 5, 7, 10),
                        sevenByTen().input(2, 4, 10, 7),
                        sevenByTen().kernel(7, 3, 2),
                        sevenByTen().kernel(6, 2, 3),
                        sevenByTen().stride(2, 1),
                        sevenByTen().stride(1, 2),
                        sevenByTen().dilation(2, 1),
                        sevenByTen().dilation(1, 2),
                        sevenByTen().groups(2),
                        sevenByTen().padding(Padding.of(1, 0, 0, 0)),
                        sevenByTen().padding(Padding.of(0, 0, 1, 0)),
                        sevenByTen().padding(Padding.SAME))
                .forEach(other -> assertThat(other.build()).isNotEqualTo(g));
        assertThat(g).isNotEqualTo("a geometry");
    }
}
