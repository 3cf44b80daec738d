package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions of small integers by bands, which must come out equal to DIRECT's. */
class BandedGemmTest {
    private static final int THREADS = 3;

    private static final FramedTensor.Kind[] CHANNELS_LAST = {
        FramedTensor.Kind.HALF_OF_CHANNELS_LAST, FramedTensor.Kind.INSIDE_OF_CHANNELS_LAST
    };

    static Stream<Conv2dGeometry> geometries() {
        return Stream.of(
                // as a network's first layer, the last band shorter
                Conv2dGeometry.builder()
                        .input(2, 3, 77, 150)
                        .kernel(17, 7, 7)
                        .stride(2, 2)
                        .padding(Padding.of(3, 3))
                        .build(),
                // unequal axes, several panels of output channels
                Conv2dGeometry.builder()
                        .input(1, 5, 41, 33)
                        .kernel(70, 3, 5)
                        .padding(Padding.of(0, 3, 1, 2))
                        .build(),
                // bands that do not overlap and skip rows
                Conv2dGeometry.builder()
                        .input(2, 4, 90, 45)
                        .kernel(20, 2, 3)
                        .stride(3, 1)
                        .dilation(1, 4)
                        .build(),
                // bands wholly in the padding
                Conv2dGeometry.builder()
                        .input(1, 2, 5, 30)
                        .kernel(3, 3, 3)
                        .padding(Padding.of(70, 1, 90, 40))
                        .build(),
                // a row that is longer than a band should be
                Conv2dGeometry.builder().input(1, 2, 7, 1500).kernel(9, 3, 2).build(),
                // the longest sums
                Conv2dGeometry.builder().input(1, 32, 11, 12).kernel(40, 8, 8).build());
    }

    static Stream<Conv2dGeometry> randomGeometries() {
        return LongStream.range(0, 400)
                .mapToObj(seed -> RandomGeometry.of(seed).geometry())
                .filter(BandedGemm::supports);
    }

    @ParameterizedTest
    @MethodSource("geometries")
    void bandsMeetWithoutASeam(Conv2dGeometry geometry) {
        for (long seed = 0; seed < 2; seed++) {
            check(geometry, seed);
        }
    }

    @Test
    void randomConvolutionsComeOutExactly() {
        assertThat(randomGeometries()).hasSizeGreaterThan(200);
        randomGeometries().forEach(geometry -> check(geometry, geometry.hashCode()));
    }

    private static void check(Conv2dGeometry geometry, long seed) {
        Random random = new Random(seed);
        Operands operands = Operands.integers(geometry, seed);
        boolean withResidual = random.nextBoolean();
        Activation activation = random.nextBoolean() ? Activation.clamp(-9, 30) : Activation.NONE;
        FramedTensor.Kind in = CHANNELS_LAST[random.nextInt(2)];
        FramedTensor.Kind out = CHANNELS_LAST[random.nextInt(2)];
        String what =
                "%s, seed %d, %s, x %s, y %s%s"
                        .formatted(
                                geometry,
                                seed,
                                activation,
                                in,
                                out,
                                withResidual ? ", residual" : "");
        try (Arena arena = Arena.ofConfined()) {
            Tensor x =
                    FramedTensor.holding(arena, in, random, operands.x(), geometry.inputShape())
                            .view();
            FramedTensor y = FramedTensor.of(arena, out, random, geometry.outputShape());
            Tensor w = Tensor.of(arena, operands.w(), geometry.weightShape());
            Tensor residual =
                    FramedTensor.holding(arena, out, random, operands.gy(), geometry.outputShape())
                            .view();
            BandedGemm bands = new BandedGemm(geometry, w, operands.b(arena), activation, arena);
            MemorySegment scratch = arena.allocate(bands.scratchBytes(), 64);
            scratch.fill((byte) -1); // NaN: what is read without having been written shows
            for (long task = bands.tasks(geometry.batch(), THREADS) - 1; task >= 0; task--) {
                bands.run(task, THREADS, x, withResidual ? residual : null, y.view(), scratch);
            }
            float[] expected = operands.direct(arena).y().toArray();
            for (int at = 0; at < expected.length; at++) {
                float sum = expected[at] + (withResidual ? operands.gy()[at] : 0);
                expected[at] = activation.apply(sum);
            }
            assertThat(y.view().toArray()).as(what).isEqualTo(expected);
            y.assertFrameUntouched(what);
        }
    }

    @ParameterizedTest
    @CsvSource({
        // in, groups, height, width, kernel height, kernel width, expected
        "3, 1, 224, 224, 7, 7, true",
        "32, 1, 20, 30, 8, 8, true", // 2048 products
        "33, 1, 20, 30, 8, 8, false",
        "4, 2, 20, 30, 3, 3, false",
        "1, 1, 1, 131072, 1, 1, true", // a band of the size that it may have
        "1, 1, 1, 131073, 1, 1, false",
        "1, 1, 2, 65536, 2, 1, true",
        "1, 1, 2, 65537, 2, 1, false",
        "2048, 1, 3, 64, 1, 1, true",
        "2048, 1, 3, 65, 1, 1, false",
        "1, 1, 1152921504606846976, 1, 1, 1, true", // a row at a time all the same
        "1, 1, 1, 1152921504606846976, 1, 1, false",
        "1, 1, 1000000, 1000000, 1000, 2, false",
    })
    void bandsStaySmall(
            long channels,
            long groups,
            long height,
            long width,
            long kernelHeight,
            long kernelWidth,
            boolean expected) {
        Conv2dGeometry geometry =
                Conv2dGeometry.builder()
                        .input(1, channels, height, width)
                        .kernel(groups, kernelHeight, kernelWidth)
                        .groups(groups)
                        .build();
        assertThat(BandedGemm.supports(geometry)).isEqualTo(expected);
    }

    @Test
    void aBandOfManyWindowsIsNoLargerThanItMayBe() {
        for (long channels : new long[] {1, 3, 30, 200}) {
            Conv2dGeometry geometry =
                    Conv2dGeometry.builder()
                            .input(1, channels, 300, 200)
                            .kernel(1, 3, 3)
                            .stride(3, 1)
                            .build();
            assertThat(BandedGemm.supports(geometry)).isTrue();
            try (Arena arena = Arena.ofConfined()) {
                Tensor w = Tensor.zeros(arena, geometry.weightShape());
                long bytes =
                        new BandedGemm(geometry, w, null, Activation.NONE, arena).scratchBytes();
                assertThat(bytes / ValueLayout.JAVA_FLOAT.byteSize())
                        .as("%d channels", channels)
                        .isBetween(3 * 200 * channels, 128L << 10);
            }
        }
    }
}
