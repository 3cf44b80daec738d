package io.strider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code scripts/environment.sh} takes for a JDK, and what it says if there is none. */
class ScriptsTest {
    /** No real JDK is as new: only those that the test makes are found. */
    private static final String NEEDED = "925.0.3";

    @TempDir private Path folder;

    private record Run(int code, String out, String err) {}

    /** Looks for a JDK with these JAVA_HOME and PATH, and prints the folder that was found. */
    private Run useJdk(Path javaHome, String path) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(
                                "/bin/bash",
                                "-euc",
                                ". scripts/environment.sh; needed_jdk="
                                        + NEEDED
                                        + "; use_jdk; echo \"$JAVA_HOME\"")
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment()
                .putAll(Map.of("JAVA_HOME", javaHome.toString(), "PATH", path + "/usr/bin:/bin"));
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Path jdk(String name, String version) throws IOException {
        Path jdk = folder.toRealPath().resolve(name);
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        for (String program : new String[] {"java", "javac"}) {
            Path file = Files.writeString(jdk.resolve("bin").resolve(program), "#!/bin/sh\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return jdk;
    }

    @ParameterizedTest
    @CsvSource({
        "925.0.3, true",
        "925.0.4-ea, true",
        "925.0.10, true",
        "926, true",
        "1000.0.1, true",
        "925.0.2, false",
        "925, false",
        "99.0.9, false",
        "17.0.15, false"
    })
    void javaHomeIsTakenIfItIsNewEnough(String version, boolean taken)
            throws IOException, InterruptedException {
        Path jdk = jdk("jdk", version);
        Run run = useJdk(jdk, "");
        assertThat(run.code()).as(run.toString()).isEqualTo(taken ? 0 : 1);
        assertThat(run.out().strip()).isEqualTo(taken ? jdk.toString() : "");
    }

    @Test
    void anOldJavaHomeGivesWayToTheNewerJdkOnThePath() throws IOException, InterruptedException {
        Path old = jdk("old", "17.0.15");
        Path recent = jdk("recent", "925.0.3");
        Path links = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("javac"), recent.resolve("bin/javac"));
        Run run = useJdk(old, links + ":");
        assertThat(run.out().strip()).isEqualTo(recent.toString());
        assertThat(run.err()).isEmpty();
    }

    @Test
    void withoutOneItSaysWhatWasSeenAndWhatToInstall() throws IOException, InterruptedException {
        Path old = jdk("old", "17.0.15");
        Run run = useJdk(old, old.resolve("bin") + ":");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .startsWith("strider: needs a JDK of at least " + NEEDED)
                .containsOnlyOnce(old + ": 17.0.15")
                .contains("temurin-25-jdk", "https://adoptium.net/", "JAVA_HOME");
        assertThat(run.err().lines()).hasSize(1);

        Path runtime = jdk("runtime", "925.0.3");
        Files.delete(runtime.resolve("bin/javac"));
        assertThat(useJdk(runtime, "").err()).contains(runtime + ": no JDK");
        Path missing = folder.resolve("missing");
        assertThat(useJdk(missing, "").err()).contains(missing + ": no JDK");
    }
}
