package io.strider.openblas;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * What there is to know of the machine for the speed of matrix products. On systems other than
 * Linux only the number of processors is known.
 *
 * @param cpuModel the processor's name, {@code unknown} if the system does not say
 * @param features those of its instruction sets that matter here, as {@code /proc/cpuinfo} names
 *     them, in alphabetical order; empty if they are not known
 * @param processors how many processors the JVM sees (a container's limit is already in it)
 * @param cpuLimit how many processors' time the container may use, empty if that is not limited
 * @param memoryLimit how many bytes of memory the container may use, empty if that is not limited
 */
public record Machine(
        String cpuModel,
        Set<String> features,
        int processors,
        OptionalDouble cpuLimit,
        OptionalLong memoryLimit) {
    private static final Set<String> OF_INTEREST =
            Set.of("sse4_2", "avx", "avx2", "fma", "asimd", "neon", "sve", "sve2");
    private static final List<String> OF_INTEREST_BEGIN = List.of("avx512", "amx_", "avx_vnni");

    /** What OpenBLAS's AVX-512 kernels need: those for Skylake-X, the oldest. */
    private static final Set<String> AVX512 =
            Set.of("avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl");

    /** Copies the features and checks that nothing is null. */
    public Machine {
        Objects.requireNonNull(cpuModel, "cpuModel");
        features = Collections.unmodifiableSortedSet(new TreeSet<>(features));
        Objects.requireNonNull(cpuLimit, "cpuLimit");
        Objects.requireNonNull(memoryLimit, "memoryLimit");
    }

    /** Reads what the system says now. */
    public static Machine current() {
        return read(Path.of("/"), Runtime.getRuntime().availableProcessors());
    }

    /**
     * Whether the processor has all of AVX-512 that OpenBLAS's kernels use (F, DQ, CD, BW, VL);
     * {@code false} also where the features are not known.
     */
    public boolean hasAvx512() {
        return features.containsAll(AVX512);
    }

    /**
     * Reads what a system says.
     *
     * @param root the folder that stands for {@code /}
     * @param processors how many processors the JVM sees
     */
    static Machine read(Path root, int processors) {
        String model = "unknown";
        Set<String> features = new TreeSet<>();
        try (BufferedReader lines = Files.newBufferedReader(root.resolve("proc/cpuinfo"))) {
            // The first processor is enough; the file can be long and slow to read.
            for (String line = lines.readLine();
                    line != null && (model.equals("unknown") || features.isEmpty());
                    line = lines.readLine()) {
                int colon = line.indexOf(':');
                String key = colon < 0 ? "" : line.substring(0, colon).strip();
                String value = colon < 0 ? "" : line.substring(colon + 1).strip();
                switch (key) {
                    case "model name", "Model", "cpu model" ->
                            model = value.isEmpty() ? model : value;
                    case "flags", "Features" ->
                            Arrays.stream(value.split("\\s+", -1))
                                    .filter(Machine::isOfInterest)
                                    .forEach(features::add);
                    default -> {}
                }
            }
        } catch (IOException _) {
            // Not Linux, or hidden from us: model and features stay unknown.
        }
        ControlGroup group = ControlGroup.read(root);
        return new Machine(model, features, processors, group.cpus(), group.memoryBytes());
    }

    private static boolean isOfInterest(String feature) {
        return OF_INTEREST.contains(feature)
                || OF_INTEREST_BEGIN.stream().anyMatch(feature::startsWith);
    }
}
