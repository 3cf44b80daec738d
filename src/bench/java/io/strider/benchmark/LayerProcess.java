package io.strider.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An engine in a process of its own, as {@link LayerServer} tells. Used by one thread. */
final class LayerProcess implements AutoCloseable {
    private final String engine;
    private final AnsweringProcess process;
    private final String description;

    /**
     * Starts it and waits until the engine's libraries are loaded.
     *
     * @throws EngineException if it fails
     */
    LayerProcess(String engine) throws IOException, InterruptedException, EngineException {
        this.engine = engine;
        process =
                new AnsweringProcess(
                        engine,
                        List.of(
                                "--add-modules",
                                "jdk.incubator.vector",
                                "-Dstrider.openblas.coretype=detect"),
                        LayerServer.class,
                        List.of(engine));
        try {
            description = text(process.answer());
        } catch (Throwable failure) {
            process.destroy();
            throw failure;
        }
    }

    /** {@code strider}, {@code onnxruntime} or {@code onednn}. */
    String engine() {
        return engine;
    }

    /** Version, threading and whatever else a reader of the figures should know. */
    String description() {
        return description;
    }

    private static String text(AnsweringProcess.Answer answer) throws EngineException {
        if (!answer.word().equals("ok")) {
            throw new EngineException(answer.text());
        }
        return answer.text();
    }

    private String ask(String command, Object... arguments)
            throws InterruptedException, EngineException {
        StringBuilder line = new StringBuilder(command);
        for (Object argument : arguments) {
            line.append(' ').append(argument);
        }
        return text(process.ask(line.toString()));
    }

    /** Makes operands; the layouts this engine computes the workload in, its own first. */
    List<String> open(Workload workload) throws InterruptedException, EngineException {
        String layouts =
                ask(
                        "open",
                        workload.pass().text(),
                        workload.shape().name(),
                        workload.batch(),
                        workload.threads());
        return layouts.isEmpty() ? List.of() : List.of(layouts.split(" ", -1));
    }

    /** Everything that needs doing once; what the engine calls the way it computes. */
    String prepare(String layout) throws InterruptedException, EngineException {
        return ask("prepare", layout);
    }

    /** Computes once, and reads what was computed into {@code target}. */
    void result(String layout, ByteBuffer target)
            throws IOException, InterruptedException, EngineException {
        Path file = Files.createTempFile("strider-result", ".bin");
        try {
            ask("result", layout, file);
            try (FileChannel channel = FileChannel.open(file)) {
                while (target.hasRemaining() && channel.read(target) >= 0) {
                    // goes on
                }
            }
        } finally {
            Files.delete(file);
        }
        if (target.hasRemaining()) {
            throw new EngineException("the result is too short");
        }
    }

    /** Runs until compilers are quiet, but at least so long; nanoseconds of a call after that. */
    long warm(String layout, long nanos) throws InterruptedException, EngineException {
        return Long.parseLong(ask("warm", layout, nanos));
    }

    /** Nanoseconds of so many calls, after some that are not timed. */
    long time(String layout, int untimed, int calls) throws InterruptedException, EngineException {
        return Long.parseLong(ask("time", layout, untimed, calls));
    }

    /** Bytes of heap that a call allocates. */
    double heapBytes(String layout, int calls) throws InterruptedException, EngineException {
        return Double.parseDouble(ask("heap", layout, calls));
    }

    /** Gives back what {@link #open} and {@link #prepare} made. */
    void closeWorkload() throws InterruptedException, EngineException {
        ask("close");
    }

    /** Whether it has not ended. */
    boolean isAlive() {
        return process.isAlive();
    }

    /** Processor time of all its threads in milliseconds, where the system tells. */
    long processorMillis() {
        return process.processorTime().toMillis();
    }

    @Override
    public void close() {
        process.close();
    }
}
