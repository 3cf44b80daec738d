package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class FailuresTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IllegalArgumentException("x: 1\n(2)"), 2, "x: 1; (2)"),
                Arguments.of(new IOException("disk"), 2, "disk"),
                Arguments.of(new IOException(), 2, "IOException"),
                Arguments.of(new NoSuchFileException("a"), 2, "a: no such file"),
                Arguments.of(new UnsatisfiedLinkError("install it"), 1, "install it"),
                Arguments.of(
                        new OutOfMemoryError("heap"),
                        1,
                        "out of memory (heap); smaller sizes or a larger machine are needed"),
                Arguments.of(new Failures.CheckFailedException("w"), 1, "w"),
                Arguments.of(
                        new IllegalStateException("odd"),
                        1,
                        "internal error: java.lang.IllegalStateException: odd; --verbose shows"
                                + " where, please report it"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void everyFailureIsOneLineAndACode(Throwable failure, int code, String line) {
        StringWriter err = new StringWriter();
        CommandLine command =
                Strider.commandLine(GoldenCases.packaged()).setErr(new PrintWriter(err));
        assertThat(Failures.report(command, failure, false)).isEqualTo(code);
        assertThat(err).hasToString("strider: " + line + System.lineSeparator());
    }
}
