package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.blas.Blas;
import io.strider.blas.Workers;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Quick products of stacks in any layout, with whole numbers, whose sums are exact. */
class MatrixProductTest {
    private static final float OUTSIDE = 12345;

    /** Row-major, columns first, a slice of either, or channels-last. */
    private static Tensor stack(Arena arena, Random random, long... shape) {
        int rank = shape.length;
        if (rank == 4 && random.nextInt(3) == 0) {
            return Tensor.zeros(arena, MemoryFormat.CHANNELS_LAST, shape);
        }
        long[] larger = shape.clone();
        boolean turned = rank > 1 && random.nextBoolean();
        if (turned) {
            larger[rank - 1] = shape[rank - 2];
            larger[rank - 2] = shape[rank - 1];
        }
        boolean sliced = random.nextBoolean();
        for (int dim = 0; dim < rank && sliced; dim++) {
            larger[dim] += 2;
        }
        Tensor tensor = Tensor.zeros(arena, larger);
        tensor.fill(OUTSIDE);
        if (turned) {
            tensor = tensor.transpose(rank - 2, rank - 1);
        }
        for (int dim = 0; dim < rank; dim++) {
            tensor = tensor.slice(dim, sliced ? 1 : 0, shape[dim] + (sliced ? 1 : 0));
        }
        return tensor;
    }

    private static Tensor filled(Tensor tensor, Random random) {
        float[] values = new float[(int) tensor.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-4, 5);
        }
        try (Arena arena = Arena.ofConfined()) {
            tensor.copyFrom(Tensor.of(arena, values, tensor.shape()));
        }
        return tensor;
    }

    @Test
    void everyLayoutGivesTheDefinition() {
        try (Workers workers = Workers.of(2)) {
            for (int seed = 0; seed < 200; seed++) {
                try (Arena arena = Arena.ofShared()) {
                    Random random = new Random(seed);
                    int outer = random.nextInt(3);
                    long rows = 1 + random.nextInt(random.nextBoolean() ? 4 : 130);
                    long columns = 1 + random.nextInt(random.nextBoolean() ? 4 : 230);
                    long depth = 1 + random.nextInt(90);
                    long[] left = shape(random, outer, rows, depth);
                    long[] right = shape(random, outer, depth, columns);
                    Tensor a = filled(stack(arena, random, left), random);
                    Tensor b = filled(stack(arena, random, right), random);
                    NdArray expected = PlainProducts.multiply(NdArray.of(a), NdArray.of(b));
                    Tensor y = stack(arena, random, expected.shape());
                    Blas blas = seed % 5 == 0 ? Blas.plain() : Blas.openBlas();
                    MatrixProduct product = MatrixProduct.bind(a, b, 1, y, blas);
                    for (int turn = 0; turn < 2; turn++) {
                        y.fill(Float.NaN);
                        product.run(turn == 0 ? null : workers);
                        assertThat(NdArray.of(y))
                                .as("seed %s, %s %s", seed, a.shape(), b.shape())
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    private static long[] shape(Random random, int outer, long rows, long columns) {
        long[] shape = new long[outer + 2];
        for (int dim = 0; dim < outer; dim++) {
            shape[dim] = random.nextBoolean() ? 1 : 2 + dim;
        }
        shape[outer] = rows;
        shape[outer + 1] = columns;
        return shape;
    }

    @Test
    void scales() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = Tensor.of(arena, new float[] {1, 2}, 1, 2);
            Tensor b = Tensor.of(arena, new float[] {3, 4}, 2);
            Tensor y = Tensor.zeros(arena, 1);
            MatrixProduct.bind(a, b, 0.5f, y).run(null);
            assertThat(y.get(0)).isEqualTo(5.5f);
        }
    }

    @Test
    void refusesShapesThatDoNotFit() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = Tensor.zeros(arena, 2, 3);
            Tensor y = Tensor.zeros(arena, 2, 2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MatrixProduct.bind(a, a, 1, y))
                    .withMessageContaining("A, B: shapes [2, 3] and [2, 3]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> MatrixProduct.bind(a, a.transpose(0, 1), 1, a))
                    .withMessage("y: shape [2, 3] (expected: [2, 2])");
        }
    }
}
