package io.strider.benchmark.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.strider.benchmark.EngineException;
import io.strider.onnx.OnnxBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EngineProcessTest {
    @TempDir private Path folder;

    private Path model(String operator, Object... sizes) throws Exception {
        Path path = folder.resolve("model.onnx");
        new OnnxBuilder()
                .input("x", sizes)
                .node(operator, List.of("x"), List.of("y"))
                .output("y")
                .writeTo(path);
        return path;
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnxruntime", "strider"})
    void aProcessRunsTheModelAndTellsItsFigures(String engine) throws Exception {
        try (EngineProcess process = new EngineProcess(engine, 1, 3, model("Neg", "N", 5))) {
            assertThat(process.loadMillis()).isPositive();
            assertThat(process.firstMillis()).isGreaterThan(process.loadMillis());
            assertThat(process.description()).isNotEmpty();
            assertThat(process.outputs()).containsExactly(negated(15));
            assertThat(process.warm(1)).isPositive();
            assertThat(process.time(4)).hasSize(4).doesNotContain(0);
            assertThat(process.outputs()).containsExactly(negated(15));
            assertThat(process.peakBytes()).isBetween(10_000_000L, 4_000_000_000L);
        }
    }

    private static float[] negated(int count) {
        float[] values = new float[count];
        new NetworkInput("x", NetworkInput.Kind.FLOAT, count).data().asFloatBuffer().get(values);
        for (int i = 0; i < count; i++) {
            values[i] = -values[i];
        }
        return values;
    }

    @Test
    void aModelThatIsNoneIsToldInOneLine() throws Exception {
        Path path = Files.writeString(folder.resolve("bad.onnx"), "no model");
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> new EngineProcess("onnxruntime", 1, 1, path).close())
                .satisfies(
                        e -> assertThat(e.getMessage()).contains("bad.onnx").doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnxruntime", "strider"})
    void aFixedBatchIsUnfitForAnother(String engine) throws Exception {
        Path path = model("Neg", 2, 5);
        assertThatExceptionOfType(UnfitNetworkException.class)
                .isThrownBy(() -> new EngineProcess(engine, 1, 3, path).close())
                .withMessageContaining("batch is 2 (asked for: 3)");
    }

    @Test
    void inputsHaveMeanZeroAndVarianceOne() {
        int count = 100_000;
        float[] values = new float[count];
        new NetworkInput("x", NetworkInput.Kind.FLOAT, count).data().asFloatBuffer().get(values);
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        // Five standard errors of independent draws: 1/√n of the mean, √(0.8/n) of the square.
        assertThat(sum / count).isBetween(-0.016, 0.016);
        assertThat(squares / count).isBetween(0.986, 1.014);
    }
}
