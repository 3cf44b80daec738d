package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.onnx.OnnxBuilder;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {
    @TempDir private Path folder;
    private Path model;
    private Path x;

    @BeforeEach
    void write() throws IOException {
        model =
                Files.write(
                        folder.resolve("model.onnx"),
                        new OnnxBuilder()
                                .opset(17)
                                .input("x", "N", 2)
                                .typedInput("index", OnnxBuilder.INT64, 1)
                                .node("Relu", List.of("x"), List.of("positive"))
                                .node("Gather", List.of("positive", "index"), List.of("row"))
                                .node("Shape", List.of("x"), List.of("shape"))
                                .output("row")
                                .output("shape")
                                .toBytes());
        x = npy("x.npy", floats(-1, 2, 3, -4, 5, 6).reshape(3, 2));
    }

    private static NdArray floats(double... values) {
        return NdArray.ofDoubles(ElementType.FLOAT32, values, values.length);
    }

    private Path npy(String name, NdArray array) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream stream = Files.newOutputStream(file)) {
            Npy.write(stream, array);
        }
        return file;
    }

    private static NdArray read(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return Npy.readArray(stream, 1000);
        }
    }

    @Test
    void writesTheOutputsThatAreNamed() throws IOException {
        Path index = npy("index.npy", NdArray.ofIndices(2));
        Path row = folder.resolve("row.npy");
        Path shape = folder.resolve("shape.npy");
        Run run =
                Run.of(
                                "run",
                                model,
                                "--input",
                                "x=" + x,
                                "--input",
                                "index=" + index,
                                "--output",
                                "row=" + row,
                                "--output",
                                "shape=" + shape)
                        .isDone();
        assertThat(run.out())
                .contains("row: float32[1, 2], from 5.00000 to 6.00000", "shape: int64[2]");
        assertThat(read(row)).isEqualTo(floats(5, 6).reshape(1, 2));
        assertThat(read(shape)).isEqualTo(NdArray.ofIndices(3, 2));
    }

    @Test
    void numbersAreTakenInAnyTypeThatHoldsThem() throws IOException {
        Path index = npy("index.npy", NdArray.ofLongs(ElementType.UINT8, new long[] {1}, 1));
        Path doubles = npy("x64.npy", floats(1, 2).reshape(1, 2).cast(ElementType.FLOAT64));
        Path inner = folder.resolve("inner.npy");
        Path zero = npy("zero.npy", floats(0));
        Run.of("run", model, "--input", "x=" + x, "--input", "index=" + index).isDone();
        Run.of(
                        "run",
                        model,
                        "--input",
                        "x=" + doubles,
                        "--input",
                        "index=" + zero,
                        "--output",
                        "positive=" + inner)
                .isDone();
        assertThat(read(inner)).isEqualTo(floats(1, 2).reshape(1, 2));
        Path half = npy("half.npy", floats(0.5));
        Run.of("run", model, "--input", "x=" + x, "--input", "index=" + half)
                .isRefused("half.npy", "float32", "int64");
    }

    @Test
    void tensorsOfOnnxsOwnTestsAreRead() throws IOException {
        Path index =
                Files.write(
                        folder.resolve("index.pb"),
                        OnnxBuilder.tensor("i", new long[] {1}, 1).toBytes());
        Path input =
                Files.write(
                        folder.resolve("x.pb"),
                        OnnxBuilder.tensor("x", new float[] {1, 2, 3, 4}, 2, 2).toBytes());
        Path row = folder.resolve("row.npy");
        Run.of(
                        "run",
                        model,
                        "--input",
                        "x=" + input,
                        "--input",
                        "index=" + index,
                        "--output",
                        "row=" + row)
                .isDone();
        assertThat(read(row)).isEqualTo(floats(3, 4).reshape(1, 2));
        Run.of(
                        "run",
                        model,
                        "--input",
                        "x=" + input,
                        "--input",
                        "index=" + index,
                        "--output",
                        "row=" + row,
                        "--output",
                        "row=" + folder.resolve("z.npy"))
                .isRefused("row", "twice");
        Run.of("run", model, "--input", "x=" + input, "--output", row).isRefused("no name");
        Path broken = Files.write(folder.resolve("index.npy"), new byte[40]);
        Run.of("run", model, "--input", "x=" + input, "--input", "index=" + broken)
                .isRefused("index.npy", "magic");
        Run.of("run", model, "--input", "x=" + input, "--input", "index=" + folder)
                .isRefused(folder.toString(), "directory");
    }

    @Test
    void whatIsWrongIsNamedAndNothingIsWritten() throws IOException {
        Path index = npy("index.npy", NdArray.ofIndices(2));
        Map<String, String> before = Run.snapshot(folder);
        Run.of("run", model, "--input", "x=" + x).isRefused("index", "not given");
        Run.of("run", model, "--input", x).isRefused("no name");
        Run.of("run", model, "--input", "z=" + x).isRefused("z", "unknown");
        Run.of("run", model, "--input", "x=" + x, "--input", "x=" + x).isRefused("x", "twice");
        Run.of("run", model, "--input", "x=" + index, "--input", "index=" + index).isRefused("x");
        Run.of("run", model, "--input", "x=" + folder, "--input", "index=" + index)
                .isRefused(folder.toString());
        Run.of("run", folder.resolve("none.onnx")).isRefused("none.onnx");
        Run.of("run", x).isRefused("x.npy");
        Path far = npy("far.npy", NdArray.ofIndices(9));
        Files.delete(far);
        Run.of(
                        "run",
                        model,
                        "--input",
                        "x=" + x,
                        "--input",
                        "index=" + far,
                        "--output",
                        "row=" + folder.resolve("row.npy"))
                .isRefused("far.npy");
        Run.of(
                        "run",
                        model,
                        "--input",
                        "x=" + x,
                        "--input",
                        "index=" + index,
                        "--output",
                        "nowhere=" + folder.resolve("row.npy"))
                .isRefused("nowhere");
        Run.of("run", model, "--input", "x=" + x, "--output", "row=" + x).isRefused("x.npy");
        Run.of("run", model, "--input", "x=").isRefused("name=file");
        assertThat(Run.snapshot(folder)).isEqualTo(before);
    }
}
