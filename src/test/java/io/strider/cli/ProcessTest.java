package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only shows in a process of its own: streams, exit codes, a library that is missing. */
class ProcessTest {
    @TempDir private Path folder;

    private Run start(Map<String, String> environment, List<String> jvm, String... arguments)
            throws IOException, InterruptedException {
        return start(environment, jvm, folder.resolve("out"), arguments);
    }

    private Run start(
            Map<String, String> environment, List<String> jvm, Path out, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        // What runs there is covered too.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-javaagent:"))
                .forEach(command::add);
        command.addAll(jvm);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Strider.class.getName());
        Collections.addAll(command, arguments);
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().putAll(environment);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        int code = builder.start().waitFor();
        return new Run(
                code,
                Files.isRegularFile(out) ? Files.readString(out, StandardCharsets.UTF_8) : "",
                Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void withoutALocaleWordsStillArriveInUtf8() throws IOException, InterruptedException {
        Run run = start(Map.of("LC_ALL", "C"), List.of(), "conv2d", "--help").isDone();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("N×C×H×W");
    }

    @Test
    void withoutOpenBlasInfoTellsTheRestAndTheRemedy() throws IOException, InterruptedException {
        Run run =
                start(
                        Map.of(),
                        List.of("-Dstrider.openblas.library=/nowhere/libopenblas.so.0"),
                        "info");
        run.fails(1, "/nowhere/libopenblas.so.0", "libopenblas0-pthread");
        assertThat(run.out()).contains("JDK", "processors", "scratch slots");
    }

    @Test
    void withoutOpenBlasTheRemedyIsTheOneLine() throws IOException, InterruptedException {
        List<String> jvm = List.of("-Dstrider.openblas.library=/nowhere/libopenblas.so.0");
        start(Map.of(), jvm, "check").fails(1, "/nowhere/libopenblas.so.0", "libopenblas0-pthread");
    }

    @Test
    void aFullDiskBehindStandardOutputIsSaid() throws IOException, InterruptedException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        start(Map.of(), List.of(), full, "--help").isRefused("standard output");
    }

    @Test
    void badArgumentsLeaveStandardOutputEmpty() throws IOException, InterruptedException {
        Run run = start(Map.of(), List.of(), "conv2d", "--input", "x.npy").isRefused("--weight");
        assertThat(run.out()).isEmpty();
    }
}
