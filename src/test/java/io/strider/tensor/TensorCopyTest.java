package io.strider.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorCopyTest {
    private static Tensor random(Arena arena, Random random, long... shape) {
        float[] values = new float[(int) Positions.count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return Tensor.of(arena, values, shape);
    }

    @Test
    void bothFormatsHoldTheSameElementsInTheirOwnOrder() {
        // Sizes around the tile's 64 rows and 4096 elements, unequal on all axes.
        long[][] shapes = {
            {1, 3, 7, 10},
            {2, 64, 9, 7},
            {3, 65, 8, 9},
            {2, 1, 5, 4},
            {1, 130, 71, 3},
            {2, 5, 1, 1},
            {1, 3, 57, 80},
            {2, 7, 1, 640},
            {1, 2, 100, 101},
            {1, 4, 3, 0}
        };
        for (long[] shape : shapes) {
            try (Arena arena = Arena.ofConfined()) {
                String context = Arrays.toString(shape);
                Tensor first = random(arena, new Random(1), shape);
                Tensor last = first.contiguous(arena, MemoryFormat.CHANNELS_LAST);
                assertThat(last.isContiguous(MemoryFormat.CHANNELS_LAST)).as(context).isTrue();
                assertThat(last.overlaps(first)).isFalse();
                for (long[] index : Positions.indices(shape)) {
                    if (last.get(index) != first.get(index)) {
                        assertThat(last.get(index))
                                .as(context + Arrays.toString(index))
                                .isEqualTo(first.get(index));
                    }
                }
                Tensor pixels = Tensor.wrap(last.segment(), shape[0], shape[2], shape[3], shape[1]);
                assertThat(pixels.toArray())
                        .as(context)
                        .containsExactly(first.permute(0, 2, 3, 1).toArray());
                Tensor back = last.contiguous(arena);
                assertThat(back.isContiguous()).as(context).isTrue();
                assertThat(back.toArray()).as(context).containsExactly(first.toArray());
                assertThat(last.equalsWithin(first, 0, 0)).as(context).isTrue();
            }
        }
    }

    @Test
    void zerosInEitherFormatAreZeroAndLaidOutAsAsked() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor tensor = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, 2, 3, 4, 5);
            assertThat(tensor.strides()).containsExactly(60, 1, 15, 3);
            assertThat(tensor.isContiguous()).isFalse();
            assertThat(tensor.toArray()).containsOnly(0f).hasSize(120);
            assertThat(Tensor.zeros(arena, 2, 3, 4, 5).strides()).containsExactly(60, 20, 5, 1);
        }
    }

    @Test
    void copiesBetweenRandomStridesMoveEveryElementAndNothingElse() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            try (Arena arena = Arena.ofConfined()) {
                long[] shape =
                        Positions.randomShape(
                                random, random.nextInt(5), random.nextInt(20) == 0 ? 40 : 9);
                if (Positions.count(shape) > 50_000) {
                    continue;
                }
                Tensor source = withRandomStrides(arena, random, shape);
                Tensor target = withRandomStrides(arena, random, shape);
                String context =
                        "seed "
                                + seed
                                + ", "
                                + Arrays.toString(source.strides())
                                + " to "
                                + Arrays.toString(target.strides());
                float[] expected =
                        Tensor.wrap(target.segment(), target.segment().byteSize() / 4).toArray();
                for (long[] index : Positions.indices(shape)) {
                    long at = target.offset();
                    for (int dim = 0; dim < shape.length; dim++) {
                        at += index[dim] * target.stride(dim);
                    }
                    expected[(int) at] = source.get(index);
                }
                target.copyFrom(source);
                assertThat(
                                Arrays.equals(
                                        Tensor.wrap(target.segment(), expected.length).toArray(),
                                        expected))
                        .as(context)
                        .isTrue();
                assertThat(target.equalsWithin(source, 0, 0)).as(context).isTrue();
                target.fill(3);
                for (long[] index : Positions.indices(shape)) {
                    long at = target.offset();
                    for (int dim = 0; dim < shape.length; dim++) {
                        at += index[dim] * target.stride(dim);
                    }
                    expected[(int) at] = 3;
                }
                assertThat(
                                Arrays.equals(
                                        Tensor.wrap(target.segment(), expected.length).toArray(),
                                        expected))
                        .as(context)
                        .isTrue();
            }
        }
    }

    /** Some dimensions stepped over, some margin around, in any order in memory. */
    private static Tensor withRandomStrides(Arena arena, Random random, long[] shape) {
        int rank = shape.length;
        Integer[] order = new Integer[rank];
        Arrays.setAll(order, i -> i);
        java.util.Collections.shuffle(Arrays.asList(order), random);
        long[] larger = new long[rank];
        long[] steps = new long[rank];
        long[] margins = new long[rank];
        int[] inverse = new int[rank];
        for (int i = 0; i < rank; i++) {
            steps[i] = random.nextInt(3) == 0 ? 2 : 1;
            margins[i] = random.nextInt(3) == 0 ? 1 : 0;
            larger[i] = shape[order[i]] * steps[i] + 2 * margins[i];
            inverse[order[i]] = i;
        }
        Tensor tensor = random(arena, random, larger);
        for (int i = 0; i < rank; i++) {
            tensor = tensor.slice(i, margins[i], larger[i] - margins[i], steps[i]);
        }
        return tensor.permute(inverse);
    }

    @Test
    void toleranceIsAbsolutePlusRelativeToTheOther() {
        try (Arena arena = Arena.ofConfined()) {
            float infinity = Float.POSITIVE_INFINITY;
            Tensor a = Tensor.of(arena, new float[] {100, 0, infinity, -0f}, 2, 2);
            assertThat(a.equalsWithin(a, 0, 0)).isTrue();
            Tensor b = Tensor.of(arena, new float[] {101, 0.5f, infinity, 0}, 2, 2);
            assertThat(a.equalsWithin(b, 0, 0)).isFalse();
            assertThat(a.equalsWithin(b, 0.5, 0.01)).isTrue();
            assertThat(a.equalsWithin(b, 0.5, 0.004)).isFalse();
            assertThat(a.equalsWithin(b, 0.4, 0.01)).isFalse();
            assertThat(a.equalsWithin(b.reshape(4), 10, 10)).isFalse();
            Tensor one = Tensor.of(arena, new float[] {1}, 1);
            Tensor notANumber = Tensor.of(arena, new float[] {Float.NaN}, 1);
            Tensor endless = Tensor.of(arena, new float[] {infinity}, 1);
            Tensor negative = Tensor.of(arena, new float[] {-infinity}, 1);
            assertThat(notANumber.equalsWithin(notANumber, 1, 1)).isFalse();
            assertThat(one.equalsWithin(endless, 1, 1)).isFalse();
            assertThat(endless.equalsWithin(one, 1, 1)).isFalse();
            assertThat(endless.equalsWithin(negative, 1, 1)).isFalse();
            assertThat(one).isNotEqualTo(Tensor.of(arena, new float[] {1}, 1)).isEqualTo(one);
        }
    }

    @Test
    void overlapsIsNeverFalseForTensorsThatShareAnElement() {
        int apart = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            try (Arena arena = Arena.ofConfined()) {
                Tensor base = Tensor.zeros(arena, 60);
                Tensor a = randomStrided(random, base);
                Tensor b = randomStrided(random, base);
                boolean[] touched = new boolean[60];
                boolean itself = false;
                for (long position : positions(a)) {
                    itself |= touched[(int) position];
                    touched[(int) position] = true;
                }
                boolean shared = false;
                for (long position : positions(b)) {
                    shared |= touched[(int) position];
                }
                String context = "seed " + seed;
                if (itself) {
                    assertThat(a.overlapsItself()).as(context).isTrue();
                }
                if (shared) {
                    assertThat(a.overlaps(b)).as(context).isTrue();
                }
                assertThat(a.overlaps(b)).as(context).isEqualTo(b.overlaps(a));
                apart += a.overlaps(b) ? 0 : 1;
            }
        }
        assertThat(apart).isGreaterThan(1000);
    }

    private static Tensor randomStrided(Random random, Tensor base) {
        while (true) {
            long[] shape = new long[random.nextInt(4)];
            long[] strides = new long[shape.length];
            Arrays.setAll(shape, i -> random.nextInt(5));
            Arrays.setAll(strides, i -> random.nextInt(13));
            try {
                return base.asStrided(shape, strides, random.nextInt(30));
            } catch (IllegalArgumentException outside) {
                // Tried again: most draws fit.
            }
        }
    }

    private static long[] positions(Tensor tensor) {
        return Arrays.stream(Positions.indices(tensor.shape()))
                .mapToLong(index -> {
                    long at = tensor.offset();
                    for (int dim = 0; dim < index.length; dim++) {
                        at += index[dim] * tensor.stride(dim);
                    }
                    return at;
                })
                .toArray();
    }

    @Test
    void interleavedViewsAreToldApart() {
        try (Arena arena = Arena.ofConfined()) {
            for (MemoryFormat format : MemoryFormat.values()) {
                Tensor x = Tensor.zeros(arena, format, 2, 6, 4, 5);
                assertThat(x.slice(1, 0, 3).overlaps(x.slice(1, 3, 6)))
                        .as(format + " channels")
                        .isFalse();
                assertThat(x.slice(1, 0, 4).overlaps(x.slice(1, 3, 6)))
                        .as(format + " channels")
                        .isTrue();
                assertThat(x.slice(3, 0, 2).overlaps(x.slice(3, 2, 5)))
                        .as(format + " columns")
                        .isFalse();
                assertThat(x.slice(0, 0, 1).overlaps(x.slice(0, 1, 2)))
                        .as(format + " images")
                        .isFalse();
                assertThat(x.slice(1, 0, 6, 2).overlaps(x.slice(1, 1, 6, 2)))
                        .as(format + " step 2")
                        .isFalse();
                assertThat(x.overlapsItself()).isFalse();
                assertThat(x.unfold(2, 2, 1).overlapsItself()).isTrue();
                assertThat(x.unfold(2, 2, 2).overlapsItself()).isFalse();
                assertThat(x.slice(1, 0, 1).expand(2, 3, 4, 5).overlapsItself()).isTrue();
            }
        }
    }

    @Test
    void textShowsShapeLayoutAndShortenedValues() {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(
                            Tensor.of(
                                            arena,
                                            new float[] {1, 2.5f, -3, 0.1f, Float.NaN, 1e-9f},
                                            2,
                                            3)
                                    .toString())
                    .isEqualTo(
                            "Tensor float32 [2, 3] row-major:\n[[1, 2.5, -3],\n [0.1, NaN, 1.00000e-09]]");
            assertThat(Tensor.zeros(arena).toString()).isEqualTo("Tensor float32 [] row-major: 0");
            assertThat(Tensor.zeros(arena, 3, 0).transpose(0, 1).toString())
                    .contains("[0, 3]", "[]");
            assertThat(Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, 1, 2, 2, 2).toString())
                    .contains("channels-last");
            assertThat(Positions.numbered(arena, 4, 5).slice(1, 1, 3).toString())
                    .contains("strides [5, 1]", "[6, 7]");
            Tensor large = Positions.numbered(arena, 100, 101);
            assertThat(large.toString())
                    .contains("[0, 1, 2, …, 98, 99, 100]", "…,\n", "10099]]")
                    .hasSizeLessThan(500);
            assertThat(Tensor.zeros(arena, 8, 8, 8, 8, 8, 8, 8, 1).toString())
                    .hasSizeLessThan(40_000)
                    .contains("…");
        }
    }

    @Test
    void textOfMemoryThatCannotBeReadSaysSo() throws InterruptedException {
        Tensor closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = Tensor.zeros(arena, 3);
            String[] text = new String[1];
            Thread thread = new Thread(() -> text[0] = closed.toString());
            thread.start();
            thread.join();
            assertThat(text[0]).contains("confined to another thread");
        }
        assertThat(closed.toString()).isEqualTo("Tensor float32 [3] row-major: (closed)");
    }
}
