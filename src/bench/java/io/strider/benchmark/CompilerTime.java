package io.strider.benchmark;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether the JVM's compilers have been at work. {@link CompilationMXBean} counts a compilation
 * when it has ended, and one of a large vector loop takes a second: asked in the midst of it, it
 * says that nothing happens. The processor time of the compilers' threads, where the system tells
 * it, says more.
 */
public final class CompilerTime {
    /** What may be nothing: the system counts in steps of 10. */
    private static final long QUIET_MILLIS = 10;

    private static final long TICK_MILLIS = 10;

    /** Fields of {@code stat} behind the name: the state is the first. */
    private static final int USER_TICKS = 11;

    private static final CompilationMXBean COMPILERS = ManagementFactory.getCompilationMXBean();
    private static final Path TASKS = Path.of("/proc/self/task");

    private long ended = COMPILERS.getTotalCompilationTime();
    private long busy = busyMillis();

    /** Whether they have worked since this was asked last, or made. */
    public boolean hasPassed() {
        long endedBefore = ended;
        long busyBefore = busy;
        ended = COMPILERS.getTotalCompilationTime();
        busy = busyMillis();
        return ended - endedBefore > QUIET_MILLIS || busy - busyBefore > QUIET_MILLIS;
    }

    /** Of the compilers' threads that live; 0 where the system does not tell. */
    private static long busyMillis() {
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.mapToLong(CompilerTime::millis).sum();
        } catch (IOException none) {
            return 0;
        }
    }

    private static long millis(Path task) {
        String stat;
        try {
            stat = Files.readString(task.resolve("stat"));
        } catch (IOException ended) {
            return 0;
        }
        int name = stat.indexOf('(') + 1;
        if (!stat.startsWith("C1 Comp", name) && !stat.startsWith("C2 Comp", name)) {
            return 0;
        }
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        long ticks =
                Long.parseLong(fields.get(USER_TICKS)) + Long.parseLong(fields.get(USER_TICKS + 1));
        return ticks * TICK_MILLIS;
    }
}
