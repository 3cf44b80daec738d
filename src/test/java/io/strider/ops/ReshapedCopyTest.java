package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.blas.Workers;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReshapedCopyTest {
    private static final List<List<long[]>> SHAPES =
            List.of(
                    List.of(new long[] {2, 6, 3, 5}, new long[] {2, 90}),
                    List.of(new long[] {2, 6, 3, 5}, new long[] {2, 2, 3, 3, 5}),
                    List.of(new long[] {2, 2, 3, 3, 5}, new long[] {2, 6, 3, 5}),
                    List.of(new long[] {2, 6, 3, 5}, new long[] {2, 3, 6, 5}),
                    List.of(new long[] {2, 6, 3, 5}, new long[] {1, 4, 9, 5}),
                    List.of(new long[] {4, 5, 1, 1}, new long[] {4, 5}),
                    List.of(new long[] {4, 5}, new long[] {4, 5, 1, 1}),
                    List.of(new long[] {1, 1, 1}, new long[] {}),
                    List.of(new long[] {}, new long[] {1, 1}),
                    List.of(new long[] {2, 3}, new long[] {3, 2}),
                    List.of(new long[] {3, 40, 64, 3}, new long[] {9, 64, 40}),
                    List.of(new long[] {7, 30, 23}, new long[] {30, 7, 23, 1}));

    static Stream<Arguments> shapes() {
        return SHAPES.stream()
                .flatMap(pair ->
                        Stream.of(Placed.values())
                                .flatMap(from ->
                                        Stream.of(Placed.values())
                                                .map(to ->
                                                        Arguments.of(
                                                                pair.get(0),
                                                                pair.get(1),
                                                                from,
                                                                to))));
    }

    private static NdArray counting(long... shape) {
        double[] values = new double[PlainMoves.count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return NdArray.ofDoubles(ElementType.FLOAT32, values, shape);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void keepsTheRowMajorOrder(long[] from, long[] to, Placed source, Placed target) {
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(2)) {
            Tensor origin = source.of(arena, counting(from));
            Tensor copy = target.tensor(arena, to);
            Operation operation = ReshapedCopy.bind(origin, copy);
            operation.run(null);
            assertThat(NdArray.of(copy)).isEqualTo(counting(to));
            assertThat(Placed.frameIsWhole(copy)).isTrue();
            copy.fill(-1);
            operation.run(workers);
            assertThat(NdArray.of(copy)).isEqualTo(counting(to));
        }
    }

    @Test
    void factorsAreFoundWhereThereAreSome() {
        assertThat(ReshapedCopy.factored(new long[] {6, 4}, new long[] {2, 12})).isNotNull();
        assertThat(ReshapedCopy.factored(new long[] {2, 3}, new long[] {3, 2})).isNull();
    }

    @Test
    void emptyTensorsAreLeftAlone() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor empty = Tensor.zeros(arena, 0, 3);
            ReshapedCopy.bind(empty, Tensor.zeros(arena, 5, 0)).run(null);
            assertThat(empty.elementCount()).isZero();
        }
    }

    @Test
    void refusesAnotherElementCount() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor six = Tensor.zeros(arena, 2, 3);
            Tensor eight = Tensor.zeros(arena, 8);
            assertThatThrownBy(() -> ReshapedCopy.bind(six, eight))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[8]")
                    .hasMessageContaining("[2, 3]");
        }
    }
}
