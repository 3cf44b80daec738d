package io.strider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessAgeTest {
    @TempDir private Path proc;

    private void told(String uptime, String stat) throws IOException {
        Files.writeString(proc.resolve("uptime"), uptime);
        Files.createDirectories(proc.resolve("self"));
        Files.writeString(proc.resolve("self/stat"), stat);
    }

    @Test
    void isTheTimeSinceTheProcessStarted() throws IOException {
        String fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 12345 99 98\n";
        told("200.25 399.00\n", "77 (java) " + fields);
        assertThat(ProcessAge.seconds(proc)).hasValueCloseTo(76.80, within(1e-9));
        // A process may have any name.
        told("200.25 399.00\n", "77 (a) b ) " + fields);
        assertThat(ProcessAge.seconds(proc)).hasValueCloseTo(76.80, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({
        "200.25 399.00, 77 (java) S 1 2 3",
        "'', 77 (java) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 12345 99",
        "two hours, 77 (java) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 12345 99",
        "200.25 399.00, 77 (java) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x 99"
    })
    void isNotTakenFromWhatIsNotUnderstood(String uptime, String stat) throws IOException {
        told(uptime, stat);
        assertThat(ProcessAge.seconds(proc)).isEmpty();
    }

    @Test
    void isUnknownWhereTheSystemDoesNotTell() {
        assertThat(ProcessAge.seconds(proc)).isEmpty();
    }

    @Test
    void ofThisProcessIsThatOfItsJvmAndItsStart() {
        assumeTrue(Files.isReadable(Path.of("/proc/self/stat")), "only Linux tells");
        double jvm = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
        assertThat(ProcessAge.seconds().orElseThrow()).isBetween(jvm - 0.02, jvm + 30);
    }
}
