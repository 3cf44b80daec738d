package io.strider.server.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoadReportTest {
    private static final LoadReport REPORT =
            new LoadReport(
                    10,
                    1234,
                    new TreeMap<>(Map.of(200, 1000L, 429, 20L, 503, 3L)),
                    new TreeMap<>(Map.of("connection refused", 4L)),
                    "status 503, over",
                    new LoadLatencies(1000, 1.5, 2.5, 30.25, 40, 50),
                    new LoadLatencies(20, 0.5, 0.75, 1, 1, 1.25),
                    0.125,
                    64,
                    0.034);

    @Test
    void whatIsNeitherAnsweredNorRefusedFailed() {
        assertThat(REPORT.failed()).isEqualTo(7);
        assertThat(REPORT.picturesPerSecond()).isEqualTo(123.4);
    }

    @Test
    void theTableSaysAll() {
        assertThat(REPORT.table().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "throughput 123.4 pictures/s (1234 in 10.0 s)",
                        "latency, ms requests p50 p90 p99 p99.9 max",
                        "accepted 1000 1.50 2.50 30.25 40.00 50.00",
                        "refused 20 0.50 0.75 1.00 1.00 1.25",
                        "failed 7 {connection refused=4}",
                        "statuses 200: 1000, 429: 20, 503: 3 64 connections",
                        "this process 3.4 % of the processors; latest request 0.1 ms late");
    }

    @Test
    void csvHasATitleForEachFigure() {
        List<String> lines = REPORT.csv().lines().toList();
        assertThat(lines).hasSize(2);
        List<String> titles = List.of(lines.get(0).split(",", -1));
        List<String> figures = List.of(lines.get(1).split(",", -1));
        assertThat(figures).hasSameSizeAs(titles);
        assertThat(figures.get(titles.indexOf("pictures_per_second"))).isEqualTo("123.400");
        assertThat(figures.get(titles.indexOf("accepted_p99_ms"))).isEqualTo("30.2500");
        assertThat(figures.get(titles.indexOf("failed"))).isEqualTo("7");
    }

    @Test
    void jsonHasTheCountsToo() {
        JsonNode json = new JsonMapper().readTree(REPORT.json());
        assertThat(json.path("refused_p50_ms").asDouble()).isEqualTo(0.5);
        assertThat(json.path("statuses").path("503").asInt()).isEqualTo(3);
        assertThat(json.path("failures").path("connection refused").asInt()).isEqualTo(4);
        assertThat(json.path("first_failure").asString()).isEqualTo("status 503, over");
    }
}
