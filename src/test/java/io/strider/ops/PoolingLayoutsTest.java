package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.blas.Workers;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Quick pooling in any layout, against the definition and its twin. */
class PoolingLayoutsTest {
    private static final float OUTSIDE = 12345;

    /** A tensor inside a larger one, and that one. */
    private record Framed(Tensor whole, Tensor part) {
        static Framed of(Arena arena, int layout, long n, long c, long h, long w) {
            if (layout == 0) {
                Tensor whole = Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, n, c, h, w);
                return new Framed(whole, whole);
            }
            MemoryFormat format =
                    layout == 1 ? MemoryFormat.CHANNELS_LAST : MemoryFormat.CHANNELS_FIRST;
            Tensor whole = Tensor.zeros(arena, format, n + 1, c + 5, h + 2, w + 1);
            whole.fill(OUTSIDE);
            Tensor part =
                    whole.slice(0, 1, n + 1).slice(1, 3, c + 3).slice(2, 1, h + 1).slice(3, 0, w);
            return new Framed(whole, part);
        }

        /** Elements that are not of the part. */
        long outside() {
            return whole.elementCount() - part.elementCount();
        }

        long untouched() {
            long count = 0;
            for (float value : whole.toArray()) {
                count += value == OUTSIDE ? 1 : 0;
            }
            return count;
        }
    }

    private static Tensor random(Random random, Tensor tensor, boolean special) {
        for (long i = 0; i < tensor.elementCount(); i++) {
            long rest = i;
            long[] index = new long[4];
            for (int dim = 3; dim >= 0; dim--) {
                index[dim] = rest % tensor.size(dim);
                rest /= tensor.size(dim);
            }
            float value = (float) random.nextGaussian();
            if (special && random.nextInt(20) == 0) {
                value = random.nextBoolean() ? Float.NaN : Float.NEGATIVE_INFINITY;
            }
            tensor.set(value, index);
        }
        return tensor;
    }

    @Test
    void everyLayoutGivesTheDefinition() {
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            for (int seed = 0; seed < 150; seed++) {
                Random random = new Random(seed);
                WindowAxis height = axis(random, 1 + random.nextInt(9));
                WindowAxis width = axis(random, 1 + random.nextInt(12));
                long n = random.nextInt(3);
                long c = 1 + random.nextInt(random.nextBoolean() ? 150 : 6);
                Tensor x = Framed.of(arena, seed % 3, n, c, height.input(), width.input()).part();
                random(random, x, seed % 4 == 0);
                NdArray array = NdArray.of(x);
                List<WindowAxis> axes = List.of(height, width);
                NdArray magnitudes = PlainPooling.average(absolute(array), axes, false);
                for (int kind = 0; kind < 3; kind++) {
                    Framed y =
                            Framed.of(arena, seed / 3 % 3, n, c, height.output(), width.output());
                    String about = "seed %s, kind %s, %s %s".formatted(seed, kind, height, width);
                    Pooling pooling =
                            kind == 0
                                    ? Pooling.maximum(x, height, width, y.part())
                                    : Pooling.average(x, height, width, kind == 2, y.part());
                    pooling.plain().run(null);
                    float[] plain = y.part().toArray();
                    y.part().fill(OUTSIDE + 1);
                    pooling.run(seed % 2 == 0 ? workers : null);
                    assertThat(y.part().toArray()).as(about).containsExactly(plain);
                    pooling.cold().run(null);
                    assertThat(y.part().toArray()).as(about + ", cold").containsExactly(plain);
                    if (seed / 3 % 3 != 0) {
                        assertThat(y.untouched()).as(about).isEqualTo(y.outside());
                    }
                    NdArray expected =
                            kind == 0
                                    ? PlainPooling.maximum(
                                                    array, axes, PlainPooling.Order.ROW_MAJOR)
                                            .values()
                                    : PlainPooling.average(array, axes, kind == 2);
                    double terms = height.kernel() * width.kernel() + 1.0; // and the division
                    for (int i = 0; i < plain.length; i++) {
                        double wanted = expected.getDouble(i);
                        double bound =
                                kind == 0 ? 0 : terms * 0x1p-24 * magnitudes.getDouble(i) * 1.01;
                        assertThat(
                                        plain[i] == wanted
                                                || Float.isNaN(plain[i]) && Double.isNaN(wanted)
                                                || Math.abs(plain[i] - wanted) <= bound)
                                .as("%s, element %s: %s, not %s", about, i, plain[i], wanted)
                                .isTrue();
                    }
                }
            }
        }
    }

    private static WindowAxis axis(Random random, long input) {
        long kernel = 1 + random.nextInt(4);
        long dilation = 1 + random.nextInt(2);
        long before = random.nextInt(4);
        long after = Math.max(random.nextInt(4), dilation * (kernel - 1) + 1 - input - before);
        return WindowAxis.padded(
                input,
                kernel,
                1 + random.nextInt(3),
                dilation,
                before,
                after,
                random.nextBoolean());
    }

    private static NdArray absolute(NdArray array) {
        double[] values = array.toDoubles();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(values[i]);
        }
        return NdArray.ofDoubles(array.type(), values, array.shape());
    }

    /** Blocks of taps, which sums of more than 256 are made of. */
    @Test
    void largeWindowsGiveTheDefinition() {
        try (Arena arena = Arena.ofShared()) {
            Random random = new Random(8);
            for (long channels : new long[] {3, 64, 81}) {
                WindowAxis height = WindowAxis.padded(40, 23, 7, 1, 5, 3, true);
                WindowAxis width = WindowAxis.padded(30, 29, 4, 1, 2, 0, false);
                Tensor x = Framed.of(arena, 0, 2, channels, 40, 30).part();
                for (long i = 0; i < x.elementCount(); i++) {
                    x.segment()
                            .setAtIndex(
                                    java.lang.foreign.ValueLayout.JAVA_FLOAT,
                                    i,
                                    random.nextInt(-8, 9));
                }
                Tensor y = Framed.of(arena, 0, 2, channels, height.output(), width.output()).part();
                Pooling pooling = Pooling.average(x, height, width, false, y);
                NdArray expected =
                        PlainPooling.average(NdArray.of(x), List.of(height, width), false);
                pooling.run(null);
                assertThat(NdArray.of(y)).as("seed 8, %s channels", channels).isEqualTo(expected);
                y.fill(0);
                pooling.plain().run(null);
                assertThat(NdArray.of(y)).as("seed 8, %s channels", channels).isEqualTo(expected);
            }
        }
    }

    @Test
    void refusesOtherShapes() {
        try (Arena arena = Arena.ofConfined()) {
            WindowAxis axis = WindowAxis.whole(4);
            Tensor x = Tensor.zeros(arena, 1, 2, 4, 4);
            assertThatIllegalArgumentException()
                    .isThrownBy(
                            () -> Pooling.maximum(x, axis, axis, Tensor.zeros(arena, 1, 2, 1, 2)))
                    .withMessage("y: shape [1, 2, 1, 2] (expected: [1, 2, 1, 1])");
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            Pooling.average(x, axis, axis, true, Tensor.zeros(arena, 1, 3, 1, 1)))
                    .withMessageStartingWith("x: shape");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Pooling.maximum(x, axis, axis, Tensor.zeros(arena, 1, 2, 1)))
                    .withMessage("y: rank 3 (expected: 4)");
        }
    }
}
