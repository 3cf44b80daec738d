package io.strider.graph.operator;

import static io.strider.graph.operator.SmallArrays.counting;
import static io.strider.graph.operator.SmallArrays.floats;
import static io.strider.graph.operator.SmallArrays.random;
import static io.strider.graph.operator.SmallArrays.result;
import static io.strider.graph.operator.SmallArrays.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Transposed convolutions and sums of patches by their definitions. */
class TransposedConvolutionTest {
    private static final SlidingWindow PLAIN = SlidingWindow.of();

    private static TransposedConvolution of(SlidingWindow window) {
        return new TransposedConvolution(window, List.of(), List.of(), 1);
    }

    private static TransposedConvolution of(
            SlidingWindow window, List<Long> padding, List<Long> shape) {
        return new TransposedConvolution(window, padding, shape, 1);
    }

    private static double dot(NdArray a, NdArray b) {
        assertThat(a.shape()).containsExactly(b.shape());
        double sum = 0;
        for (int i = 0; i < a.count(); i++) {
            sum += a.getDouble(i) * b.getDouble(i);
        }
        return sum;
    }

    /** For all u and x: the product of u ∗ w and x is that of u and its transposed. */
    @Test
    void isTheAdjointOfTheConvolution() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            int rank = 1 + seed % 3;
            long[] kernel = random.longs(rank, 1, 4).toArray();
            long[] stride = random.longs(rank, 1, 4).toArray();
            long[] dilation = random.longs(rank, 1, 3).toArray();
            long[] pads = random.longs(2L * rank, 0, 3).toArray();
            long groups = 1 + random.nextInt(2);
            long inputs = groups * (1 + random.nextInt(2));
            long perGroup = 1 + random.nextInt(3);
            SlidingWindow window =
                    SlidingWindow.of(kernel)
                            .withStrides(stride)
                            .withDilations(dilation)
                            .withPads(pads);
            long[] small = new long[rank];
            long[] large = new long[rank];
            Long[] more = new Long[rank];
            for (int dim = 0; dim < rank; dim++) {
                more[dim] = (long) random.nextInt((int) stride[dim]);
                small[dim] = 3 + random.nextInt(4 - rank);
                large[dim] =
                        stride[dim] * (small[dim] - 1)
                                + more[dim]
                                + dilation[dim] * (kernel[dim] - 1)
                                + 1
                                - pads[dim]
                                - pads[rank + dim];
                while (large[dim] < 1) {
                    small[dim]++;
                    large[dim] += stride[dim];
                }
            }
            NdArray x = random(random, ElementType.FLOAT32, prepended(small, 2, inputs));
            NdArray u = random(random, ElementType.FLOAT32, prepended(large, 2, perGroup * groups));
            NdArray weight =
                    random(random, ElementType.FLOAT32, prepended(kernel, inputs, perGroup));
            NdArray forward = result(new Convolution(window, groups), u, weight);
            NdArray back =
                    result(
                            new TransposedConvolution(
                                    window, Arrays.asList(more), List.of(), groups),
                            x,
                            weight);
            assertThat(dot(u, back)).as("seed %s", seed).isEqualTo(dot(forward, x));
        }
    }

    private static long[] prepended(long[] sizes, long... first) {
        long[] all = Arrays.copyOf(first, first.length + sizes.length);
        System.arraycopy(sizes, 0, all, first.length, sizes.length);
        return all;
    }

    @Test
    void addsABiasWhereNothingFalls() {
        NdArray x = floats(shape(1, 1, 2), 1, 2);
        NdArray weight = floats(shape(1, 2, 1), 10, 100);
        assertThat(
                        result(
                                of(PLAIN.withStrides(3), List.of(1L), List.of()),
                                x,
                                weight,
                                floats(shape(2), 5, -5)))
                .isEqualTo(floats(shape(1, 2, 5), 15, 5, 5, 25, 5, 95, -5, -5, 195, -5));
    }

    @Test
    void padsByRuleSoThatTheOutputIsTheInputTimesTheStride() {
        NdArray x = floats(shape(1, 1, 2), 1, 2);
        NdArray weight = floats(shape(1, 1, 3), 1, 10, 100);
        // Unpadded 1 10 102 20 200; one too many.
        assertThat(
                        result(
                                        of(
                                                PLAIN.withStrides(2)
                                                        .withPadding(AutoPadding.SAME_UPPER)),
                                        x,
                                        weight)
                                .toDoubles())
                .containsExactly(1, 10, 102, 20);
        assertThat(
                        result(
                                        of(
                                                PLAIN.withStrides(2)
                                                        .withPadding(AutoPadding.SAME_LOWER)),
                                        x,
                                        weight)
                                .toDoubles())
                .containsExactly(10, 102, 20, 200);
        assertThat(
                        result(of(PLAIN.withStrides(2).withPadding(AutoPadding.VALID)), x, weight)
                                .toDoubles())
                .containsExactly(1, 10, 102, 20, 200);
        // With a stride beyond the window the rest is empty.
        assertThat(
                        result(
                                        of(
                                                PLAIN.withStrides(4)
                                                        .withPadding(AutoPadding.SAME_UPPER)),
                                        x,
                                        weight)
                                .toDoubles())
                .containsExactly(1, 10, 100, 0, 2, 20, 200, 0);
    }

    @Test
    void takesTheWantedShape() {
        NdArray x = floats(shape(1, 1, 2), 1, 2);
        NdArray weight = floats(shape(1, 1, 3), 1, 10, 100);
        SlidingWindow two = PLAIN.withStrides(2);
        assertThat(result(of(two, List.of(), List.of(4L)), x, weight).toDoubles())
                .containsExactly(10, 102, 20, 200);
        assertThat(result(of(two, List.of(), List.of(1L, 1L, 4L)), x, weight).toDoubles())
                .containsExactly(10, 102, 20, 200);
        assertThat(
                        result(
                                        of(
                                                two.withPadding(AutoPadding.SAME_UPPER),
                                                List.of(),
                                                List.of(4L)),
                                        x,
                                        weight)
                                .toDoubles())
                .containsExactly(1, 10, 102, 20);
        assertThat(result(of(two, List.of(1L), List.of(7L)), x, weight).toDoubles())
                .containsExactly(1, 10, 102, 20, 200, 0, 0);
    }

    @Test
    void refusesWhatDoesNotFit() {
        NdArray x = counting(2, 4, 5);
        NdArray weight = counting(4, 3, 2);
        refused(of(PLAIN), "W: shape [3, 3, 2]", x, counting(3, 3, 2));
        refused(of(PLAIN), "W: shape [4, 3, 2, 1]", x, counting(4, 3, 2, 1));
        refused(of(PLAIN), "B: shape [4] (expected: [3])", x, weight, counting(4));
        refused(of(PLAIN), "X: shape [4, 4]", counting(4, 4), weight);
        refused(of(PLAIN), "W: float16", x, weight.cast(ElementType.FLOAT16));
        refused(of(PLAIN), "spatial size 0", counting(2, 4, 0), weight);
        refused(new TransposedConvolution(PLAIN, List.of(), List.of(), 3), "group: 3", x, weight);
        refused(of(SlidingWindow.of(3)), "kernel_shape: [3]", x, weight);
        refused(of(PLAIN.withPads(3, 3)), "pads: 3 and 3", x, weight);
        refused(of(PLAIN.withPads(-1, 0)), "pads: -1", x, weight);
        refused(of(PLAIN.withStrides(0)), "stride: 0", x, weight);
        refused(of(PLAIN, List.of(-1L), List.of()), "output_padding: [-1]", x, weight);
        refused(of(PLAIN, List.of(1L, 1L), List.of()), "output_padding: [1, 1]", x, weight);
        refused(of(PLAIN, List.of(), List.of(0L)), "output_shape: [0]", x, weight);
        refused(of(PLAIN, List.of(), List.of(1L, 2L)), "output_shape: [1, 2]", x, weight);
        refused(of(PLAIN.withStrides(1L << 61)), "fit a long", x, weight);
        refused(of(PLAIN.withStrides(1L << 58)), "elements", x, weight);
        refused(of(PLAIN, List.of(Long.MAX_VALUE), List.of()), "fit a long", x, weight);
    }

    private static void refused(TransposedConvolution operator, String message, NdArray... inputs) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(operator, inputs))
                .withMessageContaining(message);
    }

    private static NdArray fold(
            SlidingWindow window, NdArray columns, long[] image, long... block) {
        return result(
                new ColumnsToImage(window),
                columns,
                NdArray.ofIndices(image),
                NdArray.ofIndices(block));
    }

    @Test
    void patchesAreSummedWhereTheyOverlap() {
        NdArray columns = floats(shape(1, 2, 3), 1, 2, 3, 10, 20, 30);
        assertThat(fold(PLAIN, columns, shape(4), 2))
                .isEqualTo(floats(shape(1, 1, 4), 1, 12, 23, 30));
        assertThat(fold(PLAIN.withDilations(2), columns, shape(5), 2))
                .isEqualTo(floats(shape(1, 1, 5), 1, 2, 13, 20, 30));
        assertThat(fold(PLAIN.withStrides(2).withPads(1, 1), columns, shape(4), 2))
                .isEqualTo(floats(shape(1, 1, 4), 10, 2, 20, 3));
        assertThat(fold(PLAIN, columns.cast(ElementType.INT32), shape(4), 2))
                .isEqualTo(floats(shape(1, 1, 4), 1, 12, 23, 30).cast(ElementType.INT32));
    }

    /** A transposed convolution is the product with the weights, its patches summed up. */
    @Test
    void patchesAreThoseOfTheTransposedConvolution() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            NdArray x = random(random, ElementType.FLOAT32, 2, 3, 4, 5);
            NdArray weight = random(random, ElementType.FLOAT32, 3, 2, 2, 3);
            SlidingWindow window =
                    PLAIN.withStrides(1 + seed % 2, 1 + seed % 3)
                            .withDilations(1 + seed % 3, 1 + seed % 2)
                            .withPads(seed % 2, 1, 1, seed % 3);
            NdArray expected = result(of(window), x, weight);
            NdArray columns =
                    result(new MatMul(), transposed(weight.reshape(3, 12)), x.reshape(2, 3, 20));
            long[] image = {expected.size(2), expected.size(3)};
            assertThat(fold(window, columns, image, 2, 3)).as("seed %s", seed).isEqualTo(expected);
        }
    }

    private static NdArray transposed(NdArray a) {
        double[] values = new double[a.count()];
        Arrays.setAll(values, i -> a.getDouble((int) (i % a.size(0) * a.size(1) + i / a.size(0))));
        return floats(shape(a.size(1), a.size(0)), values);
    }

    @Test
    void patchesThatDoNotFitAreRefused() {
        NdArray columns = counting(1, 4, 3);
        refusedFold("as many sizes", columns, shape(4), 2, 1);
        refusedFold("second size that 3 taps", columns, shape(5), 3);
        refusedFold("expected: 4 windows", columns, shape(5), 2);
        refusedFold("expected: N×(C·taps)×windows", counting(4, 3), shape(4), 2);
        refusedFold("sizes >= 1", columns, shape(0), 2);
        refusedFold("at least one size", columns, shape(), 2);
        refusedFold("fits a long", columns, shape(4, 4), 1L << 40, 1L << 40);
        refusedFold("cover 4", columns, shape(2), 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        result(
                                new ColumnsToImage(PLAIN),
                                columns,
                                counting(1),
                                NdArray.ofIndices(2)))
                .withMessageContaining("image_shape: float32 (expected: int64)");
    }

    private static void refusedFold(String message, NdArray columns, long[] image, long... block) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> fold(PLAIN, columns, image, block))
                .withMessageContaining(message);
    }
}
