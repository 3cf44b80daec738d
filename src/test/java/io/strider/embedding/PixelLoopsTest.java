package io.strider.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.strider.blas.VectorSupport;
import io.strider.blas.WarmUp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That all loops give the integers of the plain ones. */
class PixelLoopsTest {
    private static final PixelLoops PLAIN = new ScalarPixelLoops();

    static Stream<PixelLoops> loops() {
        List<PixelLoops> all = new ArrayList<>(List.of(PixelLoops.best()));
        if (VectorSupport.isEnabled()) { // also where they are slow
            all.add(new VectorPixelLoops());
            all.add(new ColdPixelLoops());
        }
        return all.stream();
    }

    private static byte[] random(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Every luminance with colours on a grid that has all the extremes. */
    @ParameterizedTest
    @MethodSource("loops")
    void everyColorIsThePlainLoops(PixelLoops loops) {
        int[] grid =
                IntStream.rangeClosed(0, 17).map(i -> Math.min(255, 15 * i + i / 17)).toArray();
        byte[] values = new byte[3 * 256 * grid.length * grid.length];
        int at = 0;
        for (int y = 0; y < 256; y++) {
            for (int cb : grid) {
                for (int cr : grid) {
                    values[at++] = (byte) y;
                    values[at++] = (byte) cb;
                    values[at++] = (byte) cr;
                }
            }
        }
        byte[] expected = values.clone();
        PLAIN.yccToRgb(expected);
        loops.yccToRgb(values);
        assertThat(Arrays.mismatch(values, expected)).isEqualTo(-1);
    }

    @ParameterizedTest
    @MethodSource("loops")
    void picturesOfAnyLengthGetTheirColors(PixelLoops loops) {
        Random random = new Random(5);
        for (int pixels = 0; pixels < 2000; pixels += 1 + pixels / 40) {
            byte[] values = random(random, 3 * pixels);
            byte[] expected = values.clone();
            PLAIN.yccToRgb(expected);
            loops.yccToRgb(values);
            assertThat(values).as("%s pixels", pixels).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("loops")
    void rowsOfAnyWidthAreThePlainLoops(PixelLoops loops) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            int width = 1 + random.nextInt(random.nextBoolean() ? 12 : 400);
            int narrowed = 1 + random.nextInt(random.nextBoolean() ? 12 : 200);
            int left = random.nextInt(narrowed);
            int right = left + 1 + random.nextInt(narrowed - left);
            Interpolation filter =
                    Stream.of(Interpolation.values())
                            .filter(each -> each != Interpolation.NEAREST)
                            .skip(random.nextInt(Interpolation.values().length - 1))
                            .findFirst()
                            .orElseThrow();
            ResampleWeights across = ResampleWeights.of(width, narrowed, filter, left, right);
            int height = 1 + random.nextInt(3);
            byte[] source = random(random, 3 * width * height);
            int length = 3 * (right - left);
            for (int row = 0; row < height; row++) {
                // What lies beside the row's place stays as it is.
                int[] target = random.ints(length + 9).toArray();
                int[] expected = target.clone();
                PLAIN.narrowing(across).row(source, 3 * width * row, expected, 4);
                loops.narrowing(across).row(source, 3 * width * row, target, 4);
                assertThat(target)
                        .as(
                                "seed %s: %s to %s–%s of %s by %s, row %s of %s",
                                seed, width, left, right, narrowed, filter, row, height)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void whatWarmsUpIsWhatIsUsed() {
        assumeTrue(VectorSupport.isEnabled(), "no vectors, nothing to warm up");
        for (List<WarmUp.Loop> loops : List.of(ColdPixelLoops.colors(), ColdPixelLoops.rows())) {
            assertThat(loops).isNotEmpty().allMatch(loop -> loop.nanos() > 0);
            loops.forEach(loop -> loop.work().run());
        }
    }
}
