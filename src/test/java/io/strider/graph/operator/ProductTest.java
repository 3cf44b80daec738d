package io.strider.graph.operator;

import static io.strider.graph.operator.SmallArrays.counting;
import static io.strider.graph.operator.SmallArrays.floats;
import static io.strider.graph.operator.SmallArrays.random;
import static io.strider.graph.operator.SmallArrays.result;
import static io.strider.graph.operator.SmallArrays.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.graph.Operator;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gemm and MatMul by their definitions. */
class ProductTest {
    private static final Gemm PLAIN = new Gemm(1, 1, false, false);

    @Test
    void multipliesMatrices() {
        NdArray a = floats(shape(2, 3), 1, 2, 3, 4, 5, 6);
        NdArray b = floats(shape(3, 2), 1, 10, 2, 20, 3, 30);
        assertThat(result(new MatMul(), a, b)).isEqualTo(floats(shape(2, 2), 14, 140, 32, 320));
        NdArray row = floats(shape(3), 1, 0, -1);
        assertThat(result(new MatMul(), row, b)).isEqualTo(floats(shape(2), -2, -20));
        assertThat(result(new MatMul(), a, row)).isEqualTo(floats(shape(2), -2, -2));
        assertThat(result(new MatMul(), row, row)).isEqualTo(floats(shape(), 2));
    }

    @Test
    void broadcastsStacks() {
        Random random = new Random(5);
        NdArray a = random(random, ElementType.FLOAT32, 2, 1, 3, 4);
        NdArray b = random(random, ElementType.FLOAT32, 5, 4, 2);
        NdArray y = result(new MatMul(), a, b);
        assertThat(y.shape()).containsExactly(2, 5, 3, 2);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 5; j++) {
                NdArray one = result(new MatMul(), part(a, i, 3, 4), part(b, j, 4, 2));
                assertThat(part(y, i * 5 + j, 3, 2)).as("seed 5, %s %s", i, j).isEqualTo(one);
            }
        }
        NdArray vector = random(random, ElementType.FLOAT32, 4);
        assertThat(result(new MatMul(), vector, b).shape()).containsExactly(5, 2);
        assertThat(result(new MatMul(), a, vector).shape()).containsExactly(2, 1, 3);
        assertThat(part(result(new MatMul(), vector, b).reshape(5, 1, 2), 3, 2))
                .isEqualTo(result(new MatMul(), vector, part(b, 3, 4, 2)));
    }

    private static NdArray part(NdArray stack, int index, long... shape) {
        int count = (int) java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        double[] values = new double[count];
        java.util.Arrays.setAll(values, i -> stack.getDouble(index * count + i));
        return floats(shape, values);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT16", "BFLOAT16", "INT32", "INT64", "UINT32", "INT8"})
    void takesNumbersOfAnyType(ElementType type) {
        NdArray a = counting(2, 3).cast(type);
        NdArray b = counting(3, 2).cast(type);
        assertThat(result(new MatMul(), a, b))
                .isEqualTo(floats(shape(2, 2), 10, 13, 28, 40).cast(type));
        NdArray c = counting(1, 2).cast(type);
        assertThat(result(new Gemm(1, 3, false, false), a, b, c))
                .isEqualTo(floats(shape(2, 2), 10, 16, 28, 43).cast(type));
    }

    @Test
    void wholeNumbersWrap() {
        NdArray a = NdArray.ofLongs(ElementType.UINT32, new long[] {1L << 31, 3}, 1, 2);
        NdArray b = NdArray.ofLongs(ElementType.UINT32, new long[] {2, 5}, 2, 1);
        assertThat(result(new MatMul(), a, b).toLongs()).containsExactly(15);
        NdArray large = NdArray.ofLongs(ElementType.INT64, new long[] {(1L << 60) + 1}, 1, 1);
        NdArray one = NdArray.ofLongs(ElementType.INT64, new long[] {3}, 1, 1);
        assertThat(result(PLAIN, large, one).toLongs()).containsExactly((3L << 60) + 3);
        assertThat(result(new Gemm(0.5f, 1, false, false), one, one).toLongs()).containsExactly(4);
    }

    @Test
    void hasAllAttributes() {
        Random random = new Random(9);
        NdArray a = random(random, ElementType.FLOAT32, 4, 3);
        NdArray b = random(random, ElementType.FLOAT32, 5, 4);
        NdArray c = random(random, ElementType.FLOAT32, 3, 1);
        NdArray y = result(new Gemm(0.25f, 0.5f, true, true), a, b, c);
        assertThat(y.shape()).containsExactly(3, 5);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 5; j++) {
                double sum = 0;
                for (int k = 0; k < 4; k++) {
                    sum += a.getDouble(k * 3 + i) * b.getDouble(j * 4 + k);
                }
                assertThat(y.getDouble(i * 5 + j))
                        .as("seed 9, %s %s", i, j)
                        .isEqualTo(0.25 * sum + 0.5 * c.getDouble(i));
            }
        }
    }

    @Test
    void broadcastsWhatIsAdded() {
        NdArray a = counting(2, 1);
        NdArray b = floats(shape(1, 3), 0, 0, 0);
        assertThat(result(PLAIN, a, b, floats(shape(), 7)))
                .isEqualTo(floats(shape(2, 3), 7, 7, 7, 7, 7, 7));
        assertThat(result(PLAIN, a, b, floats(shape(1), 7)))
                .isEqualTo(floats(shape(2, 3), 7, 7, 7, 7, 7, 7));
        assertThat(result(PLAIN, a, b, counting(3)))
                .isEqualTo(floats(shape(2, 3), 0, 1, 2, 0, 1, 2));
        assertThat(result(PLAIN, a, b, counting(2, 1)))
                .isEqualTo(floats(shape(2, 3), 0, 0, 0, 1, 1, 1));
        assertThat(result(PLAIN, a, b, counting(2, 3))).isEqualTo(counting(2, 3));
        assertThat(result(new Gemm(1, 0, false, false), a, b, floats(shape(1), Double.NaN)))
                .isEqualTo(floats(shape(2, 3), 0, 0, 0, 0, 0, 0));
    }

    @Test
    void takesSizesOfZero() {
        assertThat(result(new MatMul(), counting(2, 0), counting(0, 3)))
                .isEqualTo(floats(shape(2, 3), 0, 0, 0, 0, 0, 0));
        assertThat(result(new MatMul(), counting(0, 2, 3), counting(3, 4)).shape())
                .containsExactly(0, 2, 4);
        assertThat(result(PLAIN, counting(2, 0), counting(0, 2), counting(2)))
                .isEqualTo(floats(shape(2, 2), 0, 1, 0, 1));
        assertThat(result(PLAIN, counting(0, 2), counting(2, 2)).shape()).containsExactly(0, 2);
    }

    @Test
    void refusesWhatDoesNotFit() {
        refused(new MatMul(), "at least one dimension", floats(shape(), 1), counting(2));
        refused(new MatMul(), "A, B: shapes [2, 3] and [2, 3]", counting(2, 3), counting(2, 3));
        refused(new MatMul(), "equal or 1", counting(2, 1, 3), counting(3, 3, 1));
        refused(new MatMul(), "B: missing", counting(2));
        refused(new MatMul(), "A: bool", counting(2).cast(ElementType.BOOL), counting(2));
        refused(new MatMul(), "B: int8", counting(2), counting(2).cast(ElementType.INT8));
        refused(PLAIN, "two dimensions each", counting(2), counting(2, 1));
        refused(
                new Gemm(1, 1, true, false),
                "A, B: shapes [2, 3] and [3, 2], transA true",
                counting(2, 3),
                counting(3, 2));
        refused(PLAIN, "broadcast to [2, 2]", counting(2, 1), counting(1, 2), counting(3));
        refused(PLAIN, "C: shape [1, 1, 1]", counting(2, 1), counting(1, 2), counting(1, 1, 1));
        refused(PLAIN, "C: shape [3, 2]", counting(2, 1), counting(1, 2), counting(3, 2));
        refused(
                PLAIN,
                "C: int32",
                counting(2, 1),
                counting(1, 2),
                counting(2).cast(ElementType.INT32));
    }

    private static void refused(Operator operator, String message, NdArray... inputs) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> result(operator, inputs))
                .withMessageContaining(message);
    }
}
