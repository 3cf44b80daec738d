package io.strider.benchmark;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own for one engine: what it does disturbs no other engine's figures while nothing is
 * asked of it. It is asked by lines on its standard input and answers each by a line on its
 * standard output that begins with {@value #MARK}; whatever else is printed there is passed on. It
 * ends at the end of its input. Used by one thread.
 */
public final class AnsweringProcess implements AutoCloseable {
    /** Tells answers from what native libraries print. */
    public static final String MARK = "@strider ";

    private static final long LONGEST_ANSWER_MINUTES = 10;
    private static final long LONGEST_END_SECONDS = 10;

    private final String engine;
    private final Process process;
    private final BufferedWriter commands;
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();

    /** The first word of an answer, and the others. */
    public record Answer(String word, String text) {}

    /**
     * Starts the JVM of this process again.
     *
     * @param engine whose it is; what it prints is passed on with this name
     * @param options of the JVM, beside those of the environment's STRIDER_JAVA_OPTIONS
     * @param server the class whose main method answers
     * @param arguments for that method
     */
    public AnsweringProcess(
            String engine, List<String> options, Class<?> server, List<String> arguments)
            throws IOException {
        this.engine = engine;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(options);
        String more = System.getenv().getOrDefault("STRIDER_JAVA_OPTIONS", "");
        Arrays.stream(more.split("\\s+")).filter(o -> !o.isEmpty()).forEach(command::add);
        command.add(server.getName());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        // Not on the command line: ONNX Runtime 1.29 crashes where that is longer than 4 KiB.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        process = builder.start();
        Thread end = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofPlatform()
                .daemon()
                .name("answers of " + engine)
                .start(() -> {
                    read();
                    try {
                        Runtime.getRuntime().removeShutdownHook(end);
                    } catch (IllegalStateException ending) {
                        // The hook runs already.
                    }
                });
    }

    /** Passes answers on and everything else through, until the process ends. */
    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(MARK)) {
                    answers.add(Optional.of(line.substring(MARK.length())));
                } else {
                    System.err.println(engine + ": " + line);
                }
            }
        } catch (IOException closed) {
            // As if it had ended: nothing more will come.
        }
        answers.add(Optional.empty());
    }

    /**
     * Waits for the next answer.
     *
     * @throws EngineException if none comes in time or the process has ended
     */
    public Answer answer() throws InterruptedException, EngineException {
        Optional<String> answer = answers.poll(LONGEST_ANSWER_MINUTES, TimeUnit.MINUTES);
        if (answer == null) {
            process.destroyForcibly();
            throw new EngineException(
                    "no answer within %d minutes".formatted(LONGEST_ANSWER_MINUTES));
        }
        if (answer.isEmpty()) {
            answers.add(answer);
            throw new EngineException("the process ended with status " + process.waitFor());
        }
        String[] words = answer.get().split(" ", 2);
        return new Answer(words[0], words.length > 1 ? words[1] : "");
    }

    /**
     * Asks by a line and waits for the answer.
     *
     * @throws EngineException as {@link #answer}
     */
    public Answer ask(String command) throws InterruptedException, EngineException {
        try {
            commands.write(command);
            commands.newLine();
            commands.flush();
        } catch (IOException ended) {
            // The answer tells how.
        }
        return answer();
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Processor time of all its threads, where the system tells; counted in steps of 10 ms. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Ends it at once. */
    public void destroy() {
        process.destroyForcibly();
    }

    /** Lets it end, and ends it if it does not. */
    @Override
    public void close() {
        try {
            commands.close();
        } catch (IOException ended) {
            // It has.
        }
        try {
            if (!process.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interruption) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
