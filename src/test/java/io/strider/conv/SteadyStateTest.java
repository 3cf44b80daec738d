package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What 100,000 convolutions leave behind. They run in a JVM of their own whose heap is touched from
 * its first to its last page at the start: what the resident memory grows by is then native, and no
 * neighbour's.
 */
@EnabledOnOs(OS.LINUX) // reads /proc
class SteadyStateTest {
    /**
     * A leak of only 500 bytes a call would make 50 MB. What the JVM itself takes after the warm-up
     * (code compiled late, the compilers' arenas) was a few MB at most.
     */
    private static final long MOST_KILOBYTES = 32 << 10;

    /** Measured is 0; a single tensor view would be some 150 bytes, an index array 24. */
    private static final long MOST_HEAP_BYTES = 24;

    private static final Map<String, Long> MEASURED = new TreeMap<>();

    @BeforeAll
    static void run() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xms64m",
                                "-Xmx64m",
                                "-XX:+AlwaysPreTouch",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SteadyStateProgram.class.getName())
                        .redirectErrorStream(true)
                        .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String output = lines.lines().collect(Collectors.joining("\n"));
            assertThat(process.waitFor()).as(output).isZero();
            output.lines()
                    .map(line -> line.split(" "))
                    .filter(words -> words.length == 2 && words[1].matches("-?\\d+"))
                    .forEach(words -> MEASURED.put(words[0], Long.parseLong(words[1])));
        }
    }

    @Test
    void residentMemoryStaysFlat() {
        assertThat(MEASURED.get("residentGrowthKilobytes"))
                .as("%s", MEASURED)
                .isLessThan(MOST_KILOBYTES);
    }

    @Test
    void thePoolKeepsWhatItHas() {
        assertThat(MEASURED.get("idleBytesBefore")).isPositive();
        assertThat(MEASURED.get("idleBytesAfter")).isEqualTo(MEASURED.get("idleBytesBefore"));
    }

    @Test
    void aCallWithGivenOutputsAllocatesNothing() {
        Map<String, Long> heap = new TreeMap<>(MEASURED);
        heap.keySet().removeIf(name -> !name.startsWith("heap-"));
        assertThat(heap).hasSizeGreaterThanOrEqualTo(4 * 7);
        assertThat(heap)
                .allSatisfy(
                        (name, bytes) -> assertThat(bytes).as(name).isLessThan(MOST_HEAP_BYTES));
    }
}
