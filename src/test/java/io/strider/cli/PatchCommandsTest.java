package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.conv.Col2im;
import io.strider.conv.Conv2dGeometry;
import io.strider.conv.Im2col;
import io.strider.conv.Padding;
import io.strider.tensor.Npy;
import io.strider.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatchCommandsTest {
    private final Conv2dGeometry geometry =
            Conv2dGeometry.builder()
                    .input(2, 3, 7, 10)
                    .kernel(1, 3, 2)
                    .stride(2, 3)
                    .padding(Padding.of(1, 0, 2, 1))
                    .dilation(1, 2)
                    .build();
    @TempDir private Path folder;
    private Path input;
    private Path output;

    @BeforeEach
    void files() {
        input = folder.resolve("in.npy");
        output = folder.resolve("out.npy");
    }

    private static Tensor counted(Arena arena, long... shape) {
        float[] values = new float[(int) Tensor.zeros(arena, shape).elementCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        return Tensor.of(arena, values, shape);
    }

    private Run run(String command, Object... more) {
        Object[] start = {
            command,
            "--input",
            input,
            "--output",
            output,
            "--kernel",
            "3,2",
            "--stride",
            "2,3",
            "--padding",
            "1,0,2,1",
            "--dilation",
            "1,2"
        };
        Object[] all = java.util.Arrays.copyOf(start, start.length + more.length);
        System.arraycopy(more, 0, all, start.length, more.length);
        return Run.of(all);
    }

    @Test
    void im2colWritesTheMatrixOfPatches() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = counted(arena, geometry.inputShape());
            Npy.write(input, x);
            Run run = run("im2col").isDone();
            Tensor expected = Im2col.matrix(geometry, x, arena);
            Tensor actual = Npy.read(output, arena);
            assertThat(actual.shape()).containsExactly(expected.shape());
            assertThat(actual.toArray()).containsExactly(expected.toArray());
            assertThat(run.out()).isEmpty();
            assertThat(run.err().lines()).hasSize(1);
            assertThat(run.err()).contains("18×", output.toString());
        }
    }

    @Test
    void col2imAddsThePatchesBack() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Tensor matrix = counted(arena, Im2col.matrixShape(geometry));
            Npy.write(input, matrix);
            Run run = run("col2im", "--shape", "2,3,7,10").isDone();
            Tensor expected = Tensor.zeros(arena, geometry.inputShape());
            Col2im.accumulate(geometry, matrix, expected);
            Tensor actual = Npy.read(output, arena);
            assertThat(actual.shape()).containsExactly(expected.shape());
            assertThat(actual.toArray()).containsExactly(expected.toArray());
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("2×3×7×10", output.toString());
        }
    }

    @Test
    void aMatrixOfAnotherShapeIsRefused() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Npy.write(input, counted(arena, 18, 7));
            Map<String, String> before = Run.snapshot(folder);
            run("col2im", "--shape", "2,3,7,10")
                    .isRefused("--input", "[18, 7]", "[18, " + geometry.positions() * 2 + "]");
            assertThat(Run.snapshot(folder)).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2,3,7             | four numbers",
                "2,3,7,x           | four numbers",
                "2,3,-7,10         | inputHeight: -7",
                "-1,3,7,10         | batch: -1",
                "2,0,7,10          | inChannels: 0",
                "9223372036854775807,3,7,10 | fits a long",
                "99999999999999999999,3,7,10 | four numbers"
            })
    void badShapesAreRefused(String shape, String words) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Npy.write(input, counted(arena, Im2col.matrixShape(geometry)));
            Map<String, String> before = Run.snapshot(folder);
            run("col2im", "--shape", shape).isRefused(words);
            assertThat(Run.snapshot(folder)).isEqualTo(before);
        }
    }

    @Test
    void aMatrixLargerThanTheMemoryIsRefused() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Npy.write(input, counted(arena, 1, 1, 1, 1));
            Run.of(
                            "im2col",
                            "--input",
                            input,
                            "--kernel",
                            "1000,1000",
                            "--padding",
                            100_000,
                            "--output",
                            output)
                    .isRefused("matrix of patches", "this machine has");
            assertThat(output).doesNotExist();
        }
    }

    @Test
    void inputOfAnotherRankIsRefused() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Npy.write(input, counted(arena, 3, 7, 10));
            run("im2col").isRefused("--input", "[3, 7, 10]", "rank 4");
            run("col2im", "--shape", "2,3,7,10").isRefused("--input", "[3, 7, 10]", "rank 2");
            assertThat(output).doesNotExist();
        }
    }
}
