package io.strider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * That {@code scripts/container/rehearse} does what {@code scripts/container/Dockerfile} says, in a
 * checkout where those whom it calls only write down how they were called.
 */
class ContainerTest {
    @TempDir private Path folder;

    private Path checkout;
    private Path calls;

    private record Run(int code, String said, List<String> calls) {}

    @BeforeEach
    void copy() throws IOException {
        folder = folder.toRealPath();
        checkout = folder.resolve("checkout");
        calls = folder.resolve("calls");
        Files.createDirectories(checkout.resolve("scripts/container"));
        for (String name :
                List.of(
                        "environment.sh",
                        "launch.sh",
                        "strider.service",
                        "container/rehearse",
                        "container/Dockerfile")) {
            Files.copy(Path.of("scripts", name), checkout.resolve("scripts").resolve(name));
        }
        script(
                checkout.resolve("scripts/container/assemble"),
                """
                echo "assemble $*" >>CALLS
                mkdir -p "$1/bin"
                cp "$(dirname "$0")/strider" "$1/bin"
                """);
        script(
                checkout.resolve("scripts/container/strider"),
                """
                echo "strider $* host=${STRIDER_HOST:-} lang=${LANG:-}" >>CALLS
                case $1 in
                    info) echo 'OpenBLAS of a test' ;;
                    serve) trap 'echo ended >>CALLS; exit 0' TERM; : >CALLS.up; while :; do sleep 0.05; done ;;
                    health) [ -e CALLS.up ] ;;
                    load) ;;
                    *) exit 2 ;;
                esac
                """);
        script(
                checkout.resolve("bin/systemd-analyze"),
                """
                echo "systemd-analyze $1 $(sed -n 's/^ExecStart=//p' "$2")" >>CALLS
                """);
    }

    private void script(Path file, String lines) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + lines.replace("CALLS", calls.toString()));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run rehearse() throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        ProcessBuilder builder =
                new ProcessBuilder(
                                "/bin/bash",
                                checkout.resolve("scripts/container/rehearse").toString(),
                                "--plain")
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile());
        builder.environment()
                .putAll(
                        Map.of(
                                "TMPDIR",
                                temporary.toString(),
                                "PATH",
                                checkout.resolve("bin") + ":/usr/bin:/bin"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroy();
        }
        assertThat(temporary).as("what it leaves behind").isEmptyDirectory();
        return new Run(
                process.exitValue(),
                Files.readString(said),
                Files.exists(calls) ? Files.readAllLines(calls) : List.of());
    }

    @ParameterizedTest
    @CsvSource({"/opt/strider", "/srv/another"})
    void itAssemblesAndUsesWhatTheDockerfileSays(String home) throws Exception {
        Path dockerfile = checkout.resolve("scripts/container/Dockerfile");
        String text = Files.readString(dockerfile);
        assertThat(text)
                .contains(
                        "\nRUN --mount=type=cache,target=/root/.m2 scripts/container/assemble /opt/strider\n")
                .contains("\nCOPY --from=build /opt/strider /opt/strider\n");
        Files.writeString(dockerfile, text.replace("/opt/strider", home));
        Run run = rehearse();
        assertThat(run.code()).as(run.said()).isZero();
        assertThat(run.calls().getFirst())
                .startsWith("assemble " + folder.resolve("tmp"))
                .endsWith("/build" + home);
        String image = " host=0.0.0.0 lang=C.UTF-8";
        assertThat(run.calls().stream().filter(call -> call.startsWith("strider ")).distinct())
                .hasSize(4)
                .contains("strider info" + image, "strider serve" + image, "strider health" + image)
                .anyMatch(call -> call.startsWith("strider load http://127.0.0.1:"));
        assertThat(run.calls())
                .containsOnlyOnce("ended")
                .last()
                .asString()
                .startsWith("systemd-analyze verify " + folder.resolve("tmp"))
                .endsWith("/build" + home + "/bin/strider serve");
    }

    @ParameterizedTest
    @CsvSource({
        "scripts/container/assemble, mvn package, a step of the build that cannot be rehearsed",
        "--from=build /opt/strider, --from=build /opt/other, /opt/other (expected: what assemble made)",
        "EXPOSE 8080, ADD a /a, Dockerfile: ADD cannot be rehearsed",
    })
    void aStepThatItCannotDoFailsIt(String from, String to, String words) throws Exception {
        Path dockerfile = checkout.resolve("scripts/container/Dockerfile");
        String text = Files.readString(dockerfile);
        assertThat(text).contains(from);
        Files.writeString(dockerfile, text.replace(from, to));
        Run run = rehearse();
        assertThat(run.code()).as(run.said()).isEqualTo(1);
        assertThat(run.said()).contains(words);
    }

    @Test
    void theLauncherThatIsAssembledIsTheEntryPoint() throws IOException {
        String dockerfile = Files.readString(checkout.resolve("scripts/container/Dockerfile"));
        String assemble = Files.readString(Path.of("scripts/container/assemble"));
        assertThat(dockerfile)
                .contains("ln -s /opt/strider/bin/strider /usr/local/bin/strider")
                .contains("ENTRYPOINT [\"strider\"]", "CMD [\"strider\", \"health\"]");
        assertThat(assemble).contains("cat >\"$folder/bin/strider\"", "health) ");
    }
}
