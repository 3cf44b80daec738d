package io.strider.graph.operator;

import static io.strider.graph.operator.Arrays32.counting;
import static io.strider.graph.operator.Arrays32.indices;
import static io.strider.graph.operator.Arrays32.random;
import static io.strider.graph.operator.Arrays32.results;
import static io.strider.graph.operator.Arrays32.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.graph.Kernel;
import io.strider.graph.Operator;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quick moves against the plain ones, on tensors that lie as in a session. */
class MovementKernelTest {
    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    private static void check(
            long seed, Operator operator, int outputs, @Nullable NdArray... inputs) {
        List<NdArray> wanted = results(operator, outputs, inputs);
        List<NdArray> got =
                FixedRequest.run(operator, Arrays.asList(inputs), outputs, new Random(seed));
        assertThat(got).as("seed %s, %s of %s", seed, operator, inputs[0].shape()).isNotNull();
        for (int i = 0; i < outputs; i++) {
            assertThat(got.get(i))
                    .as("seed %s, %s of %s", seed, operator, Arrays.toString(inputs[0].shape()))
                    .isEqualTo(wanted.get(i));
        }
    }

    private static long[] anyShape(Random random) {
        long[] shape = new long[1 + random.nextInt(5)];
        Arrays.setAll(shape, i -> 1 + random.nextInt(random.nextInt(3) == 0 ? 19 : 5));
        return shape;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyShape(long seed) {
        Random random = new Random(seed);
        long[] shape = anyShape(random);
        NdArray data = random(random, shape);
        int rank = shape.length;
        int axis = random.nextInt(rank);

        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        check(seed, new Transposition(order), 1, data);
        check(seed, new Flatten(axis), 1, data);
        check(seed, new Reshape(false), 1, data, indices(-1));
        check(seed, new Squeeze(), 1, data);
        check(seed, new Unsqueeze(), 1, data, indices(axis));
        check(seed, new Identity(), 1, data);
        check(seed, new Dropout(), 1, data);
        check(seed, new Cast(ElementType.FLOAT32), 1, data);

        long[] more = shape.clone();
        more[axis] = 1;
        NdArray thin = random(random, more);
        check(seed, new Expand(), 1, thin, indices(shape));
        long[] repeats = new long[rank];
        Arrays.setAll(repeats, i -> 1 + random.nextInt(2));
        check(seed, new Tile(), 1, data, indices(repeats));
        check(seed, new Concat(axis), 1, data, thin, data);

        long first = random.nextInt((int) shape[axis] + 1);
        NdArray sizes = indices(first, 0, shape[axis] - first);
        check(seed, new Split(axis, 0), 3, data, sizes);
        NdArray at = indices(axis);
        NdArray from = indices(random.nextInt(-3, 12));
        NdArray to = indices(random.nextInt(-3, 12));
        NdArray by = indices(random.nextBoolean() ? 1 + random.nextInt(3) : -1);
        check(seed, new Slice(), 1, data, from, to, at, by);

        int size = (int) shape[axis];
        long[] places = new long[1 + random.nextInt(6)];
        Arrays.setAll(places, i -> random.nextInt(-size, size));
        check(seed, new Gather(axis), 1, data, indices(places));
        check(seed, new Gather(axis), 1, data, NdArray.scalar(ElementType.INT64, places[0]));
        NdArray square = indices(places[0], 0, size - 1, places[0]).reshape(2, 2);
        if (rank < 5) {
            check(seed, new Gather(axis), 1, data, square);
        }

        for (Pad.Mode mode : Pad.Mode.values()) {
            long[] pads = new long[2 * rank];
            Arrays.setAll(pads, i -> random.nextInt(3) == 0 ? random.nextInt(4) : 0);
            pads[axis] = -random.nextInt(2);
            NdArray value = row(4.5);
            check(seed, new Pad(mode), 1, data, indices(pads), value);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void pictures(long seed) {
        Random random = new Random(seed);
        long block = 1 + random.nextInt(3);
        long channels = block * block * (1 + random.nextInt(9));
        long height = 1 + random.nextInt(5);
        long width = 1 + random.nextInt(7);
        NdArray deep = random(random, 2, channels, height, width);
        check(seed, new DepthToSpace(block, random.nextBoolean()), 1, deep);
        NdArray wide = random(random, 2, channels / block, height * block, width * block);
        check(seed, new SpaceToDepth(block), 1, wide);
    }

    private static @Nullable Kernel kernel(Operator operator, NdArray... inputs) {
        return operator.kernel(FixedRequest.of(operator, Arrays.asList(inputs), 1));
    }

    @Test
    void nothingQuickForOtherTypes() {
        NdArray whole = indices(1, 2, 3);
        assertThat(kernel(new Transposition(List.of(0)), whole)).isNull();
        assertThat(kernel(new Flatten(0), whole)).isNull();
        assertThat(kernel(new Cast(ElementType.INT8), counting(3))).isNull();
        assertThat(kernel(new Cast(ElementType.FLOAT32), whole)).isNull();
        assertThat(kernel(new Dropout(), whole)).isNull();
    }

    @Test
    void kernelsSayWhatTheyDo() {
        assertThat(kernel(new Transposition(List.of(0)), counting(3)).description())
                .isEqualTo("copy");
        assertThat(kernel(new Flatten(0), counting(3)).description()).isEqualTo("copy");
    }

    @Test
    void manyScatteredIndicesAreLookedUpPlainly() {
        long[] places = new long[5000];
        Arrays.setAll(places, i -> i * 7919L % 5);
        assertThat(kernel(new Gather(0), counting(5, 2), indices(places))).isNull();
    }
}
