package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.conv.Algorithm;
import io.strider.conv.Conv2d;
import io.strider.conv.Padding;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Conv2dCommandTest {
    private static final long SEED = 20260101;

    private final Arena arena = Arena.ofConfined();
    private final Random random = new Random(SEED);
    @TempDir private Path folder;
    private Tensor x;
    private Tensor w;
    private Tensor b;

    @BeforeEach
    void writeOperands() throws IOException {
        x = write("x", 2, 4, 7, 10);
        w = write("w", 6, 2, 3, 2);
        b = write("b", 6);
    }

    @AfterEach
    void close() {
        arena.close();
    }

    private Tensor write(String name, long... shape) throws IOException {
        Tensor t = Tensor.zeros(arena, shape);
        float[] values = t.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        t = Tensor.of(arena, values, shape);
        Npy.write(file(name), t);
        return t;
    }

    private Path file(String name) {
        return folder.resolve(name + ".npy");
    }

    private Tensor read(String name) throws IOException {
        return Npy.read(file(name), arena);
    }

    private static void assertSame(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).containsExactly(expected.shape());
        assertThat(actual.toArray()).as("seed %d", SEED).containsExactly(expected.toArray());
    }

    @ParameterizedTest
    @CsvSource({
        "auto, nchw",
        "im2col, nchw",
        "im2col, nhwc",
        "IM2COL, NHWC",
        "direct, nchw",
        "direct, nhwc"
    })
    void writesWhatTheLibraryComputes(String algorithm, String format) throws IOException {
        Conv2d conv =
                Conv2d.builder()
                        .stride(2, 1)
                        .padding(Padding.of(1, 2, 0, 3))
                        .dilation(1, 2)
                        .groups(2)
                        .algorithm(Algorithm.valueOf(algorithm.toUpperCase(java.util.Locale.ROOT)))
                        .build();
        Tensor gy = write("gy", conv.geometry(x.shape(), w.shape()).outputShape());

        Run run =
                Run.of(
                                "conv2d",
                                "--input",
                                file("x"),
                                "--weight",
                                file("w"),
                                "--bias",
                                file("b"),
                                "--stride",
                                "2,1",
                                "--padding",
                                "1,2,0,3",
                                "--dilation",
                                "1,2",
                                "--groups",
                                "2",
                                "--algorithm",
                                algorithm,
                                "--format",
                                format,
                                "--output",
                                file("y"),
                                "--grad-output",
                                file("gy"),
                                "--grad-input",
                                file("gx"),
                                "--grad-weight",
                                file("gw"),
                                "--grad-bias",
                                file("gb"))
                        .isDone();

        MemoryFormat memory =
                format.equalsIgnoreCase("nhwc")
                        ? MemoryFormat.CHANNELS_LAST
                        : MemoryFormat.CHANNELS_FIRST;
        Tensor xm = x.contiguous(arena, memory);
        Tensor wm = w.contiguous(arena, memory);
        Tensor gym = gy.contiguous(arena, memory);
        assertSame(read("y"), conv.forward(xm, wm, b, arena));
        assertSame(read("gx"), conv.backwardInput(wm, gym, x.shape(), arena));
        assertSame(read("gw"), conv.backwardWeight(xm, gym, w.shape(), arena));
        assertSame(read("gb"), conv.backwardBias(gym, arena));
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err())
                .startsWith("strider: output, input gradient, weight gradient, bias gradient of ")
                .contains(
                        conv.geometry(x.shape(), w.shape()).toString(),
                        "GFLOP/s",
                        " ms",
                        format.toLowerCase(java.util.Locale.ROOT),
                        file("y").toString(),
                        file("gb").toString());
    }

    @Test
    void formatsAgree() throws IOException {
        for (String format : new String[] {"nchw", "nhwc"}) {
            conv2d("--groups", 2, "--format", format, "--output", file(format)).isDone();
        }
        assertThat(read("nchw").equalsWithin(read("nhwc"), 1e-5, 1e-5))
                .as("seed %d", SEED)
                .isTrue();
    }

    @Test
    void computesOnlyWhatIsAskedFor() throws IOException {
        write("gy", 2, 6, 5, 9);
        Run run =
                conv2d("--groups", 2, "--grad-output", file("gy"), "--grad-bias", file("gb"))
                        .isDone();
        assertThat(run.err()).startsWith("strider: bias gradient of ").doesNotContain("GFLOP/s");
        assertThat(Run.snapshot(folder))
                .containsOnlyKeys("", "x.npy", "w.npy", "b.npy", "gy.npy", "gb.npy");
    }

    @Test
    void pointwiseGivesWhatIm2colGives() throws IOException {
        w = write("w", 5, 4, 1, 1);
        conv2d("--algorithm", "pointwise", "--output", file("p")).isDone();
        conv2d("--algorithm", "im2col", "--output", file("i")).isDone();
        assertThat(read("p").equalsWithin(read("i"), 1e-5, 1e-5)).as("seed %d", SEED).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0            | 0,0,0,0 | 5 | 9",
                "2            | 2,2,2,2 | 9 | 13",
                "1,2          | 1,2,1,2 | 7 | 13",
                "' 1, 2 '     | 1,2,1,2 | 7 | 13",
                "1,2,3,4      | 1,2,3,4 | 9 | 15",
                "same         | 1,0,1,1 | 7 | 10",
                "SAME         | 1,0,1,1 | 7 | 10",
                "valid        | 0,0,0,0 | 5 | 9"
            })
    void paddingIsFourSidesTwoOneOrAWord(String padding, String sides, long height, long width)
            throws IOException {
        conv2d("--groups", 2, "--padding", padding, "--output", file("a")).isDone();
        conv2d("--groups", 2, "--padding", sides, "--output", file("b4")).isDone();
        assertThat(read("a").shape()).containsExactly(2, 6, height, width);
        assertSame(read("a"), read("b4"));
    }

    @Test
    void oneNumberStandsForBothAxes() throws IOException {
        conv2d("--groups", 2, "--stride", 2, "--dilation", 2, "--output", file("one")).isDone();
        conv2d("--groups", 2, "--stride", "2,2", "--dilation", "2,2", "--output", file("two"))
                .isDone();
        assertSame(read("one"), read("two"));
    }

    @Test
    void anEmptyBatchHasAnEmptyOutput() throws IOException {
        x = write("x", 0, 4, 7, 10);
        conv2d("--groups", 2, "--output", file("y")).isDone();
        assertThat(read("y").shape()).containsExactly(0, 6, 5, 9);
    }

    @Test
    void anExistingOutputIsReplaced() throws IOException {
        conv2d("--groups", 2, "--output", file("y")).isDone();
        conv2d("--groups", 2, "--stride", 2, "--output", file("y")).isDone();
        assertThat(read("y").shape()).containsExactly(2, 6, 3, 5);
    }

    private Run conv2d(Object... more) {
        Object[] start = {"conv2d", "--input", file("x"), "--weight", file("w")};
        Object[] all = java.util.Arrays.copyOf(start, start.length + more.length);
        System.arraycopy(more, 0, all, start.length, more.length);
        return Run.of(all);
    }
}
