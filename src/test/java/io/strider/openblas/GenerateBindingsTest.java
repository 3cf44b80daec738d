package io.strider.openblas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs scripts/generate-bindings in a copy of the project, with a jextract that only writes files.
 */
class GenerateBindingsTest {
    private static final String PACKAGE = "src/main/java/io/strider/openblas/";

    @TempDir Path folder;
    private Path project;
    private Path jextractHome;

    private record Answer(int exit, String out, String err) {}

    @BeforeEach
    void copyTheProject() throws IOException {
        project = folder.resolve("a project");
        jextractHome = Files.createDirectories(folder.resolve("jextract"));
        for (String file :
                List.of(
                        "scripts/generate-bindings",
                        "native/openblas.h",
                        "native/jextract.args",
                        PACKAGE + "OpenBlas.java",
                        PACKAGE + "OpenBlasRuntime.java")) {
            Files.createDirectories(project.resolve(file).getParent());
            Files.copy(Path.of(file), project.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    @Test
    void givesJextractItsArgumentsInTheProjectsRoot() throws Exception {
        jextract(copies());
        Answer answer = run(List.of());
        assertThat(answer.exit).as("%s", answer).isZero();
        assertThat(answer.out).contains("nothing changed");
        List<String> arguments = Files.readAllLines(folder.resolve("arguments"));
        assertThat(arguments).first().isEqualTo("--output");
        assertThat(arguments.subList(2, arguments.size()))
                .containsExactly(
                        "-t",
                        "io.strider.openblas",
                        "--header-class-name",
                        "OpenBlas",
                        "--symbols-class-name",
                        "OpenBlasRuntime",
                        "native/openblas.h");
        assertThat(folder.resolve("place")).hasContent(project.toRealPath().toString());
        assertThat(project.resolve("target")).isEmptyDirectory();
    }

    @Test
    void writesWhatChangedAndSaysSo() throws Exception {
        jextract(copies() + "echo '// new' >>\"$out/OpenBlas.java\"\n");
        Answer answer = run(List.of());
        assertThat(answer.exit).as("%s", answer).isZero();
        assertThat(answer.out).isEqualTo("Changed: " + PACKAGE + "OpenBlas.java\n");
        assertThat(Files.readString(project.resolve(PACKAGE + "OpenBlas.java")))
                .isEqualTo(Files.readString(Path.of(PACKAGE + "OpenBlas.java")) + "// new\n");
        assertThat(project.resolve(PACKAGE + "OpenBlasRuntime.java"))
                .hasSameBinaryContentAs(Path.of(PACKAGE + "OpenBlasRuntime.java"));
    }

    @Test
    void checkWritesNothing() throws Exception {
        jextract(copies());
        assertThat(run(List.of("--check")).exit).isZero();
        jextract(copies() + "echo '// new' >>\"$out/OpenBlas.java\"\n");
        Answer answer = run(List.of("--check"));
        assertThat(answer.exit).isEqualTo(1);
        assertThat(answer.err).contains("+// new", "run scripts/generate-bindings");
        assertUnchanged();
    }

    @Test
    void aFailingJextractChangesNothing() throws Exception {
        jextract(copies() + "echo broken >\"$out/OpenBlas.java\"; exit 4\n");
        assertThat(run(List.of()).exit).isEqualTo(1);
        assertUnchanged();
        jextract("echo only one >\"$out/OpenBlas.java\"\n");
        assertThat(run(List.of()).err)
                .contains("wrote no OpenBlasRuntime.java; nothing was changed");
        assertUnchanged();
        jextract(copies() + "echo more >\"$out/OpenBlasLibrary.java\"\n");
        assertThat(run(List.of()).err).contains("OpenBlasLibrary.java", "nothing was changed");
        assertUnchanged();
    }

    @Test
    void takesJextractFromJextractHomeFirst() throws Exception {
        jextract(copies());
        Path home = folder.resolve("home");
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("bin/jextract"), "#!/bin/sh\nexit 9\n");
        Files.setPosixFilePermissions(
                home.resolve("bin/jextract"), PosixFilePermissions.fromString("rwx------"));
        Answer answer = run(List.of(), home.toString());
        assertThat(answer.exit).isEqualTo(1);
        assertThat(answer.err).contains(home + "/bin/jextract failed");
        Answer wrong = run(List.of(), "/not/there");
        assertThat(wrong.exit).isEqualTo(1);
        assertThat(wrong.err).contains("JEXTRACT_HOME: /not/there (expected:");
    }

    @Test
    void saysWhereToGetJextract() throws Exception {
        Answer answer = run(List.of());
        assertThat(answer.exit).isEqualTo(1);
        assertThat(answer.err).contains("jextract not found", "https://jdk.java.net/jextract/");
        assertUnchanged();
    }

    @Test
    void explainsItselfAndRefusesOtherArguments() throws Exception {
        Answer help = run(List.of("--help"));
        assertThat(help.exit).isZero();
        assertThat(help.out).startsWith("usage: scripts/generate-bindings").contains("--check");
        Answer wrong = run(List.of("--chekc"));
        assertThat(wrong.exit).isEqualTo(2);
        assertThat(wrong.err).contains("unknown argument: --chekc");
    }

    /** Shell lines that write the bindings as they are committed. */
    private static String copies() {
        return "cp %s %s \"$out\"\n"
                .formatted(
                        "\"" + Path.of(PACKAGE + "OpenBlas.java").toAbsolutePath() + "\"",
                        "\"" + Path.of(PACKAGE + "OpenBlasRuntime.java").toAbsolutePath() + "\"");
    }

    private void jextract(String lines) throws IOException {
        Path file = jextractHome.resolve("jextract");
        Files.writeString(
                file,
                "#!/bin/sh\n"
                        + "printf '%s\\n' \"$@\" >'"
                        + folder.resolve("arguments")
                        + "'\n"
                        + "pwd -P >'"
                        + folder.resolve("place")
                        + "'\n"
                        + "out=$2/io/strider/openblas\n"
                        + "mkdir -p \"$out\"\n"
                        + lines);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Answer run(List<String> arguments, String... home)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(project.resolve("scripts/generate-bindings").toString());
        command.addAll(arguments);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().put("PATH", jextractHome + ":/usr/bin:/bin");
        builder.environment().remove("JEXTRACT_HOME");
        if (home.length > 0) {
            builder.environment().put("JEXTRACT_HOME", home[0]);
        }
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ends").isTrue();
        return new Answer(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private void assertUnchanged() {
        for (String name : List.of("OpenBlas.java", "OpenBlasRuntime.java")) {
            assertThat(project.resolve(PACKAGE + name))
                    .hasSameBinaryContentAs(Path.of(PACKAGE + name));
        }
    }
}
