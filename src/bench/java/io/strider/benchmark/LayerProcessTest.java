package io.strider.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerProcessTest {
    private static final Workload SEED =
            new Workload(Pass.FORWARD, Shapes.named("reference.3x3.2-7.5"), 3, 2);

    @ParameterizedTest
    @ValueSource(strings = {"onednn", "onnxruntime", "strider"})
    void aProcessComputesWhatThePlainWayDoesAndTellsItsTimes(String engine) throws Exception {
        try (LayerProcess process = new LayerProcess(engine);
                Operands operands = new Operands(SEED);
                Agreement agreement = new Agreement(operands)) {
            StriderEngine.plain(
                    SEED,
                    operands.input(),
                    operands.weight(),
                    operands.output(),
                    operands.result());
            assertThat(agreement.take("plain", operands.result())).isEmpty();
            assertThat(process.description()).isNotEmpty();
            List<String> layouts = process.open(SEED);
            assertThat(layouts).isNotEmpty();
            for (String layout : layouts) {
                assertThat(process.prepare(layout)).isNotEmpty();
                operands.spoilResult();
                process.result(layout, Operands.bytes(operands.result()));
                Optional<String> wrong = agreement.take(layout, operands.result());
                assertThat(wrong).isEmpty();
                assertThat(process.warm(layout, 1)).isPositive();
                assertThat(process.time(layout, 1, 3)).isPositive();
                assertThat(process.heapBytes(layout, 3)).isNotNegative();
            }
            process.closeWorkload();
            assertThat(process.open(new Workload(Pass.DATA, SEED.shape(), 1, 1)))
                    .isEqualTo(engine.equals("onnxruntime") ? List.of() : layouts);
            assertThat(process.isAlive()).isTrue();
        }
    }

    @Test
    void whatCannotBePreparedIsToldAndTheProcessGoesOn() throws Exception {
        try (LayerProcess process = new LayerProcess("strider")) {
            assertThatExceptionOfType(EngineException.class)
                    .isThrownBy(() -> process.prepare("nhwc")) // no workload is open
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
            assertThat(process.open(SEED)).containsExactly("nhwc", "nchw");
        }
    }

    @Test
    void anEngineThatIsNoneIsTold() {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> new LayerProcess("none").close());
    }
}
