package io.strider.openblas;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs {@link Probe} in a JVM of its own, since a JVM loads OpenBLAS once. */
final class ChildJvm {
    private static final String MODULE = "io.strider";

    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private boolean nativesJar;
    private boolean nativeAccess = true;
    private boolean module;

    /** What the JVM answered; the probe's lines {@code key=value} are its values. */
    record Answer(int exit, String out, String err) {
        String value(String key) {
            return out.lines()
                    .filter(line -> line.startsWith(key + "="))
                    .map(line -> line.substring(key.length() + 1))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + key + " in " + this));
        }
    }

    ChildJvm property(String name, Object value) {
        options.add("-D" + name + "=" + value);
        return this;
    }

    ChildJvm option(String option) {
        options.add(option);
        return this;
    }

    ChildJvm variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    ChildJvm withNativesJar() {
        nativesJar = true;
        return this;
    }

    /**
     * Runs Strider as the module that it is, not on the class path; the natives jar stays there.
     */
    ChildJvm asModule() {
        module = true;
        return this;
    }

    ChildJvm withoutNativeAccess() {
        nativeAccess = false;
        return this;
    }

    Answer run(String... arguments) throws IOException, InterruptedException {
        return start(arguments).await();
    }

    Running start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        if (!nativesJar) {
            command.add("-XX:TieredStopAtLevel=1"); // starts sooner, but makes SHA-256 slow
        }
        if (nativeAccess) {
            command.add("--enable-native-access=" + (module ? MODULE : "ALL-UNNAMED"));
        }
        // What runs there is covered too.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-javaagent:"))
                .forEach(command::add);
        command.addAll(options);
        List<String> classPath = new ArrayList<>();
        if (!module) {
            classPath.addAll(List.of(place(OpenBlasLibrary.class), place(Probe.class)));
        }
        if (nativesJar) {
            classPath.add(nativesJarFile().orElseThrow().toString());
        }
        if (!classPath.isEmpty()) {
            command.addAll(List.of("-cp", String.join(":", classPath)));
        }
        if (module) {
            command.addAll(
                    List.of(
                            "--module-path",
                            place(OpenBlasLibrary.class),
                            "--patch-module",
                            MODULE + "=" + place(Probe.class),
                            "-m",
                            MODULE + "/" + Probe.class.getName()));
        } else {
            command.add(Probe.class.getName());
        }
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        // What the machine presets must not decide what the tests see.
        CoreType.OVERRIDES.forEach(builder.environment()::remove);
        builder.environment().remove(LibrarySearch.VARIABLE);
        builder.environment().remove("LD_LIBRARY_PATH");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().putAll(environment);
        Path out = Files.createTempFile("probe", ".out");
        Path err = Files.createTempFile("probe", ".err");
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        return new Running(builder.start(), out, err);
    }

    record Running(Process process, Path out, Path err) {
        Answer await() throws IOException, InterruptedException {
            try {
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("the probe did not end within a minute");
                }
                return new Answer(
                        process.exitValue(),
                        Files.readString(out, StandardCharsets.UTF_8),
                        Files.readString(err, StandardCharsets.UTF_8));
            } finally {
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
            }
        }
    }

    /** The natives jar on the tests' own class path. */
    static Optional<Path> nativesJarFile() {
        URL url =
                ChildJvm.class
                        .getClassLoader()
                        .getResource("org/bytedeco/openblas/linux-x86_64/libopenblas.so.0");
        if (url == null) {
            return Optional.empty();
        }
        String jar = url.toString();
        return Optional.of(Path.of(URI.create(jar.substring("jar:".length(), jar.indexOf("!/")))));
    }

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
