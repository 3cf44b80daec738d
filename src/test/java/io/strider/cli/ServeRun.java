package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.server.load.HttpAnswer;
import io.strider.server.load.HttpConnection;
import io.strider.server.load.HttpTarget;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** {@code strider serve} inside this process, on a thread of its own, with signals of our own. */
final class ServeRun implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);

    private static final Pattern READY =
            Pattern.compile("strider: serving (.*) on (https?://\\S+) \\(ready after .* s\\)\n");
    private static final int WHOLE = 1 << 20;

    private final Lines out = new Lines();
    private final Lines err = new Lines();
    private final CompletableFuture<Consumer<String>> signals;
    private final CompletableFuture<Integer> code = new CompletableFuture<>();
    final Thread thread;

    private ServeRun(
            ServeCommand command, CompletableFuture<Consumer<String>> signals, Object... options) {
        this.signals = signals;
        CommandLine line = Strider.commandLine(GoldenCases.packaged());
        line.getCommandSpec().removeSubcommand("serve");
        line.addSubcommand(command);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(Failures::ofArguments);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        List<String> arguments = new ArrayList<>(List.of("serve"));
        Arrays.stream(options).map(Object::toString).forEach(arguments::add);
        if (!arguments.contains("--port")) {
            arguments.addAll(List.of("--port", "0"));
        }
        thread =
                Thread.ofPlatform()
                        .name("serve")
                        .start(() -> code.complete(line.execute(arguments.toArray(String[]::new))));
    }

    /** Starts a server that hears signals from {@link #signal} only. */
    static ServeRun start(Object... options) {
        return limited(OpenFiles.LIMITS, options);
    }

    /** The same where another file tells how many files may be open. */
    static ServeRun limited(Path limits, Object... options) {
        CompletableFuture<Consumer<String>> signals = new CompletableFuture<>();
        return new ServeRun(new ServeCommand(signals::complete, limits), signals, options);
    }

    /** Starts one that hears this process's signals. */
    static ServeRun hearing(Object... options) {
        return new ServeRun(new ServeCommand(), new CompletableFuture<>(), options);
    }

    /** A certificate or key of the tests'. */
    static Path tls(String name) {
        return Path.of("src/test/resources/io/strider/server/tls", name).toAbsolutePath();
    }

    /** Waits until it says where it serves what, which must be these names. */
    HttpTarget ready(String names) throws InterruptedException {
        Matcher ready = READY.matcher(out.await(" s)\n"));
        assertThat(ready.matches()).as(out.toString()).isTrue();
        assertThat(ready.group(1)).isEqualTo(names);
        return HttpTarget.of(ready.group(2));
    }

    /** Waits until standard error has had these words, beside those awaited before. */
    void awaitLog(String words) throws InterruptedException {
        String _ = err.await(words);
    }

    /** All that standard error has had. */
    String said() {
        return err.toString();
    }

    void signal(String name) {
        signals.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join().accept(name);
    }

    /** Waits for its end: the exit code, and all that was said. */
    Run end() {
        int exit = code.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
        return new Run(exit, out.toString(), err.toString());
    }

    /** Asks the server over a connection of its own. */
    static HttpAnswer ask(
            HttpTarget target, String method, String path, Map<String, String> headers, byte[] body)
            throws IOException {
        try (HttpConnection connection = HttpConnection.open(target, LONG)) {
            return connection.send(target.request(method, path, headers, body), WHOLE);
        }
    }

    static HttpAnswer get(HttpTarget target, String path) throws IOException {
        return ask(target, "GET", path, Map.of(), new byte[0]);
    }

    /** A picture's vector, or why there is none. */
    static HttpAnswer embed(HttpTarget target, Path picture, Map<String, String> headers)
            throws IOException {
        return ask(target, "POST", "/embed", headers, Files.readAllBytes(picture));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Ends it if nobody has. */
    @Override
    public void close() {
        if (!code.isDone()) {
            thread.interrupt();
            int _ = code.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
        }
    }
}
