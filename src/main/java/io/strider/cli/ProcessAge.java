package io.strider.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long this process has existed, as Linux tells to a hundredth of a second. {@link
 * ProcessHandle.Info#startInstant} is wrong by up to a second: it adds to the time of the system's
 * start, which is told in whole seconds.
 */
final class ProcessAge {
    /** Field 22 of proc_pid_stat(5): ticks from the system's start to the process's. */
    private static final Pattern START =
            Pattern.compile(".*\\)(?: \\S+){19} ([0-9]{1,18})(?: .*)?", Pattern.DOTALL);

    private static final Pattern UPTIME =
            Pattern.compile("([0-9]{1,12}\\.[0-9]+) .*", Pattern.DOTALL);

    /** USER_HZ, the same on every architecture that OpenBLAS is shipped for. */
    private static final double TICKS_PER_SECOND = 100;

    private ProcessAge() {}

    /** This process's, in seconds; nothing where the system does not tell. */
    static OptionalDouble seconds() {
        return seconds(Path.of("/proc"));
    }

    /** The same, with {@code proc} for the folder where the system tells of processes. */
    static OptionalDouble seconds(Path proc) {
        try {
            Matcher uptime = UPTIME.matcher(Files.readString(proc.resolve("uptime")));
            Matcher start = START.matcher(Files.readString(proc.resolve("self/stat")));
            return uptime.matches() && start.matches()
                    ? OptionalDouble.of(
                            Double.parseDouble(uptime.group(1))
                                    - Long.parseLong(start.group(1)) / TICKS_PER_SECOND)
                    : OptionalDouble.empty();
        } catch (IOException _) {
            return OptionalDouble.empty();
        }
    }
}
