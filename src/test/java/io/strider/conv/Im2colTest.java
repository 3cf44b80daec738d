package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The matrix of patches and its index triple against the first reference script's NumPy, written
 * again here with {@code repeat} and {@code tile}; col2im as its adjoint.
 */
class Im2colTest {

    private static long[] arange(long count) {
        return LongStream.range(0, count).toArray();
    }

    /** numpy.repeat: every element {@code times} times in a row. */
    private static long[] repeat(long[] values, long times) {
        return LongStream.of(values)
                .flatMap(value -> LongStream.generate(() -> value).limit(times))
                .toArray();
    }

    /** numpy.tile: the whole array {@code times} times. */
    private static long[] tile(long[] values, long times) {
        return LongStream.range(0, times).flatMap(i -> LongStream.of(values)).toArray();
    }

    private static long[] times(long[] values, long factor) {
        return LongStream.of(values).map(value -> value * factor).toArray();
    }

    /** {@code rows.reshape(-1, 1) + columns.reshape(1, -1)}. */
    private static long[][] outerSum(long[] rows, long[] columns) {
        long[][] sum = new long[rows.length][columns.length];
        for (int row = 0; row < rows.length; row++) {
            for (int column = 0; column < columns.length; column++) {
                sum[row][column] = rows[row] + columns[column];
            }
        }
        return sum;
    }

    private static Im2col.Indices script(Conv2dGeometry g) {
        long[] tapRows = times(arange(g.kernelHeight()), g.dilationHeight());
        long[] tapColumns = times(arange(g.kernelWidth()), g.dilationWidth());
        long[] i0 = tile(repeat(tapRows, g.kernelWidth()), g.inChannels());
        long[] i1 = times(repeat(arange(g.outHeight()), g.outWidth()), g.strideHeight());
        long[] j0 = tile(tapColumns, g.kernelHeight() * g.inChannels());
        long[] j1 = times(tile(arange(g.outWidth()), g.outHeight()), g.strideWidth());
        long[] k = repeat(arange(g.inChannels()), g.kernelHeight() * g.kernelWidth());
        return new Im2col.Indices(k, outerSum(i0, i1), outerSum(j0, j1));
    }

    @Test
    void theIndexTripleIsTheScripts() {
        LongStream.range(40_000, 40_300)
                .mapToObj(RandomGeometry::of)
                .forEach(random -> {
                    Im2col.Indices expected = script(random.geometry());
                    Im2col.Indices actual = Im2col.indices(random.geometry());
                    assertThat(actual.k()).as(random.toString()).isEqualTo(expected.k());
                    assertThat(actual.i()).as(random.toString()).isDeepEqualTo(expected.i());
                    assertThat(actual.j()).as(random.toString()).isDeepEqualTo(expected.j());
                });
    }

    /** {@code x_padded[:, k, i, j].transpose(1, 2, 0).reshape(rows, -1)}. */
    @Test
    void theMatrixIsThePaddedInputAtTheIndices() {
        LongStream.range(41_000, 41_300)
                .mapToObj(RandomGeometry::of)
                .forEach(random -> {
                    Conv2dGeometry g = random.geometry();
                    Operands operands = Operands.normals(g, random.seed());
                    float[] expected = fancyIndexed(g, operands.x());
                    for (MemoryFormat format : MemoryFormat.values()) {
                        try (Arena arena = Arena.ofConfined()) {
                            Tensor x = operands.x(arena, format);
                            Tensor matrix = Im2col.matrix(g, x, arena);
                            assertThat(matrix.shape()).isEqualTo(Im2col.matrixShape(g));
                            assertThat(matrix.toArray())
                                    .as("%s, %s", random, format)
                                    .isEqualTo(expected);

                            FramedTensor given =
                                    FramedTensor.of(
                                            arena,
                                            FramedTensor.Kind.RANDOM,
                                            new Random(random.seed()),
                                            matrix.shape());
                            Im2col.matrix(g, x, given.view());
                            assertThat(given.view().toArray())
                                    .as("%s, %s", random, format)
                                    .isEqualTo(expected);
                            given.assertFrameUntouched(random.toString());
                        }
                    }
                });
    }

    private static float[] fancyIndexed(Conv2dGeometry g, float[] x) {
        double[] padded = new NaiveConvolution(g).padded(ErrorBound.doubles(x));
        int height = (int) (g.inHeight() + g.padding().top() + g.padding().bottom());
        int width = (int) (g.inWidth() + g.padding().left() + g.padding().right());
        Im2col.Indices indices = script(g);
        int rows = indices.k().length;
        int positions = (int) g.positions();
        int batch = (int) g.batch();
        float[] matrix = new float[rows * positions * batch];
        int at = 0;
        for (int row = 0; row < rows; row++) {
            for (int s = 0; s < positions; s++) {
                for (int n = 0; n < batch; n++) {
                    long plane = n * g.inChannels() + indices.k()[row];
                    long element =
                            (plane * height + indices.i()[row][s]) * width + indices.j()[row][s];
                    matrix[at++] = (float) padded[(int) element];
                }
            }
        }
        return matrix;
    }

    /** ⟨im2col(x), c⟩ = ⟨x, col2im(c)⟩, exactly, as all values are small integers. */
    @Test
    void col2imIsTheAdjointOfIm2col() {
        LongStream.range(42_000, 42_500)
                .mapToObj(RandomGeometry::of)
                .forEach(random -> {
                    Conv2dGeometry g = random.geometry();
                    Random values = new Random(random.seed());
                    FramedTensor.Kind kind = FramedTensor.Kind.RANDOM;
                    try (Arena arena = Arena.ofConfined()) {
                        Tensor x =
                                Operands.integers(g, random.seed())
                                        .x(arena, MemoryFormat.CHANNELS_LAST);
                        float[] entries = RandomGeometry.integers(values, Im2col.matrixShape(g));
                        Tensor c =
                                FramedTensor.holding(
                                                arena, kind, values, entries, Im2col.matrixShape(g))
                                        .view();
                        FramedTensor gx = FramedTensor.of(arena, kind, values, g.inputShape());
                        gx.view().fill(0);
                        Col2im.accumulate(g, c, gx.view());
                        double left = inner(Im2col.matrix(g, x, arena), c);
                        double right = inner(x, gx.view());
                        assertThat(left).as(random.toString()).isEqualTo(right);
                        gx.assertFrameUntouched(random.toString());
                    }
                });
    }

    @Test
    void col2imAddsToWhatIsThere() {
        Conv2dGeometry g =
                Conv2dGeometry.builder()
                        .input(2, 2, 5, 7)
                        .kernel(1, 2, 3)
                        .padding(Padding.of(1, 0, 0, 2))
                        .build();
        try (Arena arena = Arena.ofConfined()) {
            Random random = new Random(5);
            Tensor c =
                    Tensor.of(
                            arena,
                            RandomGeometry.integers(random, Im2col.matrixShape(g)),
                            Im2col.matrixShape(g));
            Tensor once = Tensor.zeros(arena, g.inputShape());
            Col2im.accumulate(g, c, once);
            Tensor twice = Tensor.zeros(arena, g.inputShape());
            twice.fill(100);
            Col2im.accumulate(g, c, twice);
            Col2im.accumulate(g, c, twice);
            double[] expected = ErrorBound.doubles(once);
            for (int at = 0; at < expected.length; at++) {
                expected[at] = 100 + 2 * expected[at];
            }
            ErrorBound.assertExact("gx", twice, expected);
        }
    }

    static double inner(Tensor a, Tensor b) {
        float[] left = a.toArray();
        float[] right = b.toArray();
        assertThat(left).hasSameSizeAs(right);
        double sum = 0;
        for (int at = 0; at < left.length; at++) {
            sum += (double) left[at] * right[at];
        }
        return sum;
    }
}
