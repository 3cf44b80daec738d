package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.openblas.Machine;
import io.strider.openblas.OpenBlasLibrary;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class InfoAndHelpTest {
    @Test
    void infoTellsWhatWasFound() {
        Run run = Run.of("info").isDone();
        OpenBlasLibrary library = OpenBlasLibrary.load();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(
                        Runtime.version().toString(),
                        Machine.current().cpuModel(),
                        library.path().toString(),
                        library.version(),
                        library.config(),
                        library.coreName(),
                        library.threading(),
                        library.source(),
                        "BLAS permits",
                        "scratch slots",
                        "CPU limit",
                        "Vector API")
                .contains("For full speed")
                .contains(library.advice().orElse("For full speed"));
    }

    @ParameterizedTest
    @CsvSource({
        "25, false",
        "25.0.2, false",
        "25.0.3, true",
        "25.0.3+9-LTS, true",
        "25.1, true",
        "26-ea, true",
        "24.0.9, false"
    })
    void theOldestJdkIsKnown(String version, boolean recent) {
        assertThat(InfoCommand.isRecent(Runtime.Version.parse(version))).isEqualTo(recent);
    }

    @Test
    void aCommandIsBuiltAloneUnderTheNameThatTheHelpGives() {
        GoldenCases cases = GoldenCases.packaged();
        Set<String> all = Strider.commandLine(cases).getSubcommands().keySet();
        assertThat(all).hasSize(13);
        for (String name : all) {
            assertThat(Strider.commandLine(cases, name, "--help").getSubcommands().keySet())
                    .containsExactly(name);
        }
        assertThat(Strider.commandLine(cases).getSubcommands().keySet()).isEqualTo(all);
        assertThat(Strider.commandLine(cases, "--help").getSubcommands().keySet()).isEqualTo(all);
        assertThat(Strider.commandLine(cases, "embedd").getSubcommands().keySet()).isEqualTo(all);
    }

    @Test
    void helpListsAllCommands() {
        Run run = Run.of("--help").isDone();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(
                        "demo", "check", "embed", "run", "explain", "compare", "conv2d", "im2col",
                        "col2im", "info", "load", "health");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo", "check", "embed", "run", "explain", "compare", "conv2d", "im2col", "col2im",
                "info", "load", "health"
            })
    void everyCommandDescribesEveryOptionAndGivesAnExample(String command) {
        Run run = Run.of(command, "--help").isDone();
        CommandLine line =
                Strider.commandLine(GoldenCases.packaged()).getSubcommands().get(command);
        assertThat(run.out())
                .contains("Usage: strider " + command, "Example", "strider " + command);
        for (var option : line.getCommandSpec().options()) {
            assertThat(run.out()).contains(option.longestName());
            assertThat(option.description()).as(option.longestName()).isNotEmpty();
            String text = String.join(" ", option.description());
            assertThat(text)
                    .as(option.longestName())
                    .containsPattern(
                            option.usageHelp() || option.versionHelp()
                                    ? "."
                                    : "Default: |Needed\\.|needed");
        }
        assertThat(run.out().lines()).allMatch(text -> text.length() <= 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "conv2d"})
    void versionIsOneLine(String command) {
        Run run = command.isEmpty() ? Run.of("--version") : Run.of(command, "--version");
        assertThat(run.isDone().out().strip()).matches("strider \\S+");
    }
}
