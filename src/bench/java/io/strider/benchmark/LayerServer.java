package io.strider.benchmark;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The process of one engine: {@code ENGINE}. Its first answer is {@code ok DESCRIPTION}; then it
 * answers each line by {@code ok …} or {@code error …}:
 *
 * <ul>
 *   <li>{@code open PASS SHAPE BATCH THREADS}: closes the workload before and makes the operands of
 *       this one; {@code ok LAYOUTS…}
 *   <li>{@code prepare LAYOUT}: {@code ok ALGORITHM}
 *   <li>{@code result LAYOUT FILE}: computes once and writes the result, in NCHW or OIHW and native
 *       floats
 *   <li>{@code warm LAYOUT NANOSECONDS}: runs at least so long, and on while compilers are busy;
 *       {@code ok NANOSECONDS} of a call after that
 *   <li>{@code time LAYOUT UNTIMED CALLS}: {@code ok NANOSECONDS} of all calls, after others that
 *       are not timed
 *   <li>{@code heap LAYOUT CALLS}: {@code ok BYTES} that a call allocates on the heap
 *   <li>{@code close}: closes the workload
 * </ul>
 *
 * It ends at the end of its input. Between answers it does nothing.
 */
final class LayerServer implements AutoCloseable {
    private static final long LONGEST_WARMUP_NANOS = 20_000_000_000L;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Engine engine;
    private final Map<String, Engine.Prepared> prepared = new LinkedHashMap<>();
    private @Nullable Workload workload;
    private @Nullable Operands operands;

    private LayerServer(Engine engine) {
        this.engine = engine;
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Engine engine = Engine.named(arguments[0]);
                LayerServer server = new LayerServer(engine)) {
            answers.println(AnsweringProcess.MARK + "ok " + line(engine.description()));
            for (String command = commands.readLine();
                    command != null;
                    command = commands.readLine()) {
                String answer;
                try {
                    answer = "ok " + server.answer(command.split(" ", -1));
                } catch (Exception | OutOfMemoryError failure) {
                    answer = "error " + line(failure.toString());
                }
                answers.println(AnsweringProcess.MARK + answer);
            }
        }
    }

    private static String line(String message) {
        return message.replaceAll("\\s*\\R\\s*", "; ");
    }

    private String answer(String[] words) throws IOException {
        return switch (words[0]) {
            case "open" ->
                    open(
                            new Workload(
                                    Pass.valueOf(words[1].toUpperCase(Locale.ROOT)),
                                    Shapes.named(words[2]),
                                    Integer.parseInt(words[3]),
                                    Integer.parseInt(words[4])));
            case "prepare" -> prepare(words[1]);
            case "result" -> writeResult(prepared(words[1]), Path.of(words[2]));
            case "warm" -> Long.toString(warm(prepared(words[1]), Long.parseLong(words[2])));
            case "time" -> {
                Engine.Prepared candidate = prepared(words[1]);
                time(candidate, Integer.parseInt(words[2]));
                yield Long.toString(time(candidate, Integer.parseInt(words[3])));
            }
            case "heap" ->
                    Double.toString(heapBytes(prepared(words[1]), Integer.parseInt(words[2])));
            case "close" -> {
                close();
                yield "";
            }
            default -> throw new IllegalArgumentException("command: " + words[0]);
        };
    }

    private String prepare(String layout) {
        Engine.Prepared made = engine.prepare(opened(workload), layout, opened(operands));
        prepared.put(layout, made);
        return made.algorithm();
    }

    private Engine.Prepared prepared(String layout) {
        Engine.Prepared found = prepared.get(layout);
        if (found == null) {
            throw new IllegalArgumentException("not prepared: " + layout);
        }
        return found;
    }

    private static <T> T opened(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("no workload is open");
        }
        return value;
    }

    private String open(Workload next) {
        close();
        workload = next;
        operands = new Operands(next);
        return String.join(" ", engine.layouts(next));
    }

    private String writeResult(Engine.Prepared candidate, Path file) throws IOException {
        Operands own = opened(operands);
        own.spoilResult();
        candidate.run();
        candidate.read();
        ByteBuffer bytes = Operands.bytes(own.result());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        return "";
    }

    private static long warm(Engine.Prepared candidate, long least) {
        CompilerTime compilers = new CompilerTime();
        long start = System.nanoTime();
        int calls;
        do {
            long from = System.nanoTime();
            calls = 0;
            do {
                candidate.run();
                calls++;
            } while (System.nanoTime() - from < least || calls < 2);
        } while (compilers.hasPassed() && System.nanoTime() - start < LONGEST_WARMUP_NANOS);
        int rest = Math.max(1, calls / 4);
        return time(candidate, rest) / rest;
    }

    private static long time(Engine.Prepared candidate, int calls) {
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            candidate.run();
        }
        return System.nanoTime() - start;
    }

    private double heapBytes(Engine.Prepared candidate, int calls) {
        long before = allocated();
        for (int i = 0; i < calls; i++) {
            candidate.run();
        }
        return (double) (allocated() - before) / calls;
    }

    /** Of this thread, or of all if the work is not done by this one. */
    private long allocated() {
        return opened(workload).threads() == 1
                ? THREADS.getCurrentThreadAllocatedBytes()
                : THREADS.getTotalThreadAllocatedBytes();
    }

    /** Closes the workload, if there is one. */
    @Override
    public void close() {
        prepared.values().forEach(Engine.Prepared::close);
        prepared.clear();
        if (operands != null) {
            operands.close();
            operands = null;
        }
    }
}
