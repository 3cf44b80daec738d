package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.VectorSupport;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector loops and the plain ones on outputs of all shapes and strides. */
class BiasGradientTest {

    static Stream<ChannelSums> sums() {
        return VectorSupport.isEnabled()
                ? Stream.of(new ScalarChannelSums(), new VectorChannelSums())
                : Stream.of(new ScalarChannelSums());
    }

    @ParameterizedTest
    @MethodSource("sums")
    void integersAreExactAndNormalValuesWithinTheErrorBound(ChannelSums sums) {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            long[] shape = {
                random.nextInt(4),
                random.nextInt(1, 150),
                random.nextInt(1, 9),
                random.nextInt(1, 40)
            };
            boolean exact = random.nextBoolean();
            float[] values =
                    exact
                            ? RandomGeometry.integers(random, shape)
                            : RandomGeometry.normals(random, shape);
            FramedTensor.Kind[] kinds = FramedTensor.Kind.values();
            FramedTensor.Kind kind = kinds[random.nextInt(kinds.length)];
            String what = "seed %d: %s, %s".formatted(seed, Arrays.toString(shape), kind);
            try (Arena arena = Arena.ofConfined()) {
                FramedTensor gy = FramedTensor.holding(arena, kind, random, values, shape);
                FramedTensor gb =
                        FramedTensor.of(arena, FramedTensor.Kind.STEPPED, random, shape[1]);
                BiasGradient.compute(gy.view(), gb.view(), sums);
                int plane = (int) (shape[2] * shape[3]);
                double[] expected = new double[(int) shape[1]];
                double[] magnitudes = new double[(int) shape[1]];
                for (int at = 0; at < values.length; at++) {
                    int channel = at / plane % expected.length;
                    expected[channel] += values[at];
                    magnitudes[channel] += exact ? 0 : Math.abs(values[at]);
                }
                long terms = Math.min(shape[0] * plane, ChannelSums.BLOCK) + 2;
                ErrorBound.assertWithin(what, gb.view(), expected, magnitudes, terms);
                gb.assertFrameUntouched(what);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sums")
    void nothingIsAllocatedInSteadyState(ChannelSums sums) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor gb = Tensor.zeros(arena, 70);
            for (MemoryFormat format : MemoryFormat.values()) {
                Tensor gy = Tensor.zeros(arena, format, 2, 70, 5, 6);
                long bytes = BackwardCases.heapBytes(() -> BiasGradient.compute(gy, gb, sums));
                assertThat(bytes).as("%s, %s", format, sums).isZero();
            }
        }
    }
}
