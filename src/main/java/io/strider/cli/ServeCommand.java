package io.strider.cli;

import io.strider.embedding.DecodingLimits;
import io.strider.server.http.ApiKeys;
import io.strider.server.http.EmbeddingServer;
import io.strider.server.http.ServerLog;
import io.strider.server.http.ServerOptions;
import io.strider.server.http.TlsFiles;
import io.strider.server.inference.ManagedInference;
import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.ModelFile;
import io.strider.server.inference.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code strider serve}: vectors for whoever asks over HTTP. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        defaultValueProvider = EnvironmentDefaults.class,
        sortOptions = false,
        description = {
            "Serve embeddings over HTTP, with the packaged network for faces or ones of your own.",
            "",
            "Endpoints: POST /embed, POST /compare, POST /v1/embeddings (OpenAI's schema), /v2 (Open"
                    + " Inference Protocol), GET /metrics (Prometheus), GET /healthz, GET"
                    + " /openapi.json; a page to try it in a browser at /.",
            "",
            "Each option can be given in the environment: --max-batch as STRIDER_MAX_BATCH, lists with"
                    + " commas. The command line wins.",
            "",
            "SIGTERM and SIGINT (Ctrl-C) end it: what was accepted is answered, the exit code is 0, or"
                    + " 1 if requests had to be given up; a second one ends it at once. SIGHUP loads"
                    + " the models again from their files, with no request failing for it."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  strider serve                                    faces on http://127.0.0.1:8080",
            "  strider serve --model faces=faces.onnx --model resnet50.onnx --port 9000",
            "  curl -H Content-Type:image/jpeg --data-binary @photograph.jpg http://127.0.0.1:8080/embed",
            "  strider serve --host 0.0.0.0 --tls-key key.pem --tls-cert chain.pem \\",
            "      --api-key-file keys.txt"
        })
final class ServeCommand extends StriderCommand {
    private static final String MODEL_END = ".onnx";

    /** Files and sockets that are not clients: libraries, models, the log. */
    private static final int OTHER_FILES = 128;

    private static final int SIGNAL_EXIT = 128;
    private static final List<String> SIGNALS = List.of("TERM", "INT", "HUP");

    private final Consumer<Consumer<String>> signals;
    private final Path limits;

    @Option(
            names = "--model",
            paramLabel = "<[name=]file>",
            split = ",",
            description = {
                "A network, by the name that requests ask for; without one the file's name without"
                        + " .onnx. May be repeated: the first is the default of requests.",
                "Default: the packaged one, which knows faces, as faces."
            })
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--port",
            paramLabel = "<n>",
            description = "0 takes any that is free and says which. Default: 8080.")
    private int port = 8080;

    @Option(
            names = "--host",
            paramLabel = "<address>",
            description =
                    "The address to listen at, 0.0.0.0 for all of this machine's. Default: 127.0.0.1.")
    private String host = "127.0.0.1";

    @Option(
            names = "--max-batch",
            paramLabel = "<n>",
            description = "Pictures that are computed at once, at most. Default: 8.")
    private int maxBatch = 8;

    @Option(
            names = "--max-delay",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description = "How long a picture waits for others, at most. Default: 2ms.")
    private Duration maxDelay = Duration.ofMillis(2);

    @Option(
            names = "--threads",
            paramLabel = "<n>",
            description = "How many threads compute. Default: as many as processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--max-queue",
            paramLabel = "<n>",
            description = "Pictures that wait, at most; further ones get 429. Default: 256.")
    private int maxQueue = 256;

    @Option(
            names = "--max-pictures",
            paramLabel = "<n>",
            description = "Pictures of one request, at most, up to 10000. Default: 64.")
    private int maxPictures = 64;

    @Option(
            names = "--max-pixels",
            paramLabel = "<n>",
            description = "Larger pictures are refused. Default: 100000000.")
    private long maxPixels = DecodingLimits.DEFAULT.maxPixels();

    @Option(
            names = "--max-body",
            paramLabel = "<bytes>",
            converter = ByteCount.Converter.class,
            description = "Larger requests are refused; 64K, 32M … Default: 32M.")
    private ByteCount maxBody = new ByteCount(32 << 20);

    @Option(
            names = "--max-connections",
            paramLabel = "<n>",
            description =
                    "Connections at once; the one that is idle longest makes room. Default: 4096, or as"
                            + " many as the open files that the system allows.")
    private int maxConnections = 4096;

    @Option(
            names = "--request-timeout",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description =
                    "From a request's headers to its result; it may ask for less with X-Timeout-Ms."
                            + " Default: 30s.")
    private Duration requestTimeout = Duration.ofSeconds(30);

    @Option(
            names = "--header-timeout",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description = "For a request's line and headers. Default: 10s.")
    private Duration headerTimeout = Duration.ofSeconds(10);

    @Option(
            names = "--idle-timeout",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description = "For a connection between requests. Default: 60s.")
    private Duration idleTimeout = Duration.ofSeconds(60);

    @Option(
            names = "--memory",
            paramLabel = "<bytes>",
            converter = ByteCount.Converter.class,
            description =
                    "Memory off the heap that computing may take, beside the models; what does not fit"
                            + " waits, what never would is refused. The models share it equally."
                            + " Default: for each as much as the Java heap may take, but at least 1G.")
    private @Nullable ByteCount memory;

    @Option(
            names = "--api-key-file",
            paramLabel = "<file>",
            description =
                    "Keys, one a line, one of which a request must show (Authorization: Bearer KEY, or"
                            + " X-API-Key). STRIDER_API_KEY holds one without a file. Default: none is"
                            + " needed.")
    private @Nullable Path apiKeyFile;

    @Option(
            names = "--admin-key-file",
            paramLabel = "<file>",
            description =
                    "Keys for POST /admin/reload. STRIDER_ADMIN_KEY holds one without a file. Default:"
                            + " there is no /admin.")
    private @Nullable Path adminKeyFile;

    @Option(
            names = "--tls-key",
            paramLabel = "<file>",
            description = "Private key, PKCS#8 in PEM: serves HTTPS. Default: HTTP.")
    private @Nullable Path tlsKey;

    @Option(
            names = "--tls-cert",
            paramLabel = "<file>",
            description = "The key's certificate and those that vouch for it, in PEM.")
    private @Nullable Path tlsCertificates;

    @Option(
            names = "--drain-timeout",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description =
                    "What accepted requests may take once the end is asked for. Default: 30s.")
    private Duration drainTimeout = Duration.ofSeconds(30);

    @Option(
            names = "--log",
            paramLabel = "<style>",
            description = "A line a request on standard error: json, text or off. Default: json.")
    private ServerLog.Style log = ServerLog.Style.JSON;

    @Option(names = "--quiet", description = "Do not say where it serves once it is ready.")
    private boolean quiet;

    /** The command. */
    ServeCommand() {
        this(ServeCommand::handleSignals, OpenFiles.LIMITS);
    }

    /**
     * The command, in a process that is not its own.
     *
     * @param signals given whom to tell of signals
     * @param limits the file that tells how many files may be open
     */
    ServeCommand(Consumer<Consumer<String>> signals, Path limits) {
        this.signals = signals;
        this.limits = limits;
    }

    @Override
    int run() throws IOException {
        ServerLog lines = new ServerLog(log, this::line);
        Models.Builder builder = builder();
        Serving serving =
                new Serving(
                        options(lines),
                        metrics -> builder.observer(metrics).load(),
                        lines,
                        drainTimeout);
        signals.accept(serving::signal);
        return serving.run(this::sayReady) ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void line(String line) {
        err().println(line);
    }

    private void sayReady(EmbeddingServer server, ManagedInference loaded) {
        if (!quiet) {
            String names =
                    loaded.models().stream()
                            .map(ModelDescription::name)
                            .collect(Collectors.joining(", "));
            out().println(
                            "strider: serving %s on %s%s"
                                    .formatted(names, server.address(), readyAfter()));
            out().flush();
        }
    }

    private static String readyAfter() {
        OptionalDouble age = ProcessAge.seconds();
        return age.isPresent()
                ? String.format(Locale.ROOT, " (ready after %.2f s)", age.getAsDouble())
                : "";
    }

    private static void handleSignals(Consumer<String> handler) {
        AtomicInteger ends = new AtomicInteger();
        List<String> _ =
                Signals.handle(
                        SIGNALS,
                        name -> {
                            if (!name.equals("HUP") && ends.incrementAndGet() > 1) {
                                Runtime.getRuntime()
                                        .halt(SIGNAL_EXIT + (name.equals("INT") ? 2 : 15));
                            }
                            handler.accept(name);
                        });
    }

    private Models.Builder builder() {
        Models.Builder builder =
                Models.builder()
                        .maxBatch(maxBatch)
                        .maxDelay(maxDelay)
                        .computeThreads(threads)
                        .maxQueued(maxQueue)
                        .maxPictures(maxPictures)
                        .decodingLimits(
                                new DecodingLimits(DecodingLimits.DEFAULT.maxBytes(), maxPixels));
        if (memory != null) {
            builder.memoryLimit(memory.bytes());
        }
        for (String model : models) {
            builder.model(modelFile(model));
        }
        return builder;
    }

    private static ModelFile modelFile(String told) {
        int equals = told.indexOf('=');
        Path path = Path.of(told.substring(equals + 1));
        if (equals >= 0) {
            return new ModelFile(told.substring(0, equals), path);
        }
        String name = String.valueOf(path.getFileName());
        return new ModelFile(
                name.endsWith(MODEL_END)
                        ? name.substring(0, name.length() - MODEL_END.length())
                        : name,
                path);
    }

    private ServerOptions options(ServerLog lines) throws IOException {
        if ((tlsKey == null) != (tlsCertificates == null)) {
            throw badArguments("--tls-key, --tls-cert: one without the other (expected: both)");
        }
        return ServerOptions.builder()
                .host(host)
                .port(port)
                .maxBody(maxBody.bytes())
                .maxConnections(connections(lines))
                .requestTimeout(requestTimeout)
                .headerTimeout(headerTimeout)
                .idleTimeout(idleTimeout)
                .apiKeys(keys(apiKeyFile, "STRIDER_API_KEY"))
                .adminKeys(keys(adminKeyFile, "STRIDER_ADMIN_KEY"))
                .tls(
                        tlsKey == null || tlsCertificates == null
                                ? null
                                : new TlsFiles(tlsKey, tlsCertificates))
                .build();
    }

    /** A server without a file left for the next client would stop listening. */
    private int connections(ServerLog lines) throws IOException {
        OptionalLong files = OpenFiles.most(limits);
        if (files.isEmpty() || maxConnections <= files.getAsLong() - OTHER_FILES) {
            return maxConnections;
        }
        int most = (int) Math.max(1, files.getAsLong() - OTHER_FILES);
        lines.event(
                "--max-connections: %d, taken as %d: this process may open %d files (more: ulimit -n)"
                        .formatted(maxConnections, most, files.getAsLong()));
        return most;
    }

    private static ApiKeys keys(@Nullable Path file, String variable) throws IOException {
        List<String> keys = new ArrayList<>();
        String one = System.getenv(variable);
        if (one != null && !one.isEmpty()) {
            keys.add(one);
        }
        if (file != null) {
            Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .forEach(keys::add);
            if (keys.isEmpty()) {
                throw new IllegalArgumentException(file + ": no key (expected: one a line)");
            }
        }
        return new ApiKeys(keys);
    }
}
