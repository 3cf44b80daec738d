package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.onnx.OnnxBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {
    @TempDir private Path folder;
    private Path model;

    @BeforeEach
    void write() throws IOException {
        model =
                Files.write(
                        folder.resolve("model.onnx"),
                        new OnnxBuilder()
                                .opset(17)
                                .input("x", "N", 2, "H", "W")
                                .initializer("w", new float[6 * 2 * 9], 6, 2, 3, 3)
                                .node("first", "Conv", List.of("x", "w"), List.of("c"))
                                .node("second", "Relu", List.of("c"), List.of("r"))
                                .node("third", "Tanh", List.of("r"), List.of("y"))
                                .output("y")
                                .toBytes());
    }

    @Test
    void namesEveryStepItsAlgorithmAndItsMemory() {
        Run run = Run.of("explain", model, "--batch", 3, "--shape", "x=3x2x12x20").isDone();
        assertThat(run.out())
                .contains(
                        "model.onnx: operator set 17, from strider test",
                        "x  float32[3, 2, 12, 20]",
                        "y  float32[3, 6, 10, 18]",
                        "first + second",
                        "3×6×10×18",
                        "0.06", // 3·6·10·18·2·9 multiply-adds are 0.058 million
                        "third",
                        "2 steps, 0.1 MMACs, 432 bytes of weights");
    }

    @Test
    void timesTheStepsIfAsked() {
        Run run = Run.of("explain", model, "--time", 3, "--shape", "1x2x9x8").isDone();
        assertThat(run.out())
                .contains("      ms  nodes", "1×6×7×6")
                .containsPattern("run, [0-9.]+ ms");
    }

    @Test
    void inputsOfOtherTypesAreTimedToo() throws IOException {
        Path gather =
                Files.write(
                        folder.resolve("gather.onnx"),
                        new OnnxBuilder()
                                .opset(17)
                                .input("x", 3, 2)
                                .typedInput("i", OnnxBuilder.INT64, 2)
                                .node("pick", "Gather", List.of("x", "i"), List.of("y"))
                                .node("size", "Shape", List.of("y"), List.of("s"))
                                .output("y")
                                .output("s")
                                .toBytes());
        Run run = Run.of("explain", gather, "--time", 1).isDone();
        assertThat(run.out()).contains("i  int64[2]", "s  int64[2]", "pick");
    }

    @Test
    void badInputIsRefused() throws IOException {
        Run.of("explain", folder.resolve("none.onnx")).isRefused("none.onnx");
        Run.of("explain", model, "--shape", "z=1x2").isRefused("--shape z=1x2", "[x]");
        Run.of("explain", model, "--shape", "x=1xtwo").isRefused("'1xtwo'");
        Run.of("explain", model, "--shape", "x=1x3x9x9").isRefused("x", "[1, 3, 9, 9]");
        Run.of("explain", model, "--shape", "x=1x2x2x9").isRefused("first");
        Run.of("explain", model, "--time", 0).isRefused("0");
        Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
        Run.of("explain", text).isRefused("text.onnx");
        Path unsupported =
                Files.write(
                        folder.resolve("loop.onnx"),
                        new OnnxBuilder()
                                .opset(17)
                                .input("x", 1)
                                .node("again", "Loop", List.of("x"), List.of("y"))
                                .output("y")
                                .toBytes());
        Run.of("explain", unsupported).isRefused("'again' (Loop)");
    }
}
