package io.strider.cli;

import io.strider.server.load.HttpAnswer;
import io.strider.server.load.HttpConnection;
import io.strider.server.load.HttpTarget;
import io.strider.server.load.LoadOptions;
import io.strider.server.load.LoadProtocol;
import io.strider.server.load.LoadReport;
import io.strider.server.load.LoadRequest;
import io.strider.server.load.LoadRequests;
import io.strider.server.load.LoadRun;
import io.strider.tensor.StagedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code strider load}: how quick a server is under load. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        sortOptions = false,
        description = {
            "Ask a server for vectors as many clients would, and tell how long it took.",
            "",
            "In the closed loop (without --rate) each client waits for its answer before it asks"
                    + " again; so the most that a server can do shows. With --rate requests are sent"
                    + " when they are due, and each one's time counts from then, whether or not"
                    + " earlier ones were answered.",
            "",
            "The report is on standard output. The exit code is 1 if any request that was measured"
                    + " was answered otherwise than with 200, or 429 for a full queue."
        },
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  strider load http://localhost:8080",
            "  strider load http://localhost:8080 --clients 8 --per-request 16 --pictures photographs/",
            "  strider load http://localhost:8080 --rate 200 --duration 10m --out load.csv"
        })
final class LoadCommand extends StriderCommand {
    private static final List<String> PHOTOGRAPHS =
            List.of(
                    "astronaut-face.png",
                    "astronaut-face-dark.png",
                    "astronaut-face-mirrored.png",
                    "astronaut-face-shifted.png",
                    "astronaut-face-wider.png",
                    "chelsea-cat.png",
                    "coffee.png",
                    "rocket.png");

    private static final int MOST_PER_REQUEST = 1024;
    private static final int OPEN_LOOP_CLIENTS = 1024;
    private static final int CLOSED_LOOP_CLIENTS = 64;
    private static final long MOST_BYTES = 512L << 20;
    private static final int KEPT = 1000;
    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;

    @Parameters(
            paramLabel = "<url>",
            description = "The server's address, such as http://localhost:8080.")
    @SuppressWarnings("NullAway.Init") // by picocli
    private String url;

    @Option(
            names = "--clients",
            paramLabel = "<n>",
            description =
                    "How many ask at the same time; with --rate, how many requests may be under way"
                            + " at most. Default: 64; with --rate 1024.")
    private @Nullable Integer clients;

    @Option(
            names = "--rate",
            paramLabel = "<n>",
            description = "Requests a second, on schedule (open loop). Default: closed loop.")
    private @Nullable Double rate;

    @Option(
            names = "--duration",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description = "How long to measure. Default: 30s.")
    private Duration duration = Duration.ofSeconds(30);

    @Option(
            names = "--warmup",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description = "How long to ask before that. Default: 5s.")
    private Duration warmup = Duration.ofSeconds(5);

    @Option(
            names = "--timeout",
            paramLabel = "<time>",
            converter = TimeConverter.class,
            description = "An answer that takes longer counts as failed. Default: 30s.")
    private Duration timeout = Duration.ofSeconds(30);

    @Option(
            names = "--pictures",
            paramLabel = "<path>",
            description =
                    "Pictures, or folders of them; may repeat. Default: eight packaged photographs.")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--per-request",
            paramLabel = "<n>",
            description = "How many pictures each request has. Default: 1.")
    private int perRequest = 1;

    @Option(
            names = "--protocol",
            paramLabel = "<name>",
            description = {
                "embed, Strider's own; openai, for any server with its embeddings, pictures in"
                        + " base64; infer, tensors by the Open Inference Protocol, in binary.",
                "Default: embed."
            })
    private LoadProtocol protocol = LoadProtocol.EMBED;

    @Option(
            names = "--shape",
            paramLabel = "<n,n,n>",
            split = ",",
            description =
                    "For infer: a row's shape. Default: the model's, where none of it is free.")
    private List<Integer> shape = new ArrayList<>();

    @Option(
            names = "--model",
            paramLabel = "<name>",
            description = "Which of the server's models. Default: its first.")
    private @Nullable String model;

    @Option(
            names = "--key",
            paramLabel = "<key>",
            description =
                    "What the server asks for. Default: the environment's STRIDER_API_KEY, if it is"
                            + " set.")
    private @Nullable String key = System.getenv("STRIDER_API_KEY");

    @Option(
            names = "--certificate",
            paramLabel = "<file>",
            description =
                    "For https: the server's own certificate in PEM, which alone is trusted, whatever"
                            + " name it has. Default: trust as Java does.")
    private @Nullable Path certificate;

    @Option(
            names = "--out",
            paramLabel = "<file>",
            description = "Where the figures go too: .csv or .json. Default: nowhere.")
    private @Nullable Path out;

    @Override
    int run() throws IOException {
        HttpTarget target =
                certificate == null ? HttpTarget.of(url) : HttpTarget.of(url).knownBy(certificate);
        LoadOptions options =
                new LoadOptions(
                        clients != null
                                ? clients
                                : rate == null ? CLOSED_LOOP_CLIENTS : OPEN_LOOP_CLIENTS,
                        rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
                        warmup,
                        duration,
                        timeout);
        if (perRequest < 1 || perRequest > MOST_PER_REQUEST) {
            throw badArguments(
                    "--per-request: %d (expected: 1 to %d)"
                            .formatted(perRequest, MOST_PER_REQUEST));
        }
        if (!shape.isEmpty() && protocol != LoadProtocol.INFER) {
            throw badArguments("--shape: without --protocol infer (expected: both)");
        }
        checkOutput();
        List<LoadRequest> requests = requests(target);
        tryOnce(target, requests.getFirst());
        LoadReport report = measure(target, options, requests);
        out().print(report.table());
        out().flush();
        write(report);
        if (report.failed() > 0) {
            say(
                    "%d requests failed, the first: %s"
                            .formatted(report.failed(), report.firstFailure()));
            return ExitCode.FAILED;
        }
        return ExitCode.DONE;
    }

    private void checkOutput() throws IOException {
        if (out != null) {
            if (!isCsv(out) && !out.toString().endsWith(".json")) {
                throw badArguments("--out %s: (expected: an ending, .csv or .json)".formatted(out));
            }
            new OutputFiles().addOutput("--out", out);
        }
    }

    private static boolean isCsv(Path file) {
        return file.toString().endsWith(".csv");
    }

    private List<LoadRequest> requests(HttpTarget target) throws IOException {
        LoadRequests requests = new LoadRequests(target, timeout, perRequest, model, key);
        try {
            return protocol == LoadProtocol.INFER
                    ? List.of(requests.ofTensor(shape))
                    : requests.ofPictures(protocol, pictures());
        } catch (IOException failed) {
            throw unreachable(failed);
        }
    }

    private List<byte[]> pictures() throws IOException {
        List<byte[]> pictures = new ArrayList<>();
        if (paths.isEmpty()) {
            for (String name : PHOTOGRAPHS) {
                try (InputStream stream =
                        LoadCommand.class.getResourceAsStream("photographs/" + name)) {
                    if (stream == null) {
                        throw new IllegalArgumentException(
                                "the packaged photographs are not on the class path (expected:"
                                        + " --pictures)");
                    }
                    pictures.add(stream.readAllBytes());
                }
            }
            return pictures;
        }
        PictureFiles files = new PictureFiles(this::say);
        paths.forEach(files::add);
        long bytes = 0;
        for (PictureFile file : files.found()) {
            bytes += Files.size(file.path());
            if (bytes > MOST_BYTES) {
                say(
                        "--pictures: only the first %d, which are %s"
                                .formatted(pictures.size(), Memory.text(MOST_BYTES)));
                break;
            }
            pictures.add(Files.readAllBytes(file.path()));
        }
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException(
                    "no pictures found (expected: JPEG, PNG, WebP, GIF or BMP files, or folders with"
                            + " some)");
        }
        return pictures;
    }

    /** A wrong address, key or model shows before thousands of requests fail with it. */
    private void tryOnce(HttpTarget target, LoadRequest request) throws IOException {
        try (HttpConnection connection = HttpConnection.open(target, timeout)) {
            HttpAnswer answer = connection.send(request.bytes(), KEPT);
            if (answer.status() != OK && answer.status() != TOO_MANY_REQUESTS) {
                throw new IOException(
                        "%s: status %d, %s"
                                .formatted(target.url(), answer.status(), answer.body()));
            }
        } catch (IOException failed) {
            throw unreachable(failed);
        }
    }

    private IOException unreachable(IOException failed) {
        return failed.getMessage() != null && failed.getMessage().startsWith("http")
                ? failed
                : new IOException(
                        "%s: %s (expected: a server; strider serve starts one)"
                                .formatted(url, Failures.words(failed)),
                        failed);
    }

    private LoadReport measure(HttpTarget target, LoadOptions options, List<LoadRequest> requests) {
        LoadRun run = new LoadRun(target, options, requests);
        try (Interruption _ = new Interruption(run::stop, () -> {});
                LoadLine _ = LoadLine.of(err(), run, warmup.plus(duration))) {
            return run.run();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    private void write(LoadReport report) throws IOException {
        if (out == null) {
            return;
        }
        String text = isCsv(out) ? report.csv() : report.json();
        try (StagedFiles staged = new StagedFiles()) {
            staged.stage(
                    Objects.requireNonNull(out),
                    stream -> stream.write(text.getBytes(StandardCharsets.UTF_8)));
            staged.commit();
        }
    }

    private void say(String text) {
        err().println("strider: " + Failures.oneLine(text));
        err().flush();
    }
}
