package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.load.HttpAnswer;
import io.strider.server.load.HttpTarget;
import java.awt.Color;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A server with a certificate of its own, and the commands that trust it or do not. */
class TlsTest {
    @TempDir private static Path folder;

    private static ServeRun run;
    private static HttpTarget target;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        run =
                ServeRun.start(
                        "--model",
                        Pictures.model(folder.resolve("colors.onnx")),
                        "--log",
                        "off",
                        "--tls-key",
                        ServeRun.tls("server.key"),
                        "--tls-cert",
                        ServeRun.tls("server.pem"));
        target = run.ready("colors");
    }

    @AfterAll
    static void end() {
        run.signal("TERM");
        run.end().isDone();
    }

    @Test
    void picturesAreEmbeddedOverIt() throws IOException {
        assertThat(target.url()).startsWith("https://");
        Path picture = Pictures.write(folder.resolve("a.png"), 7, 10, Color.RED);
        HttpAnswer answer =
                ServeRun.embed(
                        target.knownBy(ServeRun.tls("server.pem")),
                        picture,
                        Map.of("Content-Type", "image/png"));
        assertThat(answer.body()).contains("[1.0,0.0,0.0]");
    }

    @Test
    void itIsHealthyForWhoKnowsItsCertificateWhateverItsName() {
        Run known =
                Run.of("health", target.url(), "--certificate", ServeRun.tls("server.pem"))
                        .isDone();
        assertThat(known.out() + known.err()).isEmpty();
        String byName = target.url().replace("127.0.0.1", "localhost");
        Run.of("health", byName, "--certificate", ServeRun.tls("server.pem")).isDone();
    }

    @Test
    void nobodyElseIsTrusted() {
        Run.of("health", target.url(), "--certificate", ServeRun.tls("other.pem"))
                .fails(1, target.url() + " is not ready: ", "PKIX");
        Run.of("health", target.url()).fails(1, target.url() + " is not ready: ", "PKIX");
        Run.of("load", target.url(), "--certificate", ServeRun.tls("other.pem"))
                .isRefused(target.url(), "PKIX");
    }

    @Test
    void whoSpeaksPlainlyIsNotUnderstood() {
        String plain = target.url().replace("https", "http");
        Run.of("health", plain).fails(1, plain + " is not ready: ");
    }

    @Test
    void aFileThatIsNoCertificateIsRefused() throws IOException {
        Path rubbish = Files.writeString(folder.resolve("rubbish.pem"), "rubbish");
        for (Object file : new Object[] {rubbish, ServeRun.tls("server.key")}) {
            Run.of("health", target.url(), "--certificate", file)
                    .isRefused(file + ": no certificate (expected: one in PEM)");
            Run.of("load", target.url(), "--certificate", file).isRefused(file.toString());
        }
        Run.of("health", target.url(), "--certificate", "/nowhere.pem")
                .isRefused("/nowhere.pem: no such file");
    }

    @Test
    void theEnvironmentTellsOfTheServerOfThisMachine() {
        Map<String, String> environment =
                Map.of(
                        "STRIDER_PORT",
                        "" + target.port(),
                        "STRIDER_TLS_CERT",
                        ServeRun.tls("server.pem").toString());
        health(environment).isDone();
        health(environment, "--certificate", ServeRun.tls("other.pem").toString()).fails(1, "PKIX");
        // A plain server's address needs no certificate.
        health(environment, "http://127.0.0.1:" + target.port()).fails(1, "http://127.0.0.1");
        health(Map.of("STRIDER_PORT", "" + target.port())).fails(1, "http://127.0.0.1");
    }

    private static Run health(Map<String, String> environment, String... arguments) {
        StringWriter err = new StringWriter();
        int code =
                new CommandLine(new HealthCommand(environment))
                        .setErr(new PrintWriter(err))
                        .execute(arguments);
        return new Run(code, "", err.toString());
    }

    @Test
    void itIsPutUnderLoad() {
        Run load =
                Run.of(
                                "load",
                                target.url(),
                                "--certificate",
                                ServeRun.tls("server.pem"),
                                "--warmup",
                                "0ms",
                                "--duration",
                                "200ms",
                                "--clients",
                                "2")
                        .isDone();
        assertThat(load.out()).contains("throughput", "accepted").doesNotContain("failed: ");
    }
}
