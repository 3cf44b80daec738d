package io.strider.benchmark.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetworkTableTest {
    private static NetworkRow row(
            String engine, String network, int batch, double median, String error) {
        return new NetworkRow(
                engine,
                new NetworkRow.Workload(network, batch, 1),
                median,
                median * 2,
                median * 3,
                (long) (median * 1e6),
                Optional.ofNullable(error));
    }

    @Test
    void aRowHasTheColumnsOfTheHeader() {
        assertThat(NetworkRow.HEADER)
                .isEqualTo(
                        "engine,network,batch,threads,median_ms,images_per_s,load_ms,first_ms,peak_rss_mb");
        assertThat(row("strider", "resnet50", 8, 20, null).csv())
                .isEqualTo("strider,resnet50,8,1,20.0000,400.000,40.00,60.00,20.0");
        assertThat(row("strider", "a,\"b\"", 8, 20, null).csv())
                .startsWith("strider,\"a,\"\"b\"\"\",8,");
    }

    @Test
    void aLineAWorkloadWithTheRatioAndWhatIsWanted() {
        NetworkTable table =
                new NetworkTable(
                        List.of(
                                row("strider", "resnet18", 1, 6, null),
                                row("onnxruntime", "resnet18", 1, 10, null),
                                row("onnxruntime", "mine", 1, 10, null)));
        List<String> lines = table.lines();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(2)).containsSubsequence("6.00", "10.00", "0.60", "0.70", "12/20");
        assertThat(lines.get(3)).containsSubsequence("mine", "–", "10.00", "–", "–/20");
    }

    @Test
    void targetsAreToldForWhatWasRun() {
        NetworkTable table =
                new NetworkTable(
                        List.of(
                                row("strider", "resnet50", 8, 95, null),
                                row("onnxruntime", "resnet50", 8, 100, null),
                                row("strider", "resnet50", 1, 11, null),
                                row("onnxruntime", "resnet50", 1, 10, null),
                                row("strider", "shufflenetv2", 1, 1, null),
                                row("onnxruntime", "shufflenetv2", 1, 1, null)));
        assertThat(table.targets()).hasSize(4);
        assertThat(table.targets().get(0)).contains("batch 8", "time", "0.95", "0.90", "SHORT");
        assertThat(table.targets().get(1)).contains("batch 1", "time", "1.10", "0.90", "SHORT");
        assertThat(table.targets().get(2)).contains("peak memory", "0.95", "1.00", "reached");
        assertThat(table.targets().get(3)).contains("load time", "1.10", "1.00", "SHORT");
    }

    @Test
    void aWrongResultIsAnErrorAndHasNoRatio() {
        NetworkTable table =
                new NetworkTable(
                        List.of(
                                row("strider", "resnet18", 1, 1, "1.0 instead of 2.0"),
                                row("onnxruntime", "resnet18", 1, 10, null)));
        assertThat(table.lines().get(2)).doesNotContain("0.10");
        assertThat(table.lines().get(3)).contains("ERROR", "1.0 instead of 2.0");
        assertThat(table.targets()).isEmpty();
    }
}
