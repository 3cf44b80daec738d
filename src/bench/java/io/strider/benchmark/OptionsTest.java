package io.strider.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    @Test
    void nothingSaidMeansEveryShapeForwardOneImageOneThread() {
        Options options = Options.parse();
        assertThat(options.shapes()).isEqualTo(Shapes.all());
        assertThat(options.passes()).containsExactly(Pass.FORWARD);
        assertThat(options.batches()).containsExactly(1);
        assertThat(options.threads()).containsExactly(1);
        assertThat(options.engines()).isEqualTo(Options.ENGINES);
        assertThat(options.out()).isEmpty();
    }

    @Test
    void listsKeepTheirOrderAndLoseRepetitions() {
        Options options =
                Options.parse("--passes", "weights,forward", "--batches=8,1,8", "--threads", "2");
        assertThat(options.passes()).containsExactly(Pass.WEIGHTS, Pass.FORWARD);
        assertThat(options.batches()).containsExactly(8, 1);
        assertThat(options.threads()).containsExactly(2);
    }

    @Test
    void quickTakesTheDozenUnlessShapesAreNamed() {
        assertThat(Options.parse("--quick").shapes()).isEqualTo(Shapes.quick());
        assertThat(Options.parse("--quick", "--shapes", "reference").shapes()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--quik",
                "layers",
                "--shapes",
                "--shapes=resnet5",
                "--shapes=vgg16,",
                "--passes=backward",
                "--batches=0",
                "--batches=1.5",
                "--threads=99999999999",
                "--engines=torch",
                "--out=/nowhere/at/all.csv",
                "--quick=yes"
            })
    void wrongArgumentsAreNamedInOneLine(String argument) {
        String option = argument.replaceFirst("=.*", "");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse(argument))
                .withMessageContaining(option)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void anOptionGivenTwiceIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("--batches", "1", "--batches", "8"))
                .withMessage("--batches: given twice");
    }

    @ParameterizedTest
    @CsvSource({"resnet50,26", "vgg16,9", "mobilenetv2,30", "reference,2", "resnet50.3x3,4"})
    void groupsAndBeginningsNameTheirShapes(String name, int count) {
        assertThat(Options.parse("--shapes", name).shapes()).hasSize(count);
    }

    @Test
    void shapesHaveTheNetworksSizes() {
        Shape stem = Shapes.named("resnet50.7x7s2.3-64.224");
        assertThat(stem.outSize()).isEqualTo(112);
        assertThat(stem.flops(1)).isEqualTo(2.0 * 64 * 112 * 112 * 3 * 49);
        Shape depthwise = Shapes.named("mobilenetv2.dw3x3s2.96.112");
        assertThat(depthwise.outSize()).isEqualTo(56);
        assertThat(depthwise.flops(8)).isEqualTo(2.0 * 8 * 96 * 56 * 56 * 9);
        assertThat(Shapes.named("reference.3x3s2.2-7.5").outputShape(1))
                .containsExactly(1, 7, 2, 2);
    }
}
