package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Blas;
import io.strider.blas.VectorSupport;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector loops, BLAS and the plain loops against sums in double. */
class GatheredProductTest {
    private static final float CANARY = -7777.5f;
    private static final int A = 3000;
    private static final int B = 4000;

    /** Every way this JVM has. */
    static Stream<GatheredProduct> products() {
        Stream<GatheredProduct> plain =
                Stream.of(
                        new ScalarGatheredProduct(),
                        new BlasGatheredProduct(Blas.plain()),
                        new BlasGatheredProduct(Blas.openBlas()));
        return VectorSupport.isEnabled()
                ? Stream.concat(plain, Stream.of(new VectorGatheredProduct()))
                : plain;
    }

    @ParameterizedTest
    @MethodSource("products")
    void sumsOfIntegersAreExactAndNothingElseIsWritten(GatheredProduct product) {
        for (long seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            int rows = random.nextInt(1, 40);
            int columns = random.nextInt(1, GatheredProduct.MOST_COLUMNS + 1);
            int count = random.nextInt(5) == 0 ? 0 : random.nextInt(1, GatherTable.MOST_TERMS / 4);
            boolean add = random.nextBoolean();
            String what =
                    "seed %d: %d×%d, %d terms, add %s, %s"
                            .formatted(
                                    seed,
                                    rows,
                                    columns,
                                    count,
                                    add,
                                    product.getClass().getSimpleName());
            try (Arena arena = Arena.ofConfined()) {
                check(product, random, rows, columns, count, add, what, arena);
            }
        }
    }

    private static void check(
            GatheredProduct product,
            Random random,
            int rows,
            int columns,
            int count,
            boolean add,
            String what,
            Arena arena) {
        MemorySegment a = arena.allocateFrom(JAVA_FLOAT, RandomGeometry.integers(random, A));
        MemorySegment b = arena.allocateFrom(JAVA_FLOAT, RandomGeometry.integers(random, B));
        long work = product.workFloats(count, rows);
        MemorySegment scratch = arena.allocate(work * Float.BYTES + 64, 64);
        scratch.fill((byte) -1);
        int bAt = random.nextInt(64);
        GatherTable table = GatherTable.ofThread();
        for (int k = 0; k < count; k++) {
            table.terms[2 * k] = random.nextInt(A / 2) * 4L;
            // the last element of b is met: a load behind it would be seen
            int most = B - columns - bAt;
            table.terms[2 * k + 1] = (k == 0 ? most : random.nextInt(most + 1)) * 4L;
        }
        for (int m = 0; m < rows; m++) {
            table.rows[m] = random.nextInt(A / 2) * 4L;
        }
        int ldc = columns + random.nextInt(4);
        float[] before = new float[rows * ldc + 8];
        java.util.Arrays.fill(before, CANARY);
        double[] expected = ErrorBound.doubles(before);
        for (int m = 0; m < rows; m++) {
            for (int n = 0; n < columns; n++) {
                int at = 4 + m * ldc + n;
                before[at] = add ? random.nextInt(-4, 5) : Float.NaN;
                double sum = add ? before[at] : 0;
                for (int k = 0; k < count; k++) {
                    sum +=
                            a.get(JAVA_FLOAT, table.rows[m] + table.terms[2 * k])
                                    * b.get(JAVA_FLOAT, (bAt + n) * 4L + table.terms[2 * k + 1]);
                }
                expected[at] = sum;
            }
        }
        MemorySegment c = arena.allocateFrom(JAVA_FLOAT, before);
        product.multiply(
                table, count, a, rows, b, bAt * 4L, columns, c, 16, ldc * 4L, add, scratch, 0);
        assertThat(ErrorBound.doubles(c.toArray(JAVA_FLOAT))).as(what).isEqualTo(expected);
    }
}
