package io.strider.benchmark.network;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process in which one engine runs one network (see {@link EngineServer}). It has loaded and run
 * it once when the constructor returns, and sleeps while nothing is asked of it. Used by one
 * thread.
 */
final class EngineProcess implements AutoCloseable {
    private static final long LONGEST_ANSWER_MINUTES = 10;
    private static final long LONGEST_END_SECONDS = 10;

    private final String engine;
    private final Process process;
    private final BufferedWriter commands;
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();
    private final double loadMillis;
    private final double firstMillis;
    private final String description;

    /**
     * Starts it.
     *
     * @throws EngineException if the engine refuses the model or fails
     * @throws UnfitNetworkException if the network cannot be run as asked
     */
    EngineProcess(String engine, int threads, int batch, Path model)
            throws IOException, InterruptedException, EngineException, UnfitNetworkException {
        this.engine = engine;
        ProcessBuilder builder =
                new ProcessBuilder(command(engine, threads, batch, model))
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        long start = System.nanoTime();
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
        try {
            String[] loaded = answer().split(" ", 2);
            loadMillis = Double.parseDouble(loaded[0]);
            description = loaded[1];
            answer();
            firstMillis = (System.nanoTime() - start) / 1e6;
        } catch (Throwable failure) {
            process.destroyForcibly();
            throw failure;
        }
    }

    /** The JVM of this process again, with what the engine needs and no more. */
    private static List<String> command(String engine, int threads, int batch, Path model) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        if (engine.equals("strider")) {
            command.addAll(
                    List.of(
                            "--add-modules",
                            "jdk.incubator.vector",
                            "-Dstrider.warmup=background", // as scripts/strider does
                            "-Dstrider.openblas.coretype=detect"));
        }
        String options = System.getenv().getOrDefault("STRIDER_JAVA_OPTIONS", "");
        Arrays.stream(options.split("\\s+")).filter(o -> !o.isEmpty()).forEach(command::add);
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineServer.class.getName(),
                        engine,
                        Integer.toString(threads),
                        Integer.toString(batch),
                        model.toString()));
        return command;
    }

    /** Passes answers on and everything else through, until the process ends. */
    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(EngineServer.MARK)) {
                    answers.add(Optional.of(line.substring(EngineServer.MARK.length())));
                } else {
                    System.err.println(engine + ": " + line);
                }
            }
        } catch (IOException closed) {
            // As if it had ended: nothing more will come.
        }
        answers.add(Optional.empty());
    }

    private String answer() throws InterruptedException, EngineException, UnfitNetworkException {
        Optional<String> answer = answers.poll(LONGEST_ANSWER_MINUTES, TimeUnit.MINUTES);
        if (answer == null) {
            process.destroyForcibly();
            throw new EngineException(
                    "no answer within %d minutes".formatted(LONGEST_ANSWER_MINUTES));
        }
        if (answer.isEmpty()) {
            throw new EngineException("the process ended with status " + process.waitFor());
        }
        String[] words = answer.get().split(" ", 2);
        String rest = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "ok" -> {
                return rest;
            }
            case "unfit" -> throw new UnfitNetworkException(rest);
            default -> throw new EngineException(rest);
        }
    }

    private String ask(String command)
            throws InterruptedException, EngineException, UnfitNetworkException {
        try {
            commands.write(command);
            commands.newLine();
            commands.flush();
        } catch (IOException ended) {
            // The answer tells how.
        }
        return answer();
    }

    /** Milliseconds from the call that loads to a network that is ready. */
    double loadMillis() {
        return loadMillis;
    }

    /** Milliseconds from before the process was started to its word that the first run is done. */
    double firstMillis() {
        return firstMillis;
    }

    /** Version, threading and whatever else a reader of the figures should know. */
    String description() {
        return description;
    }

    /** Runs until compilers are quiet, but at least so long; nanoseconds of a run after that. */
    long warm(long millis) throws InterruptedException, EngineException, UnfitNetworkException {
        return Long.parseLong(ask("warm " + millis));
    }

    /** Nanoseconds of each of {@code runs} runs, after one that is not timed. */
    long[] time(int runs) throws InterruptedException, EngineException, UnfitNetworkException {
        return Arrays.stream(ask("time " + runs).split(" ")).mapToLong(Long::parseLong).toArray();
    }

    /** What the last run computed. */
    float[] outputs()
            throws IOException, InterruptedException, EngineException, UnfitNetworkException {
        Path file = Files.createTempFile("strider-outputs", ".bin");
        try {
            ask("outputs " + file);
            byte[] bytes = Files.readAllBytes(file);
            float[] values = new float[bytes.length / Float.BYTES];
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        } finally {
            Files.delete(file);
        }
    }

    /** The most resident memory that the process has had. */
    long peakBytes() throws InterruptedException, EngineException, UnfitNetworkException {
        return Long.parseLong(ask("memory"));
    }

    /** Lets the process end, and ends it if it does not. */
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
