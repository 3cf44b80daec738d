package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.load.FakeServer;
import io.strider.server.load.FakeServer.Reply;
import io.strider.server.load.HttpTarget;
import io.strider.server.load.LoadOptions;
import io.strider.server.load.LoadProgress;
import io.strider.server.load.LoadRequest;
import io.strider.server.load.LoadRun;
import java.awt.Color;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadCommandTest {
    @TempDir private Path folder;

    private static Run load(FakeServer server, Object... options) {
        List<Object> all = new ArrayList<>(List.of("load", server.url(), "--warmup", "0ms"));
        Collections.addAll(all, "--duration", "100ms", "--clients", "2");
        Collections.addAll(all, options);
        return Run.of(all.toArray());
    }

    @Test
    void theReportIsOnStandardOutputAndInTheFile() throws IOException {
        Path csv = folder.resolve("a.csv");
        Path json = folder.resolve("a.json");
        try (FakeServer server = FakeServer.willing()) {
            Run run = load(server, "--out", csv).isDone();
            assertThat(run.out()).contains("throughput", "accepted", "p99.9", "of the processors");
            assertThat(run.err()).isEmpty();
            load(server, "--out", json, "--rate", "50").isDone();
        }
        assertThat(Files.readString(csv)).startsWith("seconds,pictures,").hasLineCount(2);
        assertThat(Files.readString(json)).contains("\"accepted\" : 5", "\"200\" : 5");
    }

    @Test
    void theWholeOfAFolderIsSentAsTheProtocolAsks() throws IOException {
        Pictures.write(folder.resolve("in/a.png"), 7, 10, Color.RED);
        Pictures.write(folder.resolve("in/b.png"), 7, 10, Color.BLUE);
        try (FakeServer server = FakeServer.willing()) {
            load(server, "--pictures", folder.resolve("in"), "--model", "m", "--key", "k").isDone();
            assertThat(server.asked())
                    .allMatch(asked -> asked.path().equals("/embed?model=m"))
                    .allMatch(asked -> asked.header("Authorization").equals("Bearer k"))
                    .anyMatch(asked -> asked.text().startsWith("\u0089PNG"));
            load(server, "--protocol", "openai", "--model", "m", "--per-request", "3").isDone();
            assertThat(server.asked().getLast().path()).isEqualTo("/v1/embeddings");
        }
    }

    @Test
    void tensorsHaveTheShapeThatIsTold() throws IOException {
        String described =
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,3,-1,-1]}]}";
        try (FakeServer server = new FakeServer((_, _) -> new Reply(200, described))) {
            load(server, "--protocol", "infer", "--model", "m", "--shape", "3,7,10").isDone();
            assertThat(server.asked().getLast().text()).contains("[1,3,7,10]");
            load(server, "--protocol", "infer", "--model", "m").isRefused("shape: missing");
        }
    }

    @Test
    void refusalsAreNoFailureButAnythingElseIs() throws IOException {
        try (FakeServer full = new FakeServer((_, _) -> new Reply(429, "later"))) {
            load(full).isDone();
        }
        try (FakeServer failing =
                new FakeServer((_, number) ->
                        number == 1 ? new Reply(500, "oh\nno") : new Reply(200, "{}"))) {
            Run run = load(failing).fails(1, "1 requests failed", "status 500, oh; no");
            assertThat(run.out()).contains("500: 1");
        }
    }

    @Test
    void aServerThatRefusesTheFirstRequestIsNotAskedAgain() throws IOException {
        try (FakeServer server = new FakeServer((_, _) -> new Reply(401, "a key is missing"))) {
            load(server).isRefused(server.url(), "401", "a key is missing");
            assertThat(server.asked()).hasSize(1);
        }
    }

    @Test
    void withoutAServerItSaysHowToStartOne() throws IOException {
        String url;
        try (FakeServer server = FakeServer.willing()) {
            url = server.url();
        }
        Run.of("load", url).isRefused(url, "Connection refused", "strider serve");
        Run.of("load", url, "--protocol", "openai").isRefused(url, "strider serve");
    }

    @ParameterizedTest
    @CsvSource({
        "--clients, 0, clients: 0",
        "--rate, 0, rate: 0",
        "--duration, 3, 30s",
        "--duration, 0s, duration: ",
        "--per-request, 0, --per-request: 0",
        "--protocol, grpc, embed",
        "--shape, '3,4', --protocol infer",
        "--out, a.txt, .json",
        "--out, /nowhere/a.csv, existing folder",
        "--pictures, /nowhere, no pictures",
        "--certificate, /nowhere, no such file"
    })
    void optionsAreChecked(String option, String value, String words) throws IOException {
        try (FakeServer server = FakeServer.willing()) {
            Run run = Run.of("load", server.url(), option, value);
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).containsIgnoringCase(words);
            assertThat(server.asked()).isEmpty();
        }
    }

    @Test
    void theLineOnATerminalTellsASecond() {
        assertThat(LoadLine.line(3, 35, new LoadProgress(100, 1, 0), new LoadProgress(250, 3, 2)))
                .endsWith("strider: 3 of 35 s: 150 pictures/s, 2 refused/s, 2 failed");
    }

    @Test
    void theLineIsTakenAwayAgain() throws Exception {
        Lines err = new Lines();
        LoadRun run =
                new LoadRun(
                        HttpTarget.of("localhost"),
                        new LoadOptions(
                                1,
                                OptionalDouble.empty(),
                                Duration.ZERO,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1)),
                        List.of(new LoadRequest(new byte[0], 1)));
        try (LoadLine _ =
                new LoadLine(new PrintWriter(err, true), run, Duration.ofMillis(1500), true)) {
            assertThat(err.await("failed"))
                    .contains("strider: 1 of 2 s: 0 pictures/s, 0 refused/s, 0 failed");
        }
        assertThat(err.toString()).endsWith("\r\u001b[K");
        Lines quiet = new Lines();
        try (LoadLine _ =
                new LoadLine(new PrintWriter(quiet, true), run, Duration.ofSeconds(1), false)) {
            assertThat(quiet.toString()).isEmpty();
        }
        assertThat(quiet.toString()).isEmpty();
    }

    @Test
    void aServerIsHealthyOrNot() throws IOException {
        try (FakeServer ready = FakeServer.willing();
                FakeServer starting = new FakeServer((_, _) -> new Reply(503, "not yet"))) {
            Run run = Run.of("health", ready.url()).isDone();
            assertThat(run.out() + run.err()).isEmpty();
            assertThat(ready.asked().getFirst().path()).isEqualTo("/healthz");
            Run.of("health", starting.url()).fails(1, starting.url(), "503", "not yet");
        }
    }

    @Test
    void theServerThatTheEnvironmentNamesIsAsked() throws IOException {
        try (FakeServer ready = FakeServer.willing()) {
            String port = ready.url().substring(ready.url().lastIndexOf(':') + 1);
            picocli.CommandLine line =
                    new picocli.CommandLine(new HealthCommand(Map.of("STRIDER_PORT", port)));
            assertThat(line.execute()).isZero();
            Map<String, String> secure =
                    Map.of("STRIDER_PORT", port, "STRIDER_TLS_CERT", "/nowhere/cert.pem");
            assertThat(new picocli.CommandLine(new HealthCommand(secure)).execute()).isEqualTo(2);
        }
    }
}
