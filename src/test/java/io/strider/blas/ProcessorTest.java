package io.strider.blas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class ProcessorTest {
    /** The system may put a thread back at any moment; it does not do so time after time. */
    private static final int TRIES = 20;

    @Test
    void aThreadIsOnOneOfTheMachinesProcessors() throws IOException {
        int processor = Processor.current();
        assertTrue(Files.exists(Path.of("/sys/devices/system/cpu/cpu" + processor)));
    }

    @Test
    void leavingMovesTheThreadAndKeepsWhatItMayUse() throws IOException {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1);
        List<String> before = allowed();
        Set<Boolean> elsewhere = new HashSet<>();
        for (int i = 0; i < TRIES; i++) {
            int here = Processor.current();
            // False if the thread has been moved in between by the system.
            if (Processor.leave(here)) {
                elsewhere.add(Processor.current() != here);
            }
        }
        assertTrue(elsewhere.contains(true), "never on another processor");
        assertEquals(before, allowed());
    }

    @Test
    void whoIsElsewhereStays() {
        int here = Processor.current();
        assertNotEquals(Processor.UNKNOWN, here);
        assertFalse(Processor.leave(Processor.UNKNOWN));
        assertFalse(Processor.leave(Integer.MAX_VALUE));
        assertFalse(Processor.leave(Integer.MIN_VALUE));
    }

    private static List<String> allowed() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed"))
                .toList();
    }
}
