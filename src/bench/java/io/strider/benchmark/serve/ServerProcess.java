package io.strider.benchmark.serve;

import io.strider.benchmark.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code scripts/strider serve} in a process of its own, ready. */
final class ServerProcess implements AutoCloseable {
    /** The property that names the project's folder. */
    private static final String PROJECT = "strider.benchmark.project";

    private static final Pattern READY = Pattern.compile("serving .* on (https?://\\S+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final int LONGEST_END_SECONDS = 60;

    private final Process process;
    private final Thread end;
    private final String url;
    private final double startMillis;

    /** Starts it as a user would, and waits until it says that it is ready. */
    ServerProcess(List<String> options) throws IOException {
        String launcher = Path.of(System.getProperty(PROJECT), "scripts", "strider").toString();
        List<String> command = new ArrayList<>(List.of(launcher, "serve", "--port", "0"));
        command.addAll(List.of("--log", "off"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .merge(
                        "STRIDER_JAVA_OPTIONS",
                        JavaProcess.BEST_KERNELS,
                        (more, best) -> best + " " + more);
        long start = System.nanoTime();
        process = builder.start();
        end = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        while (true) {
            String next = lines.readLine();
            if (next == null) {
                throw new IOException("strider serve ended: " + said);
            }
            Matcher ready = READY.matcher(next);
            if (ready.find()) {
                startMillis = (System.nanoTime() - start) / 1e6;
                url = ready.group(1);
                break;
            }
            said.append(next).append('\n');
        }
        Thread.ofPlatform().daemon().start(() -> passOn(lines));
    }

    private static void passOn(BufferedReader lines) {
        try (lines) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                System.err.println("server: " + text);
            }
        } catch (IOException ended) {
            // The process has gone, and its output with it.
        }
    }

    String url() {
        return url;
    }

    /** Milliseconds from before its launcher was started to its word that it is ready. */
    double startMillis() {
        return startMillis;
    }

    /** How much memory it holds, in MiB. */
    double residentMebibytes() throws IOException {
        Matcher found =
                RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
        if (!found.find()) {
            throw new IOException("the server ended");
        }
        return Long.parseLong(found.group(1)) / 1024.0;
    }

    /** How long its threads have computed. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Asks it to end as systemd does, and returns its exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
            return -1;
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(end);
    }
}
