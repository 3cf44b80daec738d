package io.strider.cli;

import io.strider.server.load.HttpAnswer;
import io.strider.server.load.HttpConnection;
import io.strider.server.load.HttpTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strider health}: whether a server is ready. */
@Command(
        name = "health",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        sortOptions = false,
        description = {
            "Ask a server whether it is ready. The exit code is 0 if it is, 1 if it is not, and"
                    + " nothing is written if it is; for a container's HEALTHCHECK.",
            "",
            "Without an address it is the server of this machine whose options are in the"
                    + " environment: STRIDER_PORT, and with STRIDER_TLS_CERT https."
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  strider health", "  strider health http://localhost:8080 && echo ready"})
final class HealthCommand extends StriderCommand {
    private static final int OK = 200;
    private static final int KEPT = 300;

    private final Map<String, String> environment;

    @Parameters(
            arity = "0..1",
            paramLabel = "<url>",
            description = "The server's address, such as http://localhost:8080.")
    private @Nullable String url;

    @Option(
            names = "--certificate",
            paramLabel = "<file>",
            description =
                    "For https: the server's own certificate in PEM, which alone is trusted, whatever"
                            + " name it has. Default: STRIDER_TLS_CERT; without it trust as Java"
                            + " does.")
    private @Nullable Path certificate;

    @Option(
            names = "--timeout",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description = "How long to wait for an answer. Default: 3s.")
    private Duration timeout = Duration.ofSeconds(3);

    HealthCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    int run() throws IOException {
        HttpTarget target = target();
        try (HttpConnection connection = HttpConnection.open(target, timeout)) {
            HttpAnswer answer =
                    connection.send(target.request("GET", "/healthz", Map.of(), new byte[0]), KEPT);
            if (answer.status() == OK) {
                return ExitCode.DONE;
            }
            return unready(target, "status " + answer.status() + ", " + answer.body());
        } catch (IOException failed) {
            return unready(target, Failures.words(failed));
        }
    }

    private HttpTarget target() throws IOException {
        String own = environment.getOrDefault("STRIDER_TLS_CERT", "");
        String scheme = own.isEmpty() ? "http" : "https";
        HttpTarget target =
                HttpTarget.of(
                        url != null
                                ? url
                                : scheme
                                        + "://127.0.0.1:"
                                        + environment.getOrDefault("STRIDER_PORT", "8080"));
        Path known = certificate != null || own.isEmpty() ? certificate : Path.of(own);
        return known == null || !target.secure() ? target : target.knownBy(known);
    }

    private int unready(HttpTarget target, String why) {
        err().println("strider: " + Failures.oneLine(target.url() + " is not ready: " + why));
        err().flush();
        return ExitCode.FAILED;
    }
}
