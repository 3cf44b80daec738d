package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link DepthwiseKernels}, all passes, both layouts and both loops against DIRECT. */
class DepthwiseKernelsTest {

    static Stream<Arguments> ways() {
        return Stream.of(true, false)
                .flatMap(last -> Stream.of(Arguments.of(last, true), Arguments.of(last, false)));
    }

    private static DepthwiseKernels kernels(Conv2dGeometry g, boolean last, boolean vectors) {
        return new DepthwiseKernels(
                g,
                last,
                vectors ? new VectorDepthwiseLoops() : new ScalarDepthwiseLoops(),
                vectors ? new VectorPlaneLoops() : new ScalarPlaneLoops(),
                ScratchPool.shared());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void smallIntegersComeOutExact(boolean last, boolean vectors) {
        for (long seed = 0; seed < 250; seed++) {
            DepthwiseCase drawn = DepthwiseCase.of(seed);
            Conv2dGeometry g = drawn.geometry();
            Operands operands = Operands.integers(g, seed);
            check(drawn, operands, last, vectors, true);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void normalValuesStayWithinTheErrorBound(boolean last, boolean vectors) {
        for (long seed = 500; seed < 750; seed++) {
            DepthwiseCase drawn = DepthwiseCase.of(seed);
            Conv2dGeometry g = drawn.geometry();
            Operands operands = Operands.normals(g, seed);
            check(drawn, operands, last, vectors, false);
        }
    }

    private static void check(
            DepthwiseCase drawn, Operands operands, boolean last, boolean vectors, boolean exact) {
        Conv2dGeometry g = drawn.geometry();
        Random random = new Random(drawn.seed());
        FramedTensor.Kind kind =
                last
                        ? FramedTensor.Kind.HALF_OF_CHANNELS_LAST
                        : FramedTensor.Kind.values()[random.nextInt(8)];
        try (Arena arena = Arena.ofConfined()) {
            Operands.Results direct = operands.direct(arena);
            Operands.Results sizes = operands.magnitudes().direct(arena);
            Tensor x =
                    FramedTensor.holding(arena, kind, random, operands.x(), g.inputShape()).view();
            Tensor gy =
                    FramedTensor.holding(arena, kind, random, operands.gy(), g.outputShape())
                            .view();
            Tensor w = operands.w(arena, MemoryFormat.CHANNELS_FIRST);
            Tensor b = operands.b(arena);
            FramedTensor y = FramedTensor.of(arena, kind, random, g.outputShape());
            FramedTensor gx = FramedTensor.of(arena, kind, random, g.inputShape());
            FramedTensor gw =
                    FramedTensor.of(arena, FramedTensor.Kind.RANDOM, random, g.weightShape());
            DepthwiseKernels kernels = kernels(g, last, vectors);
            poison();
            kernels.forward(x, w, b, y.view());
            poison();
            kernels.backwardInput(w, gy, gx.view());
            poison();
            kernels.backwardWeight(x, gy, gw.view());
            long terms = g.productsPerOutput() + 1;
            assertNear(drawn + " y", y, direct.y(), sizes.y(), exact ? 0 : terms);
            assertNear(drawn + " gx", gx, direct.gx(), sizes.gx(), exact ? 0 : terms);
            long positions = ErrorBound.weightGradientTerms(g);
            assertNear(drawn + " gw", gw, direct.gw(), sizes.gw(), exact ? 0 : positions);
        }
    }

    /** DIRECT's sums and magnitudes were rounded once each. */
    private static void assertNear(
            String what, FramedTensor actual, Tensor expected, Tensor sizes, long terms) {
        ErrorBound.assertWithin(
                what,
                actual.view(),
                ErrorBound.doubles(expected),
                ErrorBound.doubles(sizes),
                terms == 0 ? 0 : terms + 2);
        actual.assertFrameUntouched(what);
    }

    private static void poison() {
        try (ScratchPool.Slot slot = ScratchPool.shared().lease(1)) {
            slot.memory().fill((byte) -1);
        }
    }

    /** Pictures of several bands, rows that a band cuts, and strides above the kernel. */
    static Stream<Conv2dGeometry> largePictures() {
        return Stream.of(
                Conv2dGeometry.builder()
                        .input(1, 5, 300, 301)
                        .kernel(5, 3, 5)
                        .padding(Padding.of(1, 2))
                        .groups(5)
                        .build(),
                Conv2dGeometry.builder()
                        .input(2, 4, 411, 290)
                        .kernel(4, 5, 3)
                        .stride(2, 3)
                        .dilation(3, 2)
                        .padding(Padding.of(4, 0, 1, 2))
                        .groups(4)
                        .build(),
                Conv2dGeometry.builder()
                        .input(1, 6, 200, 190)
                        .kernel(6, 2, 1)
                        .stride(5, 4)
                        .groups(6)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("largePictures")
    void bandsMeetWithoutASeam(Conv2dGeometry g) {
        for (boolean last : new boolean[] {true, false}) {
            for (boolean vectors : new boolean[] {true, false}) {
                check(new DepthwiseCase(9, g), Operands.integers(g, 9), last, vectors, true);
            }
        }
    }

    /** A NaN or infinity changes the gradients of the taps that met it, and no others. */
    @ParameterizedTest
    @MethodSource("ways")
    void specialValuesReachTheirTapsOnly(boolean last, boolean vectors) {
        Conv2dGeometry g =
                Conv2dGeometry.builder().input(1, 5, 4, 21).kernel(5, 3, 3).groups(5).build();
        Operands operands = Operands.integers(g, 3);
        operands.x()[20] = Float.NaN; // the first row's last pixel: tap (0, 2) alone
        try (Arena arena = Arena.ofConfined()) {
            MemoryFormat format = last ? MemoryFormat.CHANNELS_LAST : MemoryFormat.CHANNELS_FIRST;
            Tensor gw = Tensor.zeros(arena, g.weightShape());
            kernels(g, last, vectors)
                    .backwardWeight(operands.x(arena, format), operands.gy(arena, format), gw);
            float[] gradients = gw.toArray();
            for (int at = 0; at < gradients.length; at++) {
                assertThat(Float.isNaN(gradients[at])).as("tap %d", at).isEqualTo(at == 2);
            }
        }
    }

    @Test
    void hugeSizesAreLeftToTheOthers() {
        Conv2dGeometry wide =
                Conv2dGeometry.builder().input(1, 2, 1, 1L << 21).kernel(2, 1, 3).groups(2).build();
        assertThat(Algorithm.DEPTHWISE.supports(wide)).isFalse();
        Conv2dGeometry padded =
                Conv2dGeometry.builder()
                        .input(1, 2, 3, 3)
                        .kernel(2, 3, 3)
                        .padding(Padding.of(0, 0, Integer.MAX_VALUE, 0))
                        .groups(2)
                        .build();
        assertThat(Algorithm.DEPTHWISE.supports(padded)).isFalse();
        Conv2dGeometry dilated =
                Conv2dGeometry.builder()
                        .input(1, 2, 3, 3)
                        .kernel(2, 1, 3)
                        .dilation(Long.MAX_VALUE, 1)
                        .groups(2)
                        .build();
        assertThat(Algorithm.DEPTHWISE.supports(dilated)).isFalse();
    }
}
