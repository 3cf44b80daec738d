package io.strider.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** ONNX's own test data, where it is installed (Debian: libonnx-testdata). */
class OnnxTestDataTest {
    private static final Path DATA = Path.of("/usr/share/libonnx-testdata/data");

    /** Tests of strings, sequences and optional values, as their names say. */
    private static final Pattern WITHOUT_TENSORS = Pattern.compile("STRING|strn|seq|_opt");

    @Test
    void everyFileIsReadUnlessItHoldsNoTensors() throws IOException {
        assumeTrue(Files.isDirectory(DATA), "libonnx-testdata is not installed");
        List<Path> files = new ArrayList<>();
        try (Stream<Path> found = Files.walk(DATA)) {
            found.filter(Files::isRegularFile).sorted().forEach(files::add);
        }
        Map<String, String> refused = new TreeMap<>();
        int read = 0;
        for (Path file : files) {
            String name = DATA.relativize(file).toString();
            try (Arena arena = Arena.ofConfined()) {
                if (name.endsWith(".onnx")) {
                    OnnxReader.read(file, arena);
                    read++;
                } else if (name.endsWith(".pb")) {
                    OnnxReader.readTensor(file, arena).toArray();
                    read++;
                }
            } catch (OnnxFormatException unreadable) {
                refused.put(name, unreadable.getMessage());
            }
        }
        assertThat(read).as("files that could be read").isGreaterThan(1000);
        assertThat(refused.keySet())
                .as("refused: %s", refused)
                .allMatch(name -> WITHOUT_TENSORS.matcher(name).find());
    }
}
