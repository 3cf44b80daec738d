package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.load.HttpAnswer;
import io.strider.server.load.HttpTarget;
import java.awt.Color;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command's options and its life; what it serves is shown elsewhere. */
class ServeCommandTest {
    private static final Map<String, String> PNG = Map.of("Content-Type", "image/png");

    @TempDir private Path folder;

    private Path model;
    private Path picture;

    @BeforeEach
    void write() throws IOException {
        model = Pictures.model(folder.resolve("colors.onnx"));
        picture = Pictures.write(folder.resolve("a.png"), 7, 10, Color.RED);
    }

    @Test
    void itServesUntilASignalEndsIt() throws Exception {
        try (ServeRun run = ServeRun.start("--model", model)) {
            HttpTarget target = run.ready("colors");
            HttpAnswer answer = ServeRun.embed(target, picture, PNG);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("\"model\":\"colors\"", "[1.0,0.0,0.0]");
            run.signal("TERM");
            Run end = run.end();
            assertThat(end.code()).as(end.err()).isZero();
            assertThat(end.err())
                    .contains("\"path\":\"/embed\",\"status\":200")
                    .contains("ending on SIGTERM", "all that was accepted is answered");
            assertThat(end.out()).hasLineCount(1);
        }
    }

    @Test
    void hangingUpReplacesTheModelsOrLeavesThem() throws Exception {
        try (ServeRun run = ServeRun.start("--model", model, "--log", "TEXT")) {
            HttpTarget target = run.ready("colors");
            run.signal("HUP");
            run.awaitLog("strider: replaced models\n");
            assertThat(ServeRun.get(target, "/v2/models/colors").body())
                    .contains("\"versions\":[\"2\"]");
            Files.writeString(model, "rubbish");
            run.signal("HUP");
            run.awaitLog("strider: models not replaced: model colors: ");
            assertThat(ServeRun.embed(target, picture, PNG).status()).isEqualTo(200);
            run.signal("INT");
            assertThat(run.end().code()).isZero();
        }
    }

    @Test
    void aRequestThatDoesNotEndInTimeIsGivenUp() throws Exception {
        try (ServeRun run =
                ServeRun.start("--model", model, "--log", "off", "--drain-timeout", "100ms")) {
            HttpTarget target = run.ready("colors");
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), target.port())) {
                client.getOutputStream()
                        .write(
                                ServeRun.bytes(
                                        "POST /embed HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
                                                + "Content-Length: 10\r\n\r\nabc"));
                while (!ServeRun.get(target, "/metrics").body().contains("body_bytes 3.0")) {
                    Thread.onSpinWait(); // until it is under way
                }
                run.signal("TERM");
                Run end = run.end();
                assertThat(end.code()).isEqualTo(1);
                assertThat(end.err()).contains("requests were given up after 100 ms");
            }
        }
    }

    @Test
    void anInterruptionEndsItAsASignalDoes() throws Exception {
        ServeRun run = ServeRun.start("--model", model);
        HttpTarget _ = run.ready("colors");
        run.thread.interrupt();
        assertThat(run.end().code()).isZero();
    }

    @Test
    void withoutAModelItServesFaces() throws Exception {
        try (ServeRun run = ServeRun.start("--threads", "1", "--memory", "512M")) {
            assertThat(ServeRun.get(run.ready("faces"), "/v1/models").body())
                    .contains("\"id\":\"faces\"");
        }
    }

    @Test
    void modelsHaveTheNamesThatAreGiven() throws Exception {
        Path other = Files.copy(model, folder.resolve("without-ending"));
        try (ServeRun run =
                ServeRun.start("--model", "first=" + model, "--model", model + "," + other)) {
            HttpTarget target = run.ready("first, colors, without-ending");
            HttpAnswer answer = ServeRun.embed(target, picture, PNG);
            assertThat(answer.body()).contains("\"model\":\"first\"");
        }
    }

    @Test
    void quietlyItSaysNothing() throws Exception {
        try (ServeRun run = ServeRun.start("--model", model, "--log", "off", "--quiet")) {
            do { // answers to each of these come in turn
                run.signal("HUP");
                run.awaitLog("\n");
            } while (!run.said().contains("replaced models\n"));
            run.signal("TERM");
            Run end = run.end().isDone();
            assertThat(end.out()).isEmpty();
            assertThat(end.err()).endsWith("strider: ended; all that was accepted is answered\n");
        }
    }

    @Test
    void limitsAreThoseOfTheOptions() throws Exception {
        try (ServeRun run =
                ServeRun.start(
                        "--model",
                        model,
                        "--max-pixels",
                        "69",
                        "--max-pictures",
                        "1",
                        "--max-body",
                        "2K",
                        "--max-queue",
                        "4",
                        "--max-batch",
                        "2",
                        "--max-delay",
                        "0ms")) {
            HttpTarget target = run.ready("colors");
            assertThat(ServeRun.embed(target, picture, PNG).body())
                    .contains("too_large", "69 pixels");
            HttpAnswer two =
                    ServeRun.ask(
                            target,
                            "POST",
                            "/embed",
                            Map.of("Content-Type", "application/json"),
                            ServeRun.bytes("{\"images\":[\"AAAA\",\"AAAA\"]}"));
            assertThat(two.body()).contains("pictures: 2 (expected: at most 1 in a request)");
            HttpAnswer large = ServeRun.ask(target, "POST", "/embed", PNG, new byte[2049]);
            assertThat(large.status()).isEqualTo(413);
        }
    }

    @Test
    void keysOpenWhatTheyAreFor() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "one\n\n two \n");
        Path admin = Files.writeString(folder.resolve("admin"), "three\n");
        try (ServeRun run =
                ServeRun.start(
                        "--model", model, "--api-key-file", keys, "--admin-key-file", admin)) {
            HttpTarget target = run.ready("colors");
            assertThat(ServeRun.embed(target, picture, PNG).status()).isEqualTo(401);
            for (String key : new String[] {"one", "two"}) {
                Map<String, String> headers = Map.of("Content-Type", "image/png", "X-API-Key", key);
                assertThat(ServeRun.embed(target, picture, headers).status()).isEqualTo(200);
            }
            Map<String, String> three = Map.of("X-API-Key", "three");
            HttpAnswer reloaded = ServeRun.ask(target, "POST", "/admin/reload", three, new byte[0]);
            assertThat(reloaded.body()).contains("\"version\":2");
        }
    }

    @Test
    void noMoreConnectionsAreTakenThanFilesMayBeOpen() throws Exception {
        Path limits =
                Files.writeString(
                        folder.resolve("limits"),
                        """
                        Limit          Soft Limit  Hard Limit  Units
                        Max open files            200      200      files
                        """);
        try (ServeRun run = ServeRun.limited(limits, "--model", model, "--log", "text")) {
            run.awaitLog("--max-connections: 4096, taken as 72: this process may open 200 files");
            HttpTarget _ = run.ready("colors");
        }
        Files.writeString(limits, "Max open files            unlimited   unlimited   files\n");
        try (ServeRun run = ServeRun.limited(limits, "--model", model, "--log", "text")) {
            HttpTarget _ = run.ready("colors");
            run.signal("TERM");
            assertThat(run.end().err()).doesNotContain("--max-connections");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--port, 70000, port: 70000",
        "--port, many, many",
        "--max-batch, 0, 'maxBatch: 0'",
        "--max-delay, 2m, 'maxDelay: '",
        "--max-delay, soon, 'soon'",
        "--threads, 0, '0 (expected: 1 to '",
        "--max-queue, 0, '0 (expected: 1 to '",
        "--max-pictures, 0, 'maxPictures: 0 (expected: 1 to 10000)'",
        "--max-pictures, 10001, 'maxPictures: 10001 (expected: 1 to 10000)'",
        "--max-pixels, 0, 'axPixels: 0'",
        "--max-body, 2G, 'maxBody: 2147483648'",
        "--max-body, much, 'much'",
        "--max-connections, 0, 'maxConnections: 0'",
        "--request-timeout, 0ms, 'requestTimeout: '",
        "--header-timeout, 0ms, 'headerTimeout: '",
        "--idle-timeout, 0ms, 'idleTimeout: '",
        "--host, no.such.host.invalid, 'no.such.host.invalid: unknown'",
        "--log, loud, loud",
        "--model, /nowhere/a.onnx, 'model a: '",
        "--model, 'two words=x', 'two words'",
        "--api-key-file, /nowhere, '/nowhere: no such file'",
        "--tls-key, /nowhere, '--tls-key, --tls-cert: one without the other'",
        "--tls-cert, /nowhere, '--tls-key, --tls-cert: one without the other'"
    })
    void badOptionsAreRefused(String option, String value, String words) {
        try (ServeRun run = ServeRun.start("--model", model, option, value)) {
            Run end = run.end();
            assertThat(end.code()).as(end.err()).isEqualTo(2);
            assertThat(end.err()).startsWith("strider: ").contains(words);
            assertThat(end.out()).isEmpty();
        }
    }

    @Test
    void aFileWithoutAKeyIsRefused() throws IOException {
        Path empty = Files.writeString(folder.resolve("keys"), " \n");
        try (ServeRun run = ServeRun.start("--api-key-file", empty)) {
            run.end().isRefused(empty + ": no key (expected: one a line)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.pem", "/nowhere"})
    void aBadKeyForTlsIsRefused(String key) {
        Path file = ServeRun.tls(key);
        try (ServeRun run =
                ServeRun.start("--tls-key", file, "--tls-cert", ServeRun.tls("server.pem"))) {
            run.end().isRefused(file.toString());
        }
    }

    @Test
    void aPortThatIsTakenIsRefused() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServeRun run = ServeRun.start("--model", model, "--port", taken.getLocalPort())) {
            run.end().isRefused("port " + taken.getLocalPort(), "--port takes another one");
        }
    }
}
