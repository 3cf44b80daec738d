package io.strider.benchmark.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkOptionsTest {
    private static List<String> names(NetworkOptions options) {
        return options.models().stream().map(NetworkSource::name).toList();
    }

    @Test
    void nothingSaidMeansEveryNetworkOneAndEightImagesOneAndTwoThreads() {
        NetworkOptions options = NetworkOptions.parse();
        assertThat(names(options))
                .containsExactly(
                        "resnet18",
                        "resnet50",
                        "mobilenetv2",
                        "squeezenet1.1",
                        "densenet121",
                        "shufflenetv2",
                        "face");
        assertThat(options.batches()).containsExactly(1, 8);
        assertThat(options.threads()).containsExactly(1, 2);
        assertThat(options.engines()).containsExactly("strider", "onnxruntime");
        assertThat(options.out()).isEmpty();
    }

    @Test
    void quickMeansOneImageAndOneThreadUnlessTold() {
        NetworkOptions quick = NetworkOptions.parse("--quick", "--threads", "2");
        assertThat(quick.quick()).isTrue();
        assertThat(quick.batches()).containsExactly(1);
        assertThat(quick.threads()).containsExactly(2);
    }

    @Test
    void filesFollowTheirOptionUntilTheNext(@TempDir Path folder) throws Exception {
        Path a = Files.createFile(folder.resolve("a.onnx"));
        Path b = Files.createFile(folder.resolve("b.model"));
        NetworkOptions files =
                NetworkOptions.parse("--onnx", a.toString(), b.toString(), "--batches", "3");
        assertThat(names(files)).containsExactly("a", "b.model");
        assertThat(files.batches()).containsExactly(3);
        NetworkOptions both = NetworkOptions.parse("--onnx=" + a, "--models", "face,resnet18");
        assertThat(names(both)).containsExactly("face", "resnet18", "a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--quik",
                "networks",
                "--models",
                "--models=resnet5",
                "--models=face,",
                "--onnx",
                "--onnx=/nowhere/at/all.onnx",
                "--onnx=/",
                "--batches=0",
                "--threads=1.5",
                "--engines=torch",
                "--out=/nowhere/at/all.csv",
                "--help=yes"
            })
    void wrongArgumentsAreNamedInOneLine(String argument) {
        String option = argument.replaceFirst("=.*", "");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkOptions.parse(argument))
                .withMessageContaining(option)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void anOptionGivenTwiceIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkOptions.parse("--batches", "1", "--batches=8"))
                .withMessage("--batches: given twice");
    }
}
