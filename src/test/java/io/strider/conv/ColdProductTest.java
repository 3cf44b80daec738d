package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What serves until the vector loops are compiled gives their results within the error bound. */
class ColdProductTest {
    private static final int ROWS = 139;

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 31, 48, 64, 100, 177})
    void agreesWithTheVectorLoops(int columns) {
        assumeTrue(PackedGemm.isVector(), "no vectors of 512 bits");
        Random random = new Random(columns);
        int depth = 147;
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = normal(random, arena, ROWS, depth);
            Tensor b = normal(random, arena, depth, columns);
            Tensor residual = normal(random, arena, ROWS, columns);
            Tensor bias = normal(random, arena, columns);
            Tensor expected = Tensor.zeros(arena, ROWS, columns);
            Tensor actual = Tensor.zeros(arena, ROWS, columns);
            Tensor windows = Tensor.zeros(arena, ROWS, columns);
            var epilogue = new Epilogue(bias, 0, columns, Activation.RELU, arena);
            var gemm =
                    new VectorPackedGemm(ROWS, depth, columns, b.segment(), 0, columns, 1, arena);
            gemm.multiplyByLoops(
                    0,
                    gemm.panels(),
                    ROWS,
                    a.segment(),
                    0,
                    depth,
                    expected.segment(),
                    0,
                    columns,
                    epilogue,
                    residual.segment(),
                    0,
                    columns);
            gemm.multiplyByOpenBlas(
                    0,
                    gemm.panels(),
                    ROWS,
                    a.segment(),
                    0,
                    depth,
                    actual.segment(),
                    0,
                    columns,
                    epilogue,
                    residual.segment(),
                    0,
                    columns);
            gemm.multiplyWindowsByOpenBlas(
                    ROWS,
                    a.segment(),
                    0,
                    starts(depth),
                    0,
                    taps(depth),
                    windows.segment(),
                    0,
                    columns,
                    epilogue,
                    residual.segment(),
                    0,
                    columns);
            double unit = 0x1p-24;
            double gamma = (depth + 2) * unit / (1 - (depth + 2) * unit);
            for (int row = 0; row < ROWS; row++) {
                for (int column = 0; column < columns; column++) {
                    double bound = Math.abs(bias.get(column)) + Math.abs(residual.get(row, column));
                    for (int k = 0; k < depth; k++) {
                        bound += Math.abs((double) a.get(row, k) * b.get(k, column));
                    }
                    double value = expected.get(row, column);
                    assertThat(Math.abs(actual.get(row, column) - value))
                            .as("seed %s, row %s, column %s", columns, row, column)
                            .isLessThanOrEqualTo(2 * gamma * bound);
                    assertThat(Math.abs(windows.get(row, column) - value))
                            .as("seed %s, window %s, column %s", columns, row, column)
                            .isLessThanOrEqualTo(2 * gamma * bound);
                }
            }
        }
    }

    private static Tensor normal(Random random, Arena arena, long... shape) {
        Tensor tensor = Tensor.zeros(arena, shape);
        float[] values = new float[(int) tensor.elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(arena, values, shape);
    }

    private static int[] starts(int depth) {
        int[] starts = new int[ROWS + WindowGemm.SURPLUS];
        for (int row = 0; row < starts.length; row++) {
            starts[row] = Math.min(row, ROWS - 1) * depth * Float.BYTES;
        }
        return starts;
    }

    private static int[] taps(int depth) {
        int[] taps = new int[depth];
        for (int k = 0; k < depth; k++) {
            taps[k] = k * Float.BYTES;
        }
        return taps;
    }
}
