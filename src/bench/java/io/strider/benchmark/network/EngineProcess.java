package io.strider.benchmark.network;

import io.strider.benchmark.AnsweringProcess;
import io.strider.benchmark.EngineException;
import io.strider.benchmark.JavaProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A process in which one engine runs one network (see {@link EngineServer}). It has loaded and run
 * it once when the constructor returns, and sleeps while nothing is asked of it. Used by one
 * thread.
 */
final class EngineProcess implements AutoCloseable {
    /** The property that names the folder where scripts/bench puts each engine's archive. */
    private static final String ARCHIVES = "strider.benchmark.archives";

    private final AnsweringProcess process;
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
        long start = System.nanoTime();
        process =
                new AnsweringProcess(
                        engine,
                        options(engine),
                        EngineServer.class,
                        List.of(
                                engine,
                                Integer.toString(threads),
                                Integer.toString(batch),
                                model.toString()));
        try {
            String[] loaded = text(process.answer()).split(" ", 2);
            loadMillis = Double.parseDouble(loaded[0]);
            description = loaded[1];
            text(process.answer());
            firstMillis = (System.nanoTime() - start) / 1e6;
        } catch (Throwable failure) {
            process.destroy();
            throw failure;
        }
    }

    /**
     * As scripts/strider starts a JVM, either engine's: its compilers, its collector and its
     * archive of classes.
     */
    private static List<String> options(String engine) throws IOException {
        List<String> options = new ArrayList<>(List.of("-XX:+UseSerialGC", "-Xmn24m"));
        String archives = System.getProperty(ARCHIVES);
        if (archives != null) {
            options.add("-XX:SharedArchiveFile=" + Path.of(archives, engine + ".jsa"));
        }
        if (engine.equals("strider")) {
            options.addAll(JavaProcess.launcherOptions());
            options.add(JavaProcess.BEST_KERNELS);
        } else {
            options.addAll(JavaProcess.commonOptions());
        }
        return options;
    }

    private static String text(AnsweringProcess.Answer answer)
            throws EngineException, UnfitNetworkException {
        switch (answer.word()) {
            case "ok" -> {
                return answer.text();
            }
            case "unfit" -> throw new UnfitNetworkException(answer.text());
            default -> throw new EngineException(answer.text());
        }
    }

    private String ask(String command)
            throws InterruptedException, EngineException, UnfitNetworkException {
        return text(process.ask(command));
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
        process.close();
    }
}
