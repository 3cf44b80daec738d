package io.strider.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The loops with the Vector API give the very floats that those without it give. */
class TwinsTest {
    private static float[] normals(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * 20);
        }
        return values;
    }

    @Test
    void exponentialsAndErrorFunctions() {
        for (int count : new int[] {1, 15, 16, 17, 1000, 1024}) {
            float[] x = new float[1024];
            System.arraycopy(normals(new Random(count), count), 0, x, 0, count);
            for (int function = 0; function < 3; function++) {
                float[] scalar = x.clone();
                float[] vector = x.clone();
                apply(new ScalarExponentials(), function, scalar, count);
                apply(new VectorExponentials(), function, vector, count);
                for (int k = 0; k < count; k++) {
                    assertThat(vector[k])
                            .as("function %s of %s", function, x[k])
                            .isEqualTo(scalar[k]);
                }
            }
        }
    }

    private static void apply(Exponentials form, int function, float[] x, int count) {
        switch (function) {
            case 0 -> form.exp(x, count);
            case 1 -> form.expm1(x, count);
            default -> form.erf(x, new float[1024], count);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = BinaryFunction.class,
            names = {
                "ADD",
                "SUBTRACT",
                "MULTIPLY",
                "DIVIDE",
                "MINIMUM",
                "MAXIMUM",
                "PARAMETRIC_RELU"
            })
    void arithmeticOfRows(BinaryFunction function) {
        assertThat(RowLoops.supports(function)).isTrue();
        for (int columns : new int[] {1, 5, 16, 33, 100}) {
            int rows = 3;
            try (Arena arena = Arena.ofConfined()) {
                Random random = new Random(columns);
                int size = rows * (columns + 4);
                Tensor a = Tensor.of(arena, normals(random, size), size);
                Tensor b = Tensor.of(arena, normals(random, size), size);
                Tensor scalar = Tensor.zeros(arena, size);
                Tensor vector = Tensor.zeros(arena, size);
                combine(new ScalarRowLoops(), function, a, b, scalar, rows, columns);
                combine(new VectorRowLoops(), function, a, b, vector, rows, columns);
                assertThat(vector.toArray())
                        .as("%s columns", columns)
                        .containsExactly(scalar.toArray());
                Tensor cold = Tensor.zeros(arena, size);
                combine(new ColdRowLoops(true), function, a, b, cold, rows, columns);
                assertThat(cold.toArray())
                        .as("%s columns, cold", columns)
                        .containsExactly(scalar.toArray());
                assertThat(IntStream.range(columns + 1, columns + 4))
                        .allMatch(i -> scalar.get(i) == 0);
            }
        }
    }

    /** Rows of a and y with a gap between them, one row of b for all. */
    private static void combine(
            RowLoops loops,
            BinaryFunction function,
            Tensor a,
            Tensor b,
            Tensor y,
            int rows,
            int columns) {
        loops.combine(
                function,
                a.segment(),
                1,
                columns + 2,
                b.segment(),
                2,
                0,
                y.segment(),
                1,
                columns + 4,
                rows - 1,
                columns);
    }

    @Test
    void productsAndSumsOfRows() {
        for (int columns : new int[] {1, 5, 16, 33, 100}) {
            int rows = 3;
            try (Arena arena = Arena.ofConfined()) {
                Random random = new Random(columns);
                int size = rows * (columns + 4);
                float[] values = normals(random, size);
                values[2] = Float.NaN;
                Tensor x = Tensor.of(arena, values, size);
                Tensor scale = Tensor.of(arena, normals(random, columns + 1), columns + 1);
                Tensor shift = Tensor.of(arena, normals(random, columns + 1), columns + 1);
                Tensor scalar = Tensor.zeros(arena, size);
                Tensor vector = Tensor.zeros(arena, size);
                affine(new ScalarRowLoops(), x, scale, shift, scalar, rows, columns);
                affine(new VectorRowLoops(), x, scale, shift, vector, rows, columns);
                assertThat(vector.toArray())
                        .as("%s columns", columns)
                        .containsExactly(scalar.toArray());
                Tensor cold = Tensor.zeros(arena, vector.elementCount());
                affine(new ColdRowLoops(true), x, scale, shift, cold, rows, columns);
                assertThat(cold.toArray())
                        .as("%s columns, cold", columns)
                        .containsExactly(scalar.toArray());
            }
        }
    }

    private static void affine(
            RowLoops loops, Tensor x, Tensor scale, Tensor shift, Tensor y, int rows, int columns) {
        loops.affine(
                x.segment(),
                2,
                columns + 1,
                scale.segment(),
                1,
                shift.segment(),
                0,
                -100,
                150,
                y.segment(),
                1,
                columns + 4,
                rows - 1,
                columns);
    }
}
