package io.strider.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The machine and the JVM that figures are from. */
public final class Surroundings {
    /** Load per processor above which figures are not worth much. */
    private static final double BUSY = 0.5;

    /** Which number of a line of {@code /proc/stat}. */
    private static final int STOLEN = 7;

    private Surroundings() {}

    static String processor() {
        String model = "unknown processor";
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/cpuinfo"));
            model =
                    lines.stream()
                            .filter(line -> line.startsWith("model name"))
                            .map(line -> line.substring(line.indexOf(':') + 1).strip())
                            .findFirst()
                            .orElse(model);
        } catch (IOException e) {
            // Not Linux: the figures stand without it.
        }
        return "%s, %d processors".formatted(model, Runtime.getRuntime().availableProcessors());
    }

    /** Processor and system. */
    public static String machine() {
        return "%s, %s %s"
                .formatted(
                        processor(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"));
    }

    /** The JVM and its vectors. */
    public static String runtime() {
        return "JDK %s (%s), vectors of %d bits"
                .formatted(
                        System.getProperty("java.runtime.version"),
                        System.getProperty("java.vendor"),
                        FmaPeak.vectorBits());
    }

    /** The kernels that processes of this benchmark compute with, asked of one. */
    public static String openBlas() throws IOException, InterruptedException {
        Map<String, String> told =
                JavaProcess.run("io.strider.cli.Strider", List.of("info"))
                        .lines()
                        .map(line -> line.split(" +", 2))
                        .filter(words -> words.length == 2)
                        .collect(
                                Collectors.toMap(
                                        words -> words[0], words -> words[1], (a, _) -> a));
        return "OpenBLAS %s, %s kernels".formatted(told.get("OpenBLAS"), told.get("kernels"));
    }

    /** How busy the machine is, with a warning if too busy. */
    public static String load() {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        boolean busy = load > BUSY * Runtime.getRuntime().availableProcessors();
        return "load average %.2f%s"
                .formatted(
                        load,
                        busy
                                ? "; WARNING: above %.1f a processor, this machine is busy with something else, the figures are not to be trusted"
                                        .formatted(BUSY)
                                : "");
    }

    /**
     * What share of all processor time since {@link #ticks} the host gave to other machines; where
     * it is some percent, several threads were not at work at the same time.
     */
    static String stolen(long[] before) {
        long[] now = ticks();
        double stolen = now[1] - before[1];
        long all = Math.max(1, now[0] - before[0]);
        return String.format(
                Locale.ROOT, "processor time that the host took away: %.1f %%", 100 * stolen / all);
    }

    /** Of all processors since the system began: in all, and taken away by the host. */
    static long[] ticks() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            long[] fields =
                    lines.findFirst().stream()
                            .flatMap(line -> Arrays.stream(line.split("\\s+", -1)).skip(1))
                            .mapToLong(Long::parseLong)
                            .toArray();
            return new long[] {
                Arrays.stream(fields).limit(STOLEN + 1).sum(),
                fields.length > STOLEN ? fields[STOLEN] : 0
            };
        } catch (IOException none) {
            return new long[2];
        }
    }
}
