package io.strider.benchmark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Starts classes in processes of their own, with what the launcher gives them and this CPU's
 * kernels.
 */
public final class JavaProcess {
    /** An option of the JVM: Strider lets OpenBLAS choose its kernels by the CPU. */
    public static final String BEST_KERNELS = "-Dstrider.openblas.coretype=detect";

    /** The property that names the file of the launcher's options. */
    private static final String OPTIONS = "strider.benchmark.options";

    private JavaProcess() {}

    /** What the launcher gives a JVM, as arguments of java. */
    public static List<String> launcherOptions() {
        String file = System.getProperty(OPTIONS);
        return file == null
                ? List.of("--add-modules", "jdk.incubator.vector", "-Dstrider.warmup=background")
                : List.of("@" + file);
    }

    /** Those of them that are not about Strider, for a peer's JVM. */
    public static List<String> commonOptions() throws IOException {
        String file = System.getProperty(OPTIONS);
        return file == null
                ? List.of()
                : Files.readAllLines(Path.of(file)).stream()
                        .filter(line -> line.startsWith("-X"))
                        .toList();
    }

    /** A process that has not started; what it says in error joins its output. */
    public static ProcessBuilder of(String main, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(launcherOptions());
        command.add(BEST_KERNELS);
        String options = System.getenv().getOrDefault("STRIDER_JAVA_OPTIONS", "");
        Arrays.stream(options.split("\\s+", -1)).filter(o -> !o.isEmpty()).forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** Runs a class to its end and returns all that it says. */
    public static String run(String main, List<String> arguments)
            throws IOException, InterruptedException {
        Process process = of(main, arguments).start();
        Thread end = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        Runtime.getRuntime().removeShutdownHook(end);
        if (code != 0) {
            throw new IOException("%s %s failed: %s".formatted(main, arguments, text));
        }
        return text;
    }
}
