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

/** {@code strider serve} in a process of its own, ready. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("serving .* on (https?://\\S+)");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final int LONGEST_END_SECONDS = 60;

    private final Process process;
    private final Thread end;
    private final String url;
    private final String line;

    /** Starts it, and waits until it says that it is ready. */
    ServerProcess(List<String> options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--port", "0", "--log", "off"));
        arguments.addAll(options);
        process = JavaProcess.of("io.strider.cli.Strider", arguments).start();
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
                url = ready.group(1);
                line = next;
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

    /** What it said when it was ready. */
    String line() {
        return line;
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
