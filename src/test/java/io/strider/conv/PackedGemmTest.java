package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Both packed products against sums in double precision. */
class PackedGemmTest {
    private static final List<Activation> ACTIVATIONS =
            List.of(
                    Activation.NONE,
                    Activation.RELU,
                    Activation.RELU6,
                    Activation.clamp(-0.5f, 0.25f),
                    Activation.SILU,
                    Activation.HARD_SWISH);

    enum Kind {
        BLAS,
        VECTOR;

        PackedGemm pack(
                long rows,
                long depth,
                long columns,
                MemorySegment b,
                long at,
                long rowStep,
                long columnStep,
                Arena arena) {
            PackedGemm empty =
                    switch (this) {
                        case BLAS -> new BlasPackedGemm(depth, columns, Blas.plain(), arena);
                        case VECTOR -> new VectorPackedGemm(rows, depth, columns, arena);
                    };
            return Packing.fill(empty, depth, b, at, rowStep, columnStep);
        }
    }

    @ParameterizedTest
    @EnumSource
    void productsOfRandomShapesStayWithinTheBound(Kind kind) {
        for (long seed = 0; seed < 150; seed++) {
            Random random = new Random(seed);
            int deepest = seed % 10 == 0 ? 5000 : 40;
            check(
                    kind,
                    seed,
                    random.nextInt(31),
                    1 + random.nextInt(deepest),
                    1 + random.nextInt(300),
                    random);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyNumberOfColumnsAroundThePanelsComesOut(Kind kind) {
        for (int columns = 1; columns <= 161; columns += columns % 16 == 1 ? 14 : 1) {
            check(kind, columns, 9, 5, columns, new Random(columns));
        }
    }

    private static void check(
            Kind kind, long seed, int rows, int depth, int columns, Random random) {
        try (Arena arena = Arena.ofConfined()) {
            boolean transposed = random.nextBoolean();
            boolean withResidual = random.nextBoolean();
            boolean withBias = random.nextBoolean();
            Activation activation = ACTIVATIONS.get(random.nextInt(ACTIVATIONS.size()));
            int lda = depth + random.nextInt(4);
            int ldc = columns + random.nextInt(4);
            int ldr = columns + random.nextInt(4);
            int offset = random.nextInt(5);
            float[] a = normals(random, offset + rows * lda);
            float[] b = normals(random, depth * columns);
            float[] c = normals(random, offset + rows * ldc + 7);
            float[] residual = normals(random, offset + rows * ldr);
            float[] bias = withBias ? normals(random, columns) : new float[columns];
            Tensor result = Tensor.of(arena, c, c.length);

            PackedGemm gemm =
                    kind.pack(
                            rows,
                            depth,
                            columns,
                            segment(arena, b),
                            0,
                            transposed ? 1 : columns,
                            transposed ? depth : 1,
                            arena);
            Epilogue epilogue =
                    new Epilogue(
                            withBias ? Tensor.of(arena, bias, columns) : null,
                            0,
                            columns,
                            activation,
                            arena);
            gemm.multiply(
                    rows,
                    segment(arena, a),
                    offset,
                    lda,
                    result.segment(),
                    offset,
                    ldc,
                    epilogue,
                    withResidual ? segment(arena, residual) : null,
                    offset,
                    ldr);

            float[] got = result.toArray();
            float[] expected = c.clone();
            double[] bound = new double[c.length];
            for (int r = 0; r < rows; r++) {
                for (int n = 0; n < columns; n++) {
                    double sum = bias[n];
                    double size = Math.abs(sum);
                    if (withResidual) {
                        sum += residual[offset + r * ldr + n];
                        size += Math.abs(residual[offset + r * ldr + n]);
                    }
                    for (int k = 0; k < depth; k++) {
                        double product =
                                (double) a[offset + r * lda + k]
                                        * b[transposed ? n * depth + k : k * columns + n];
                        sum += product;
                        size += Math.abs(product);
                    }
                    int at = offset + r * ldc + n;
                    expected[at] = activation.apply((float) sum);
                    // bias and residual are two more terms; the smooth activations have slopes
                    // of at most 1.1 (SiLU) and 1.5 (hard-swish) and round a few times themselves
                    bound[at] = 1.5 * ErrorBound.gamma(depth + 4) * size + 1e-37;
                }
            }
            for (int i = 0; i < c.length; i++) {
                assertThat((double) got[i])
                        .as(
                                "%s, seed %d: %d×%d×%d, %s, element %d",
                                kind, seed, rows, depth, columns, activation, i)
                        .isBetween(expected[i] - bound[i], expected[i] + bound[i]);
            }
        }
    }

    static Stream<Integer> vectors() {
        return IntStream.rangeClosed(1, 200).boxed();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void panelsCoverAllVectorsAndAreNarrowOnlyWhereThereAreFew(int vectors) {
        for (long rows : new long[] {1, 6, 7, 56, 84, 336}) {
            int[] panels = VectorPackedGemm.panels(vectors, rows);
            assertThat(panels[0]).isZero();
            assertThat(panels[panels.length - 1]).isEqualTo(vectors);
            for (int i = 1; i < panels.length; i++) {
                int width = panels[i] - panels[i - 1];
                boolean last = i == panels.length - 1;
                int least = vectors == 1 ? 1 : last || vectors == 2 ? 2 : 3;
                assertThat(width).as("panel %d of %d", i, vectors).isBetween(least, 4);
            }
        }
    }

    @Test
    void panelsFollowTheRows() {
        assertThat(VectorPackedGemm.panels(12, 336)).containsExactly(0, 4, 8, 12);
        assertThat(VectorPackedGemm.panels(12, 49)).containsExactly(0, 3, 6, 9, 12);
        assertThat(VectorPackedGemm.panels(8, 49)).containsExactly(0, 4, 8);
        assertThat(VectorPackedGemm.panels(5, 336)).containsExactly(0, 3, 5);
    }

    @ParameterizedTest
    @EnumSource
    void notANumberReachesItsOwnRowAlone(Kind kind) {
        try (Arena arena = Arena.ofConfined()) {
            float[] a = {1, 2, Float.NaN, 4, 5, 6};
            float[] b = {1, 1, 1, 1};
            Tensor c = Tensor.zeros(arena, 3, 2);
            PackedGemm gemm = kind.pack(3, 2, 2, segment(arena, b), 0, 2, 1, arena);
            Epilogue epilogue = new Epilogue(null, 0, 2, Activation.RELU, arena);
            gemm.multiply(3, segment(arena, a), 0, 2, c.segment(), 0, 2, epilogue, null, 0, 0);
            assertThat(c.toArray()).containsExactly(3, 3, Float.NaN, Float.NaN, 11, 11);
        }
    }

    @Test
    void aVectorProductAllocatesNothing() {
        assumeThat(PackedGemm.isVector()).as("vectors of 512 bits").isTrue(); // else not used
        try (Arena arena = Arena.ofConfined()) {
            Random random = new Random(1);
            PackedGemm gemm =
                    Kind.VECTOR.pack(
                            20, 20, 150, segment(arena, normals(random, 3000)), 0, 150, 1, arena);
            MemorySegment a = segment(arena, normals(random, 20 * 20));
            Tensor c = Tensor.zeros(arena, 20, 150);
            Epilogue epilogue = new Epilogue(null, 0, 150, Activation.RELU, arena);
            long least = Long.MAX_VALUE;
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int round = 0; round < 40 && least > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int call = 0; call < 1000; call++) {
                    gemm.multiply(20, a, 0, 20, c.segment(), 0, 150, epilogue, null, 0, 0);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).isZero();
        }
    }

    private static MemorySegment segment(Arena arena, float[] values) {
        return Tensor.of(arena, values, values.length).segment();
    }

    private static float[] normals(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
