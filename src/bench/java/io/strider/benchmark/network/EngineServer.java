package io.strider.benchmark.network;

import io.strider.benchmark.AnsweringProcess;
import io.strider.benchmark.CompilerTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The process of one engine and one network: {@code ENGINE THREADS BATCH MODEL}.
 *
 * <p>It loads the model, runs it once, and then waits for lines on its standard input, each
 * answered by one line on its standard output that begins with {@value AnsweringProcess#MARK}:
 * {@code ok …}, {@code unfit …} or {@code error …}. The first two answers come by themselves:
 * {@code ok MILLISECONDS DESCRIPTION} when the model is loaded, {@code ok} after the first run.
 * Then:
 *
 * <ul>
 *   <li>{@code warm MILLISECONDS}: runs at least so long, and on while compilers are busy; {@code
 *       ok NANOSECONDS} of a run
 *   <li>{@code time COUNT}: a run that is not timed, then COUNT that are; {@code ok NANOSECONDS…}
 *   <li>{@code outputs FILE}: writes what was computed as little-endian floats; {@code ok}
 *   <li>{@code memory}: {@code ok BYTES} of the peak of resident memory
 * </ul>
 *
 * It ends at the end of its input. Between answers it does nothing.
 */
final class EngineServer {
    private static final String MARK = AnsweringProcess.MARK;
    private static final long LONGEST_WARMUP_NANOS = 20_000_000_000L;

    private final NetworkEngine.Loaded network;

    private EngineServer(NetworkEngine.Loaded network) {
        this.network = network;
    }

    public static void main(String[] arguments) {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (NetworkEngine engine = engine(arguments[0], Integer.parseInt(arguments[1]))) {
            long start = System.nanoTime();
            try (NetworkEngine.Loaded network =
                    engine.load(Path.of(arguments[3]), Integer.parseInt(arguments[2]))) {
                double millis = (System.nanoTime() - start) / 1e6;
                answers.println(MARK + "ok " + millis + " " + engine.description());
                Map<NetworkInput, ByteBuffer> data = new HashMap<>();
                for (NetworkInput input : network.inputs()) {
                    data.put(input, input.data());
                }
                network.bind(data);
                network.run();
                answers.println(MARK + "ok");
                new EngineServer(network).serve(answers);
            }
        } catch (UnfitNetworkException unfit) {
            answers.println(MARK + "unfit " + line(unfit.getMessage()));
        } catch (Throwable failure) {
            answers.println(MARK + "error " + line(failure.toString()));
            System.exit(1);
        }
    }

    private static NetworkEngine engine(String name, int threads) {
        return switch (name) {
            case "onnxruntime" -> new OnnxRuntimeNetworks(threads);
            case "strider" -> new StriderNetworks(threads);
            default -> throw new IllegalArgumentException("engine: " + name);
        };
    }

    private static String line(String message) {
        return message.replaceAll("\\s*\\R\\s*", "; ");
    }

    private void serve(PrintStream answers) throws Exception {
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            String[] words = command.split(" ", 2);
            String answer =
                    switch (words[0]) {
                        case "warm" -> Long.toString(warm(Long.parseLong(words[1]) * 1_000_000));
                        case "time" -> time(Integer.parseInt(words[1]));
                        case "outputs" -> outputs(Path.of(words[1]));
                        case "memory" -> Long.toString(peakMemory());
                        default -> throw new IllegalArgumentException("command: " + command);
                    };
            answers.println((MARK + "ok " + answer).stripTrailing());
        }
    }

    /** Runs until enough is compiled; the nanoseconds of a run in the last round. */
    private long warm(long least) throws Exception {
        CompilerTime compilers = new CompilerTime();
        long start = System.nanoTime();
        long from;
        long runs;
        do {
            from = System.nanoTime();
            runs = 0;
            do {
                network.run();
                runs++;
            } while (System.nanoTime() - from < least || runs < 2);
        } while (compilers.hasPassed() && System.nanoTime() - start < LONGEST_WARMUP_NANOS);
        return (System.nanoTime() - from) / runs;
    }

    private String time(int count) throws Exception {
        long[] nanos = new long[count];
        network.run();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            network.run();
            nanos[i] = System.nanoTime() - start;
        }
        StringBuilder answer = new StringBuilder();
        for (long value : nanos) {
            answer.append(value).append(' ');
        }
        return answer.toString();
    }

    private String outputs(Path file) throws Exception {
        float[] values = network.outputs();
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                        .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        Files.write(file, bytes.array());
        return "";
    }

    /** The kernel's high-water mark. */
    private static long peakMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status: has no VmHWM");
    }
}
