package io.strider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's Java is run as it stands there, and what it is said to print is what it prints. Its
 * shell commands are run by scripts/test.
 */
class ReadmeTest {
    private static final Pattern JAVA_WITH_OUTPUT =
            Pattern.compile("```java\\n(.*?)```\\n.*?```text\\n(.*?)```", Pattern.DOTALL);

    private static final Pattern EMBEDDING =
            Pattern.compile("```java embedding\\n(.*?)```\\n", Pattern.DOTALL);

    @TempDir private Path folder;

    @Test
    void theJavaExampleRunsAndPrintsWhatTheReadmeSays() throws Exception {
        Matcher example = JAVA_WITH_OUTPUT.matcher(readme());
        assertThat(example.find()).as("a java block followed by a text block").isTrue();
        Path source = folder.resolve("Example.java");
        Files.writeString(source, example.group(1));

        assertThat(run(javaCommand(source))).isEqualTo(example.group(2));
    }

    @Test
    void theEmbeddingExampleRunsAndPrintsWhatItsCommentSays() throws Exception {
        Matcher example = EMBEDDING.matcher(readme());
        assertThat(example.find()).as("a java embedding block").isTrue();
        Path source = Files.writeString(folder.resolve("Embedding.java"), example.group(1));
        List<String> command = new ArrayList<>(javaCommand(source));
        command.set(command.indexOf("-cp") + 1, System.getProperty("java.class.path"));

        String printed = run(command, Path.of("").toAbsolutePath());
        assertThat(printed).isNotBlank();
        assertThat(example.group(1)).contains("// " + printed.strip());
    }

    /** Of ONNX's node tests: those that are listed as not passed, and all others. */
    @Test
    void theCountOfNodeTestsIsThatOfTheList() throws IOException {
        Matcher told =
                Pattern.compile(
                                "Of the (\\d+) node tests .*?, (\\d+) pass, .*?The other (\\d+) ",
                                Pattern.DOTALL)
                        .matcher(readme());
        assertThat(told.find()).isTrue();
        Path list = Path.of("src/test/resources/io/strider/onnx/node-tests-not-passed.txt");
        long notPassed =
                Files.readAllLines(list).stream().filter(line -> line.startsWith("test_")).count();
        assertThat(Long.parseLong(told.group(3))).isEqualTo(notPassed);
        assertThat(Long.parseLong(told.group(2)) + notPassed)
                .isEqualTo(Long.parseLong(told.group(1)));
        Path data = Path.of("/usr/share/libonnx-testdata/data/node");
        if (Files.isDirectory(data)) {
            try (Stream<Path> all = Files.list(data)) {
                assertThat(all.count()).isEqualTo(Long.parseLong(told.group(1)));
            }
        }
    }

    @Test
    void everyFileNamedInTheReadmeIsThere() throws IOException {
        Matcher link = Pattern.compile("]\\((?!https?:)([^)#]+)\\)").matcher(readme());
        List<String> named = new ArrayList<>();
        while (link.find()) {
            named.add(link.group(1));
        }
        assertThat(named).isNotEmpty().allSatisfy(path -> assertThat(Path.of(path)).exists());
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("README.md"));
    }

    private static List<String> javaCommand(Path source) {
        String java = ProcessHandle.current().info().command().orElseThrow();
        return List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                Path.of("target", "classes").toAbsolutePath().toString(),
                source.toString());
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        return run(command, folder);
    }

    private String run(List<String> command, Path where) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Process process =
                new ProcessBuilder(command)
                        .directory(where.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        String printed = Files.readString(output);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
