package io.strider.graph.operator;

import static io.strider.graph.operator.SmallArrays.at;
import static io.strider.graph.operator.SmallArrays.counting;
import static io.strider.graph.operator.SmallArrays.floats;
import static io.strider.graph.operator.SmallArrays.random;
import static io.strider.graph.operator.SmallArrays.result;
import static io.strider.graph.operator.SmallArrays.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.graph.Operator;
import io.strider.graph.PlainRun;
import io.strider.ops.PlainPooling.Order;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pooling by its definition. */
class PoolingTest {
    private static MaxPool max(SlidingWindow window) {
        return new MaxPool(window, Order.ROW_MAJOR);
    }

    /** Against lists of the elements under each window, with every element asked for by index. */
    @Test
    void reducesTheElementsUnderEachWindow() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            long kernelHeight = 1 + random.nextInt(3);
            long kernelWidth = 1 + random.nextInt(4);
            long[] stride = {1 + random.nextInt(3), 1 + random.nextInt(2)};
            long[] dilation = {1 + random.nextInt(2), 1 + random.nextInt(3)};
            long[] pads = {
                random.nextInt(3), random.nextInt(4), random.nextInt(2), random.nextInt(3)
            };
            NdArray x = random(random, ElementType.FLOAT32, 2, 3, 7, 10);
            SlidingWindow window =
                    SlidingWindow.of(kernelHeight, kernelWidth)
                            .withStrides(stride)
                            .withDilations(dilation)
                            .withPads(pads);
            if (random.nextBoolean()) {
                window = window.withCeiling();
            }
            List<NdArray> maxima = PlainRun.results(max(window), List.of(x), 2);
            NdArray average = result(new AveragePool(window, false), x);
            NdArray padded = result(new AveragePool(window, true), x);
            NdArray norm = result(new LpPool(window, 2), x);
            long outHeight = average.size(2);
            long outWidth = average.size(3);
            for (int i = 0; i < average.count(); i++) {
                long row = i / outWidth % outHeight;
                long column = i % outWidth;
                long plane = i / (outHeight * outWidth);
                List<Double> elements = new ArrayList<>();
                int onPadding = 0;
                double best = Double.NEGATIVE_INFINITY;
                long bestAt = -1;
                double squares = 0;
                for (long t = 0; t < kernelHeight * kernelWidth; t++) {
                    long h = row * stride[0] + t / kernelWidth * dilation[0] - pads[0];
                    long w = column * stride[1] + t % kernelWidth * dilation[1] - pads[1];
                    onPadding += h < 7 + pads[2] && w < 10 + pads[3] ? 1 : 0;
                    if (h < 0 || h >= 7 || w < 0 || w >= 10) {
                        continue;
                    }
                    double element = at(x, plane / 3, plane % 3, h, w);
                    elements.add(element);
                    squares += element * element;
                    if (element > best) {
                        best = element;
                        bestAt = plane * 70 + h * 10 + w;
                    }
                }
                double sum = elements.stream().mapToDouble(Double::doubleValue).sum();
                String about = "seed " + seed + ", output " + i;
                assertThat(maxima.get(0).getDouble(i)).as(about).isEqualTo(best);
                assertThat(maxima.get(1).getLong(i)).as(about).isEqualTo(bestAt);
                double mean = elements.isEmpty() ? 0 : sum / elements.size();
                assertThat(average.getDouble(i)).as(about).isEqualTo((float) mean);
                double all = elements.isEmpty() ? 0 : sum / onPadding;
                assertThat(padded.getDouble(i)).as(about).isEqualTo((float) all);
                assertThat(norm.getDouble(i))
                        .as(about)
                        .isCloseTo(Math.sqrt(squares), org.assertj.core.data.Offset.offset(1e-6));
            }
        }
    }

    @Test
    void countsIndicesOverTheWholeInputInEitherOrder() {
        NdArray x = floats(shape(2, 1, 2, 3), 1, 5, 2, 3, 4, 0, 7, 7, 7, 7, 7, 9);
        SlidingWindow whole = SlidingWindow.of(2, 3);
        assertThat(PlainRun.results(max(whole), List.of(x), 2).get(1).toLongs())
                .containsExactly(1, 6 + 5);
        MaxPool columns = new MaxPool(whole, Order.COLUMN_MAJOR);
        assertThat(PlainRun.results(columns, List.of(x), 2).get(1).toLongs())
                .containsExactly(2, 6 + 5);
        MaxPool narrow = new MaxPool(SlidingWindow.of(1, 2), Order.COLUMN_MAJOR);
        assertThat(PlainRun.results(narrow, List.of(x), 2).get(1).toLongs())
                .containsExactly(2, 2, 3, 3, 6, 8, 7, 11);
        NdArray cube = counting(1, 1, 2, 3, 4);
        MaxPool one = new MaxPool(SlidingWindow.of(1, 1, 1), Order.COLUMN_MAJOR);
        NdArray indices = PlainRun.results(one, List.of(cube), 2).get(1);
        assertThat(at(indices, 0, 0, 1, 2, 3)).isEqualTo(1 + 2 * 2 + 3 * 6);
        assertThat(at(indices, 0, 0, 0, 1, 0)).isEqualTo(2);
    }

    @Test
    void notANumberIsTheGreatest() {
        NdArray x =
                floats(
                        shape(1, 1, 6),
                        1,
                        Double.NaN,
                        2,
                        Double.NaN,
                        Double.NEGATIVE_INFINITY,
                        Double.NEGATIVE_INFINITY);
        List<NdArray> maxima =
                PlainRun.results(max(SlidingWindow.of(2).withStrides(2)), List.of(x), 2);
        assertThat(maxima.get(0).toDoubles())
                .containsExactly(Double.NaN, Double.NaN, Double.NEGATIVE_INFINITY);
        assertThat(maxima.get(1).toLongs()).containsExactly(1, 3, 4);
    }

    @Test
    void takesWholeNumbers() {
        long[] values = {-128, 3, 127, -1};
        SlidingWindow two = SlidingWindow.of(2).withPads(2, 0);
        NdArray bytes = NdArray.ofLongs(ElementType.INT8, values, 1, 1, 4);
        assertThat(result(max(two), bytes).toLongs()).containsExactly(-128, -128, 3, 127, 127);
        NdArray unsigned = NdArray.ofLongs(ElementType.UINT8, values, 1, 1, 4);
        assertThat(result(max(two), unsigned).toLongs()).containsExactly(0, 128, 128, 127, 255);
        NdArray large = NdArray.ofLongs(ElementType.UINT64, values, 1, 1, 4);
        assertThat(result(max(two), large).toLongs()).containsExactly(0, -128, -128, 127, -1);
    }

    @Test
    void poolsInOneDimensionAndThree() {
        NdArray line = floats(shape(1, 1, 5), 1, 2, 3, 4, 5);
        SlidingWindow two = SlidingWindow.of(2).withStrides(2).withCeiling();
        assertThat(result(new AveragePool(two, true), line).toDoubles())
                .containsExactly(1.5, 3.5, 5);
        NdArray cube = counting(1, 1, 2, 3, 3);
        assertThat(result(new AveragePool(SlidingWindow.of(2, 2, 2), false), cube).toDoubles())
                .containsExactly(6.5, 7.5, 9.5, 10.5);
        assertThat(result(max(SlidingWindow.of(2, 2, 2)), cube).toDoubles())
                .containsExactly(13, 14, 16, 17);
    }

    @Test
    void poolsWholePlanes() {
        NdArray x = floats(shape(1, 2, 1, 3), 3, -4, 1, Double.NaN, 2, 5);
        assertThat(result(new GlobalAveragePool(), x))
                .isEqualTo(floats(shape(1, 2, 1, 1), 0, Double.NaN));
        assertThat(result(new GlobalMaxPool(), x))
                .isEqualTo(floats(shape(1, 2, 1, 1), 3, Double.NaN));
        assertThat(result(new GlobalLpPool(1), x).getDouble(0)).isEqualTo(8);
        assertThat(result(new GlobalLpPool(2), floats(shape(1, 1, 2), 3, 4)))
                .isEqualTo(floats(shape(1, 1, 1), 5));
        NdArray noPlanes = floats(shape(2, 1), 4, -7);
        for (Operator whole :
                List.of(new GlobalAveragePool(), new GlobalMaxPool(), new GlobalLpPool(1))) {
            NdArray y = result(whole, noPlanes);
            assertThat(y.shape()).containsExactly(2, 1);
            assertThat(Math.abs(y.getDouble(1))).isEqualTo(7);
        }
    }

    @Test
    void takesEmptyBatches() {
        SlidingWindow two = SlidingWindow.of(2, 2);
        NdArray none = counting(0, 3, 4, 5);
        assertThat(result(max(two), none).shape()).containsExactly(0, 3, 3, 4);
        assertThat(result(new AveragePool(two, true), none).shape()).containsExactly(0, 3, 3, 4);
        assertThat(result(new GlobalAveragePool(), none).shape()).containsExactly(0, 3, 1, 1);
    }

    @Test
    void aHugeWindowOnHugePaddingIsNoWork() {
        long huge = 1L << 40;
        SlidingWindow window = SlidingWindow.of(huge + 1).withPads(huge, 0);
        NdArray x = floats(shape(1, 1, 3), 1, 5, 2);
        assertThat(result(max(window), x).toDoubles()).containsExactly(1, 5, 5);
        double most = result(new AveragePool(window, true), x).getDouble(2);
        assertThat(most).isEqualTo((float) (8.0 / (huge + 1)));
    }

    @Test
    void refusesWhatDoesNotFit() {
        NdArray x = counting(1, 2, 3, 4);
        refused(max(SlidingWindow.of(2)), "kernel_shape: [2] (expected: 2 numbers)", x);
        refused(max(SlidingWindow.of(4, 1)), "cover 4", x);
        refused(max(SlidingWindow.of(0, 1)), "kernel: 0", x);
        refused(max(SlidingWindow.of(1, 1)), "X: bool", x.cast(ElementType.BOOL));
        refused(max(SlidingWindow.of(1, 1)), "X: missing", (NdArray) null);
        refused(max(SlidingWindow.of()), "X: shape [2, 2]", counting(2, 2));
        SlidingWindow two = SlidingWindow.of(2, 2);
        refused(new AveragePool(two, true), "X: int32", x.cast(ElementType.INT32));
        refused(new LpPool(two.withStrides(0, 1), 2), "stride: 0", x);
        refused(new GlobalMaxPool(), "X: int8", x.cast(ElementType.INT8));
        refused(new GlobalAveragePool(), "input: 0 (expected: >= 1)", counting(1, 2, 0, 3));
        refused(new GlobalLpPool(3), "X: shape [4]", counting(4));
        refused(max(two.withPads(1, 2, 3)), "pads: [1, 2, 3] (expected: 4 numbers)", x);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LpPool(two, 0))
                .withMessage("p: 0 (expected: >= 1)");
        assertThatIllegalArgumentException().isThrownBy(() -> new GlobalLpPool(-1));
    }

    private static void refused(Operator operator, String message, NdArray... inputs) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(operator, inputs))
                .withMessageContaining(message);
    }
}
