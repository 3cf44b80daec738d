package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One run of the command line inside this process. */
record Run(int code, String out, String err) {

    static Run of(Object... arguments) {
        return with(GoldenCases.packaged(), arguments);
    }

    static Run with(GoldenCases cases, Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code =
                Strider.commandLine(cases)
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(
                                Arrays.stream(arguments)
                                        .map(Object::toString)
                                        .toArray(String[]::new));
        return new Run(code, out.toString(), err.toString());
    }

    Run isDone() {
        assertThat(code).as("exit code; %s", err).isZero();
        return this;
    }

    /** Exit code 2 and one line that holds these words. */
    Run isRefused(String... words) {
        return fails(2, words);
    }

    Run fails(int expectedCode, String... words) {
        assertThat(code).as("exit code; %s%s", out, err).isEqualTo(expectedCode);
        assertThat(err).startsWith("strider: ").endsWith(System.lineSeparator()).contains(words);
        assertThat(err.lines()).hasSize(1);
        return this;
    }

    /** Every file below a folder with its bytes, to show that nothing was written. */
    static Map<String, String> snapshot(Path folder) {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.toList()) {
                files.put(
                        folder.relativize(path).toString(),
                        Files.isRegularFile(path)
                                ? Arrays.toString(Files.readAllBytes(path))
                                : "not a file");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return files;
    }
}
