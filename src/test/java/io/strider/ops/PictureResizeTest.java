package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.blas.Workers;
import io.strider.ops.ResizeSampling.Axis;
import io.strider.ops.ResizeSampling.Coordinates;
import io.strider.ops.ResizeSampling.Filter;
import io.strider.ops.ResizeSampling.Nearest;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The quick resize against the plain one. */
class PictureResizeTest {
    private static final double UNIT = 0x1p-24;

    static Stream<Arguments> loopsAndSeeds() {
        return Stream.of(new ScalarWeightedRuns(), new VectorWeightedRuns())
                .flatMap(
                        runs -> LongStream.range(0, 40).mapToObj(seed -> Arguments.of(runs, seed)));
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private static ResizeTaps taps(Random random, long input, long output) {
        boolean antialias = random.nextInt(3) == 0;
        ResizeSampling sampling =
                new ResizeSampling(
                        any(random, Filter.values()),
                        any(random, Coordinates.values()),
                        any(random, Nearest.values()),
                        -0.75,
                        random.nextBoolean(),
                        antialias);
        double scale = (double) output / input;
        return sampling.taps(new Axis(input, output, scale, output, -0.1, 0.9));
    }

    private static NdArray random(Random random, long... shape) {
        double[] values = new double[PlainMoves.count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat(-1, 1);
        }
        return NdArray.ofDoubles(ElementType.FLOAT32, values, shape);
    }

    /** Σ |weight| of the worst index and the most terms: what errors grow with. */
    private static double[] norm(ResizeTaps taps) {
        double norm = 1;
        for (int i = 0; i < taps.size(); i++) {
            double sum = 0;
            for (int tap = 0; tap < taps.count(i); tap++) {
                sum += Math.abs(taps.weight(i, tap));
            }
            norm = Math.max(norm, sum);
        }
        return new double[] {norm, taps.most()};
    }

    @ParameterizedTest
    @MethodSource("loopsAndSeeds")
    void agreesWithThePlainOne(WeightedRuns runs, long seed) {
        Random random = new Random(seed);
        long channels = any(random, new Long[] {1L, 3L, 16L, 33L});
        long height = 1 + random.nextInt(9);
        long width = 1 + random.nextInt(12);
        ResizeTaps rows = taps(random, height, 1 + random.nextInt(20));
        ResizeTaps columns = taps(random, width, 1 + random.nextInt(20));
        NdArray source = random(random, 2, channels, height, width);
        ResizeTaps same =
                new ResizeSampling(
                                Filter.NEAREST,
                                Coordinates.ASYMMETRIC,
                                Nearest.FLOOR,
                                0,
                                false,
                                false)
                        .taps(new Axis(2, 2, 1, 2, 0, 1));
        ResizeTaps all =
                new ResizeSampling(
                                Filter.NEAREST,
                                Coordinates.ASYMMETRIC,
                                Nearest.FLOOR,
                                0,
                                false,
                                false)
                        .taps(new Axis(channels, channels, 1, channels, 0, 1));
        NdArray wanted = PlainResize.apply(source, List.of(same, all, rows, columns), 0.5f);
        Placed from = random.nextBoolean() ? Placed.CHANNELS_LAST : Placed.SLICE;
        Placed to = random.nextBoolean() ? Placed.CHANNELS_LAST : Placed.SLICE;
        // Elements are at most 1: two sums in turn, each term with a rounded weight.
        double[] byRow = norm(rows);
        double[] byColumn = norm(columns);
        double bound = (byRow[1] + byColumn[1] + 4) * UNIT * byRow[0] * byColumn[0];
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            Tensor target = to.tensor(arena, wanted.shape());
            PictureResize resize =
                    PictureResize.bind(
                            from.of(arena, source),
                            target,
                            rows,
                            columns,
                            0.5f,
                            runs,
                            new ScalarRunCopies());
            for (Workers pool : new Workers[] {null, workers}) {
                target.fill(9);
                resize.run(pool);
                float[] got = target.toArray();
                for (int i = 0; i < got.length; i++) {
                    assertThat(Math.abs(got[i] - wanted.getDouble(i)))
                            .as("seed %s, element %s: %s", seed, i, got[i])
                            .isLessThanOrEqualTo(bound);
                }
                assertThat(Placed.frameIsWhole(target)).as("seed %s", seed).isTrue();
            }
        }
    }

    @Test
    void largePicturesAreSplitBetweenWorkers() {
        Random random = new Random(5);
        NdArray source = random(random, 3, 20, 31, 29);
        ResizeTaps rows = taps(new Random(1), 31, 62);
        ResizeTaps columns = taps(new Random(1), 29, 58);
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(3)) {
            Tensor from = Placed.CHANNELS_LAST.of(arena, source);
            Tensor alone = Placed.CHANNELS_LAST.tensor(arena, 3, 20, 62, 58);
            Tensor together = Placed.SLICE.tensor(arena, 3, 20, 62, 58);
            PictureResize.bind(from, alone, rows, columns, 0).run(null);
            PictureResize.bind(from, together, rows, columns, 0).run(workers);
            assertThat(together.equalsWithin(alone, 0, 0)).isTrue();
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        ResizeTaps two = taps(new Random(1), 4, 2);
        try (Arena arena = Arena.ofConfined()) {
            Tensor source = Placed.CHANNELS_LAST.tensor(arena, 1, 3, 4, 4);
            Tensor rowMajor = Placed.ROW_MAJOR.tensor(arena, 1, 3, 2, 2);
            Tensor other = Placed.CHANNELS_LAST.tensor(arena, 1, 3, 2, 3);
            Tensor small = Placed.CHANNELS_LAST.tensor(arena, 1, 3, 1, 4);
            Tensor fits = Placed.CHANNELS_LAST.tensor(arena, 1, 3, 2, 2);
            for (Tensor target : List.of(rowMajor, other)) {
                assertThatThrownBy(() -> PictureResize.bind(source, target, two, two, 0))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("[1, 3, 2, 2]");
            }
            assertThatThrownBy(() -> PictureResize.bind(small, fits, two, two, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
