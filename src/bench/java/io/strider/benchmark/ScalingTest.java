package io.strider.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingTest {
    private static Row row(String engine, int batch, int threads, String layout, double median) {
        Workload workload =
                new Workload(Pass.FORWARD, Shapes.named("resnet50.3x3.64.56"), batch, threads);
        return new Row(engine, workload, layout, "A", median, 250, "Core", 0);
    }

    @Test
    void threadsAndBatchesAreComparedInEachEnginesBestLayout() {
        Ratios ratios =
                new Ratios(
                        List.of(
                                row("onednn", 8, 1, "blocked", 9),
                                row("strider", 8, 1, "nhwc", 8),
                                row("strider", 8, 1, "nchw", 80),
                                row("strider", 32, 1, "nhwc", 40),
                                row("onednn", 8, 2, "nchw", 6),
                                row("onednn", 8, 2, "blocked", 5),
                                row("strider", 8, 2, "nhwc", 5)));
        List<String> lines = Scaling.lines(ratios);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .contains("resnet50.3x3.64.56", "1 thread", "batch 32 over 8 per picture")
                .endsWith("strider 1.25");
        assertThat(lines.get(1))
                .contains("batch 8", "two threads over one")
                .endsWith("onednn 1.80  strider 1.60");
    }

    @Test
    void aSingleRunSaysNothingOfIt() {
        assertThat(Scaling.lines(new Ratios(List.of(row("strider", 8, 1, "nhwc", 8))))).isEmpty();
    }
}
