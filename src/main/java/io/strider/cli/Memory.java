package io.strider.cli;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Refuses sizes that the machine cannot hold, before they are allocated. */
final class Memory {
    /** Less than this is not worth asking for. */
    private static final long ALWAYS_THERE = 256L << 20;

    private Memory() {}

    /**
     * Checks that so many bytes could be had at all. Whether they are free is for the system to
     * say.
     *
     * @param what what they are for
     * @param bytes how many
     * @throws IllegalArgumentException if the machine, or the container, has less memory
     */
    static void require(String what, long bytes) {
        if (bytes > ALWAYS_THERE && bytes > total()) {
            throw new IllegalArgumentException(
                    "%s: %s of memory (expected: at most the %s that this machine has)"
                            .formatted(what, text(bytes), text(total())));
        }
    }

    /** As {@link #require(String, long)} for float32 tensors that are needed at the same time. */
    static void requireTensors(String what, long... elementCounts) {
        long bytes = 0;
        for (long count : elementCounts) {
            // Each fits a long as bytes; together they may not.
            long added = bytes + count * Float.BYTES;
            bytes = added < bytes ? Long.MAX_VALUE : added;
        }
        require(what, bytes);
    }

    /** The machine's memory in bytes, or the container's limit where that is less. */
    static long total() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    /** For people: {@code 15.6 GiB}. */
    static String text(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < units.length - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
    }
}
