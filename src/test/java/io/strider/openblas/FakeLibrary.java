package io.strider.openblas;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes small shared libraries with the machine's C compiler; tests are skipped where there is
 * none.
 */
final class FakeLibrary {
    private FakeLibrary() {}

    /** A library of functions that do nothing, beside the source given. */
    static Path compile(Path file, String source, List<String> emptyFunctions, String... options)
            throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder(source).append('\n');
        emptyFunctions.forEach(name -> text.append("void ").append(name).append("(void) {}\n"));
        Path c = file.resolveSibling(file.getFileName() + ".c");
        Files.writeString(c, text);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "gcc",
                                "-shared",
                                "-fPIC",
                                "-w",
                                "-o",
                                file.toString(),
                                c.toString()));
        command.addAll(List.of(options));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "no gcc to make a fake library with: " + e.getMessage());
            throw e;
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError("gcc: " + output);
        }
        return file;
    }

    /** The source of openblas_get_config. */
    static String config(String text) {
        return "char *openblas_get_config(void) { return \"" + text + "\"; }";
    }

    /** The names of all functions a library must have but the one that {@link #config} defines. */
    static List<String> otherFunctions() {
        return LibraryOpener.REQUIRED.stream()
                .filter(name -> !name.equals("openblas_get_config"))
                .toList();
    }
}
