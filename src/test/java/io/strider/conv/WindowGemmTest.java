package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both products of windows, of small integers, against plain sums of the same. */
class WindowGemmTest {
    enum Kind {
        SCALAR,
        VECTOR;

        WindowGemm pack(int rows, int depth, int columns, Tensor b, Arena arena) {
            WindowGemm empty =
                    switch (this) {
                        case SCALAR -> new ScalarWindowGemm(depth, columns, arena);
                        case VECTOR -> new VectorPackedGemm(rows, depth, columns, arena);
                    };
            return Packing.fill(empty, depth, b.segment(), 0, 1, depth);
        }
    }

    @ParameterizedTest
    @EnumSource
    void windowsAreReadWhereTheTablesSay(Kind kind) {
        for (int seed = 0; seed < 120; seed++) {
            Random random = new Random(seed);
            int deepest = seed % 20 == 0 ? WindowGemm.MOST_DEPTH : 30;
            check(kind, seed, random.nextInt(1, 40), random.nextInt(1, deepest + 1), random);
        }
    }

    private static void check(Kind kind, int seed, int rows, int depth, Random random) {
        int columns = random.nextInt(1, 300);
        int size = 500 + depth;
        int first = random.nextInt(4);
        int offset = random.nextInt(5);
        int ldc = columns + random.nextInt(4);
        boolean withResidual = random.nextBoolean();
        int[] starts = table(random, first + rows + WindowGemm.SURPLUS, size / 2);
        int[] taps = table(random, depth, size / 2);
        float[] a = RandomGeometry.integers(random, offset + size);
        float[] b = RandomGeometry.integers(random, (long) columns * depth);
        float[] bias = RandomGeometry.integers(random, columns);
        float[] expected = RandomGeometry.integers(random, offset + (long) rows * ldc + 3);
        float[] residual = RandomGeometry.integers(random, expected.length);
        try (Arena arena = Arena.ofConfined()) {
            Tensor c = Tensor.of(arena, expected, expected.length);
            Epilogue epilogue =
                    new Epilogue(
                            Tensor.of(arena, bias, columns), 0, columns, Activation.RELU, arena);
            kind.pack(rows, depth, columns, Tensor.of(arena, b, b.length), arena)
                    .multiplyWindows(
                            rows,
                            Tensor.of(arena, a, a.length).segment(),
                            offset,
                            starts,
                            first,
                            taps,
                            c.segment(),
                            offset,
                            ldc,
                            epilogue,
                            withResidual
                                    ? Tensor.of(arena, residual, residual.length).segment()
                                    : null,
                            offset,
                            ldc);
            for (int r = 0; r < rows; r++) {
                for (int n = 0; n < columns; n++) {
                    int at = offset + r * ldc + n;
                    float sum = bias[n] + (withResidual ? residual[at] : 0);
                    for (int k = 0; k < depth; k++) {
                        int element = (starts[first + r] + taps[k]) / Float.BYTES;
                        sum += a[offset + element] * b[n * depth + k];
                    }
                    expected[at] = Math.max(0, sum);
                }
            }
            assertThat(c.toArray())
                    .as("%s, seed %d: %d×%d×%d", kind, seed, rows, columns, depth)
                    .isEqualTo(expected);
        }
    }

    private static int[] table(Random random, int length, int end) {
        return random.ints(length, 0, end).map(element -> element * Float.BYTES).toArray();
    }

    @ParameterizedTest
    @EnumSource
    void tapsMustBeAsManyAsBHasRows(Kind kind) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = Tensor.zeros(arena, 4);
            Tensor b = Tensor.zeros(arena, 2);
            Tensor c = Tensor.zeros(arena, 1);
            WindowGemm gemm = kind.pack(1, 2, 1, b, arena);
            int[] starts = new int[1 + WindowGemm.SURPLUS];
            Epilogue epilogue = Epilogue.none(arena, 1);
            for (int taps : new int[] {1, 3}) {
                assertThatThrownBy(() ->
                                gemm.multiplyWindows(
                                        1,
                                        a.segment(),
                                        0,
                                        starts,
                                        0,
                                        new int[taps],
                                        c.segment(),
                                        0,
                                        1,
                                        epilogue,
                                        null,
                                        0,
                                        0))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("taps: " + taps + " (expected: 2, the depth)");
            }
        }
    }
}
