package io.strider.graph.operator;

import static io.strider.graph.operator.SmallArrays.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Workers;
import io.strider.conv.Activation;
import io.strider.graph.Graph;
import io.strider.graph.GraphInput;
import io.strider.graph.Node;
import io.strider.graph.Operator;
import io.strider.graph.PlainRun;
import io.strider.graph.Session;
import io.strider.graph.Value;
import io.strider.ops.PlainPooling.Order;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Convolutions, pooling and products in a session against their definitions, with small whole
 * numbers, whose sums both give exactly.
 */
class KernelsAgreeTest {
    private static final Workers WORKERS = Workers.of(2);

    @AfterAll
    static void close() {
        WORKERS.close();
    }

    private static NdArray floats(Random random, long... shape) {
        return random(random, ElementType.FLOAT32, shape);
    }

    /**
     * Runs one node in a session without and with threads and compares with the definition.
     *
     * @param constants indices of the inputs that are constants of the graph
     */
    private static void agree(
            String about, Operator operator, Set<Integer> constants, @Nullable NdArray... inputs) {
        Graph.Builder builder = Graph.builder();
        List<String> names = new ArrayList<>();
        Map<String, NdArray> given = new LinkedHashMap<>();
        try (Arena arena = Arena.ofShared()) {
            Map<String, Value> values = new LinkedHashMap<>();
            for (int i = 0; i < inputs.length; i++) {
                NdArray input = inputs[i];
                if (input == null) {
                    names.add("");
                    continue;
                }
                names.add("x" + i);
                Value value = new Value.Floats(input.toTensor(arena));
                if (constants.contains(i)) {
                    builder.constant("x" + i, value);
                } else {
                    builder.input(new GraphInput("x" + i, ElementType.FLOAT32, input.shape()));
                    values.put("x" + i, value);
                    given.put("x" + i, input);
                }
            }
            Graph graph =
                    builder.node(new Node("n", operator, names, List.of("y"))).output("y").build();
            NdArray expected = PlainRun.run(graph, given).get("y");
            for (Workers workers : new Workers[] {null, WORKERS}) {
                try (Session session =
                        Session.builder(graph).workers(workers).strictNumerics(true).build()) {
                    for (int turn = 0; turn < 2; turn++) {
                        NdArray actual = session.run(values, arena).get("y").array();
                        requireEqual(about + ", alone " + (workers == null), expected, actual);
                    }
                }
            }
        }
    }

    private static void requireEqual(String about, NdArray expected, NdArray actual) {
        assertThat(actual.shape()).as(about).containsExactly(expected.shape());
        for (int i = 0; i < expected.count(); i++) {
            // −0 and 0 are equal
            assertThat(actual.getDouble(i) == expected.getDouble(i))
                    .as("%s, element %s: %s %s", about, i, actual, expected)
                    .isTrue();
        }
    }

    private static SlidingWindow window(Random random, int rank, long... kernel) {
        return SlidingWindow.of(kernel)
                .withStrides(random.longs(rank, 1, 4).toArray())
                .withDilations(random.longs(rank, 1, 3).toArray())
                .withPads(random.longs(2L * rank, 0, 3).toArray());
    }

    @Test
    void convolutions() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            int rank = 1 + random.nextInt(2);
            long groups = 1 + random.nextInt(3);
            long perGroup = random.nextInt(4) == 0 ? 20 : 1 + random.nextInt(3);
            long outputs = groups * (1 + random.nextInt(20));
            long[] kernel = random.longs(rank, 1, 4).toArray();
            SlidingWindow window = window(random, rank, kernel);
            Activation activation =
                    random.nextBoolean() ? Activation.NONE : Activation.clamp(-9, 30);
            Convolution operator = new Convolution(window, groups, activation);
            NdArray x = floats(random, sizes(rank, random.nextInt(4), groups * perGroup, 9, 11));
            NdArray weight =
                    floats(random, sizes(rank, outputs, perGroup, kernel[0], kernel[rank - 1]));
            NdArray bias = random.nextBoolean() ? floats(random, outputs) : null;
            NdArray residual = null;
            if (random.nextBoolean()) {
                NdArray y = SmallArrays.result(operator, x, weight, bias);
                residual = floats(random, y.shape());
            }
            Set<Integer> constants = seed % 4 == 0 ? Set.of() : Set.of(1, 2);
            agree("seed " + seed, operator, constants, x, weight, bias, residual);
        }
    }

    /** Two leading sizes and the last {@code rank} of two spatial ones. */
    private static long[] sizes(int rank, long first, long second, long height, long width) {
        return rank == 1
                ? new long[] {first, second, width}
                : new long[] {first, second, height, width};
    }

    @Test
    void convolutionsInThreeDimensions() {
        Random random = new Random(1);
        agree(
                "seed 1",
                new Convolution(SlidingWindow.of().withPads(1, 0, 1, 0, 1, 0), 1),
                Set.of(1),
                floats(random, 2, 3, 4, 5, 6),
                floats(random, 2, 3, 2, 1, 3));
    }

    @Test
    void transposedConvolutions() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            int rank = 1 + random.nextInt(2);
            long groups = 1 + random.nextInt(3);
            long perGroup = 1 + random.nextInt(20);
            long inputs = groups * (1 + random.nextInt(5));
            long[] kernel = random.longs(rank, 2, 5).toArray();
            SlidingWindow window =
                    window(random, rank, kernel).withPads(random.longs(2L * rank, 0, 2).toArray());
            List<Long> padding = random.longs(rank, 0, 2).boxed().toList();
            NdArray x = floats(random, sizes(rank, random.nextInt(3), inputs, 5, 6));
            NdArray weight =
                    floats(random, sizes(rank, inputs, perGroup, kernel[0], kernel[rank - 1]));
            NdArray bias = random.nextBoolean() ? floats(random, perGroup * groups) : null;
            Set<Integer> constants = seed % 8 == 0 ? Set.of() : Set.of(1, 2);
            agree(
                    "seed " + seed,
                    new TransposedConvolution(window, padding, List.of(), groups),
                    constants,
                    x,
                    weight,
                    bias);
        }
    }

    @Test
    void transposedConvolutionsOfAWantedShape() {
        Random random = new Random(3);
        for (long size = 6; size < 16; size++) {
            agree(
                    "size " + size,
                    new TransposedConvolution(
                            SlidingWindow.of().withStrides(2, 3),
                            List.of(),
                            List.of(size, size + 1),
                            1),
                    Set.of(1),
                    floats(random, 1, 3, 4, 5),
                    floats(random, 3, 2, 3, 2));
        }
    }

    @Test
    void pooling() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            int rank = 1 + random.nextInt(2);
            long[] kernel = random.longs(rank, 1, 5).toArray();
            SlidingWindow window = window(random, rank, kernel);
            if (random.nextBoolean()) {
                window = window.withCeiling();
            }
            long channels = random.nextBoolean() ? 1 + random.nextInt(40) : 200;
            NdArray x = floats(random, sizes(rank, random.nextInt(3), channels, 9, 11));
            List<Operator> all =
                    List.of(
                            new MaxPool(window, Order.ROW_MAJOR),
                            new AveragePool(window, false),
                            new AveragePool(window, true),
                            new GlobalMaxPool(),
                            new GlobalAveragePool(),
                            new LpPool(window, 1));
            for (Operator operator : all) {
                agree("seed " + seed + " " + operator.name(), operator, Set.of(), x);
            }
        }
    }

    @Test
    void poolingInThreeDimensionsAndNone() {
        Random random = new Random(4);
        NdArray cube = floats(random, 2, 3, 4, 5, 6);
        agree("3", new MaxPool(SlidingWindow.of(2, 3, 4), Order.ROW_MAJOR), Set.of(), cube);
        agree("3", new GlobalAveragePool(), Set.of(), cube);
        agree("0", new GlobalMaxPool(), Set.of(), floats(random, 4, 5));
    }

    @Test
    void matrixProducts() {
        long[][][] shapes = {
            {{3, 4}, {4, 5}},
            {{1, 300}, {300, 200}},
            {{70, 30}, {30, 90}},
            {{200, 80}, {80, 170}},
            {{7}, {7, 3}},
            {{3, 7}, {7}},
            {{7}, {7}},
            {{2, 5, 6}, {6, 4}},
            {{2, 5, 6}, {2, 6, 4}},
            {{2, 3, 5, 6}, {2, 3, 6, 4}},
            {{2, 1, 5, 6}, {3, 6, 4}},
            {{2, 3, 5, 6}, {6, 4}},
            {{4, 1, 6}, {2, 1, 6, 1}},
            {{6}, {2, 3, 6, 4}},
            {{2, 3, 5, 6}, {6}},
            {{2, 0}, {0, 3}},
            {{0, 2}, {2, 3}},
            {{3, 2, 0}, {3, 0, 4}},
            {{2, 2}, {2, 0}},
            {{1, 1}, {1, 1}},
        };
        for (int seed = 0; seed < shapes.length; seed++) {
            Random random = new Random(seed);
            NdArray a = floats(random, shapes[seed][0]);
            NdArray b = floats(random, shapes[seed][1]);
            agree("shapes " + seed, new MatMul(), Set.of(), a, b);
            agree("shapes " + seed + ", constant", new MatMul(), Set.of(1), a, b);
            agree("shapes " + seed + ", left constant", new MatMul(), Set.of(0), a, b);
        }
    }

    @Test
    void gemms() {
        long[][] additions = {{}, {1}, {21}, {1, 21}, {6, 1}, {6, 21}, {1, 1}};
        for (int seed = 0; seed < 80; seed++) {
            Random random = new Random(seed);
            boolean transA = random.nextInt(3) == 0;
            boolean transB = random.nextBoolean();
            long rows = seed % 10 == 0 ? 0 : 6;
            long depth = seed % 7 == 0 ? 0 : 1 + random.nextInt(50);
            NdArray a = transA ? floats(random, depth, rows) : floats(random, rows, depth);
            NdArray b = transB ? floats(random, 21, depth) : floats(random, depth, 21);
            NdArray c = null;
            if (random.nextInt(5) > 0) {
                long[] shape = additions[random.nextInt(additions.length)].clone();
                if (shape.length == 2 && shape[0] == 6) {
                    shape[0] = rows;
                }
                c = floats(random, shape);
            }
            float alpha = random.nextBoolean() ? 1 : 0.5f;
            float beta = random.nextInt(3);
            Set<Integer> constants =
                    switch (random.nextInt(3)) {
                        case 0 -> Set.of();
                        case 1 -> Set.of(1);
                        default -> Set.of(1, 2);
                    };
            agree("seed " + seed, new Gemm(alpha, beta, transA, transB), constants, a, b, c);
        }
    }
}
