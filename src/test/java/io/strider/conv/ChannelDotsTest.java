package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.VectorSupport;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector loops and the plain ones against sums in double. */
class ChannelDotsTest {

    /** Every way this JVM has. */
    static Stream<ChannelDots> dots() {
        return VectorSupport.isEnabled()
                ? Stream.of(new ScalarChannelDots(), new VectorChannelDots())
                : Stream.of(new ScalarChannelDots());
    }

    @ParameterizedTest
    @MethodSource("dots")
    void sumsOfIntegersAreExact(ChannelDots dots) {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int pixels = random.nextBoolean() ? ChannelDots.PIXELS : 1;
            int channels = random.nextBoolean() ? ChannelDots.CHANNELS : 1;
            int count = random.nextInt(60);
            int lanes = dots.lanes();
            String what = "seed %d: %d pixels, %d channels".formatted(seed, pixels, channels);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment x =
                        arena.allocateFrom(JAVA_FLOAT, RandomGeometry.integers(random, 900));
                MemorySegment w =
                        arena.allocateFrom(JAVA_FLOAT, RandomGeometry.integers(random, 900));
                long[] terms = new long[2 * count];
                long step = random.nextInt(20) * 4L;
                for (int k = 0; k < count; k++) {
                    terms[2 * k] = random.nextInt(600) * 4L;
                    terms[2 * k + 1] = random.nextInt(800) * 4L;
                }
                double[] expected = new double[pixels * channels];
                for (int at = 0; at < expected.length; at++) {
                    for (int k = 0; k < count * lanes; k++) {
                        long pixel = at / channels * step + terms[2 * (k / lanes)] + k % lanes * 4L;
                        long weight =
                                (at % channels * (long) lanes + k % lanes) * 4L
                                        + terms[2 * (k / lanes) + 1];
                        expected[at] +=
                                x.get(JAVA_FLOAT, 40 + pixel) * w.get(JAVA_FLOAT, 16 + weight);
                    }
                }
                float[] sums = new float[ChannelDots.PIXELS * ChannelDots.CHANNELS];
                java.util.Arrays.fill(sums, Float.NaN);
                dots.sum(terms, count, x, 40, step, pixels, w, 16, channels, sums);
                double[] actual =
                        ErrorBound.doubles(java.util.Arrays.copyOf(sums, expected.length));
                assertThat(actual).as(what).isEqualTo(expected);
            }
        }
    }
}
