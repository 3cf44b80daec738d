package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ends a run from outside: signals, and a file that may not grow. */
class EmbedProcessTest {
    private static final int COUNT = 96;
    private static final int COLORS = 8;

    @TempDir private Path folder;

    private Path output() {
        return folder.resolve("out.csv");
    }

    private Path part() {
        return EmbeddingJournal.beside(output());
    }

    /** Large enough that decoding takes a while. */
    private void pictures(int height, int width, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Path file = folder.resolve("many/%03d.png".formatted(i));
            if (i < COLORS) {
                Pictures.write(file, height, width, Pictures.color(i));
            } else {
                Files.createLink(file, folder.resolve("many/%03d.png".formatted(i % COLORS)));
            }
        }
        Pictures.model(folder.resolve("mean.onnx"));
    }

    private Process start(String... before) throws IOException {
        List<String> command = new ArrayList<>(List.of(before));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Strider.class.getName(), "embed", "many", "--model", "mean.onnx"));
        command.addAll(List.of("--output", "out.csv", "--resume", "--batch", "1"));
        command.addAll(List.of("--interpolation", "lanczos"));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(folder.resolve("stdout").toFile())
                        .redirectError(folder.resolve("stderr").toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return builder.start();
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("stderr"), StandardCharsets.UTF_8);
    }

    private void awaitGrowth(Process process, long from) throws IOException, InterruptedException {
        while (process.isAlive() && (!Files.exists(part()) || Files.size(part()) <= from)) {
            Thread.sleep(2);
        }
        assertThat(process.isAlive()).as("still running; %s", err()).isTrue();
    }

    private void assertComplete(int count) throws IOException {
        assertThat(part()).doesNotExist();
        List<String> rows = Files.readAllLines(output());
        assertThat(rows).hasSize(count + 1);
        assertThat(rows.subList(1, rows.size()))
                .extracting(row -> row.substring(0, row.indexOf(',')))
                .isEqualTo(IntStream.range(0, count).mapToObj("many/%03d.png"::formatted).toList());
        for (int i = 0; i < count; i++) {
            String[] cells = rows.get(i + 1).split(",");
            float[] expected = Pictures.unit(Pictures.color(i % COLORS));
            for (int k = 0; k < 3; k++) {
                assertThat(Float.parseFloat(cells[k + 1])).isCloseTo(expected[k], within(1e-5f));
            }
        }
    }

    @Test
    void aRunThatIsKilledAgainAndAgainLosesNothing() throws Exception {
        pictures(1500, 1200, COUNT);
        long size = 0;
        for (int kill = 0; kill < 3; kill++) {
            Process process = start();
            awaitGrowth(process, size + 400L * kill + 300);
            process.destroyForcibly().waitFor();
            assertThat(Files.size(part())).isGreaterThan(size);
            size = Files.size(part());
            assertThat(output()).doesNotExist();
        }
        assertThat(start().waitFor()).as(this::errQuietly).isZero();
        assertThat(err()).containsPattern("strider: \\d+ taken over, \\d+ picture");
        String[] words = err().replaceAll("[^0-9 ]", "").strip().split(" +");
        assertThat(Integer.parseInt(words[0])).isPositive();
        assertThat(Integer.parseInt(words[0]) + Integer.parseInt(words[1])).isEqualTo(COUNT);
        assertComplete(COUNT);
    }

    private String errQuietly() {
        try {
            return err();
        } catch (IOException failed) {
            return failed.toString();
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalEndsItAndTellsHowToResume(String signal, int code) throws Exception {
        pictures(1500, 1200, COUNT);
        Process process = start();
        awaitGrowth(process, 500);
        // Who starts the tests in the background may have made the signal ignored.
        String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
        String ignored = status.replaceAll("(?s).*SigIgn:\\s*(\\S+).*", "$1");
        boolean isIgnored = (Long.parseUnsignedLong(ignored, 16) & 2) != 0 && signal.equals("INT");
        if (isIgnored) {
            process.destroyForcibly().waitFor();
        }
        assumeThat(isIgnored).isFalse();
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
        assertThat(process.waitFor()).as(err()).isEqualTo(code);
        assertThat(err().lines()).hasSize(1);
        assertThat(err()).contains("interrupted", "out.csv.part", "--resume");
        assertThat(output()).doesNotExist();
        assertThat(start().waitFor()).as(this::errQuietly).isZero();
        assertThat(err()).contains("taken over");
        assertComplete(COUNT);
    }

    @Test
    void aFullDiskLosesNothing() throws Exception {
        pictures(7, 10, 400);
        assertThat(start("bash", "-c", "ulimit -f 16; exec \"$@\"", "bash").waitFor()).isEqualTo(2);
        assertThat(err().lines()).hasSize(1);
        assertThat(err()).contains("out.csv.part", "could not be written", "kept", "--resume");
        assertThat(output()).doesNotExist();
        assertThat(start().waitFor()).as(this::errQuietly).isZero();
        assertThat(err()).contains("taken over");
        assertComplete(400);
    }

    @Test
    void withoutALocaleNamesAreStillUtf8() throws Exception {
        assumeThat(System.getProperty("sun.jnu.encoding")).isEqualTo("UTF-8");
        pictures(7, 10, 1);
        Files.move(folder.resolve("many/000.png"), folder.resolve("many/ä+b%20 ü.png"));
        Process process = start("env", "LC_ALL=C");
        assertThat(process.waitFor()).as(this::errQuietly).isZero();
        assertThat(Files.readString(output())).contains("many/ä+b%20 ü.png,");
    }
}
