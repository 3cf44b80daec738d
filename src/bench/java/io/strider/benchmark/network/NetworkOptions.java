package io.strider.benchmark.network;

import io.strider.benchmark.OptionValues;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the command line asks for.
 *
 * @param models the networks, in the order in which they run
 */
record NetworkOptions(
        boolean help,
        boolean quick,
        List<NetworkSource> models,
        List<Integer> batches,
        List<Integer> threads,
        List<String> engines,
        Optional<Path> out) {

    /** The last is what the others are compared with. */
    static final List<String> ENGINES = List.of("strider", "onnxruntime");

    static final String HELP =
            """
            usage: scripts/bench networks [options]
            Whole networks side by side with ONNX Runtime, each in a process of its own, in one run.
              --models a,b       %s;
                                 default all
              --onnx FILE…       any model files; alone, or beside what --models names
              --batches 1,8      images at once; default 1,8
              --threads 1,2      threads of either engine; default 1,2
              --engines a,b      %s; default both
              --out FILE.csv     writes a row an engine, network, batch and number of threads
              --quick            batch 1 and one thread unless told otherwise, shorter measurements
              --help             prints this
            Columns of the file: %s.
            A free size of a picture is taken as 3×224×224. The outputs of both engines are compared
            before anything is timed. median_ms: of at least 15 runs (5 with --quick), in turns. load_ms: from the
            call to a network that is ready for its input, the first in its process. first_ms: from the
            start of a process to its first result of batch 1. peak_rss_mb: of a process that does
            this alone. Either engine's JVM starts as scripts/strider starts one: with the serial
            collector, 24 MB for new objects, and an archive of classes. Exit status: 1 if an engine
            failed or the outputs differ, 2 for wrong arguments.
            """
                    .formatted(
                            String.join(", ", NetworkSource.names()),
                            String.join(", ", ENGINES),
                            NetworkRow.HEADER);

    private static final Set<String> FLAGS = Set.of("--help", "-h", "--quick");
    private static final Set<String> WITH_VALUE =
            Set.of("--models", "--onnx", "--batches", "--threads", "--engines", "--out");

    /**
     * @throws IllegalArgumentException if they make no sense, with a line that says what is wrong
     */
    static NetworkOptions parse(String... arguments) {
        boolean help = false;
        boolean quick = false;
        List<NetworkSource> models = new ArrayList<>();
        List<NetworkSource> files = new ArrayList<>();
        List<Integer> batches = List.of();
        List<Integer> threads = List.of();
        List<String> engines = ENGINES;
        Optional<Path> out = Optional.empty();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < arguments.length; i++) {
            String option = arguments[i];
            String value = null;
            int equals = option.indexOf('=');
            if (option.startsWith("--") && equals > 0) {
                value = option.substring(equals + 1);
                option = option.substring(0, equals);
            }
            if (!FLAGS.contains(option) && !WITH_VALUE.contains(option)) {
                throw new IllegalArgumentException(
                        "unknown argument: %s (see --help)".formatted(arguments[i]));
            }
            if (!seen.add(option)) {
                throw new IllegalArgumentException(option + ": given twice");
            }
            if (FLAGS.contains(option)) {
                if (value != null) {
                    throw new IllegalArgumentException(option + ": takes no value");
                }
                help |= !option.equals("--quick");
                quick |= option.equals("--quick");
                continue;
            }
            if (value == null) {
                if (++i == arguments.length) {
                    throw new IllegalArgumentException(option + ": needs a value");
                }
                value = arguments[i];
            }
            switch (option) {
                case "--models" ->
                        OptionValues.items(option, value)
                                .forEach(name -> models.add(NetworkSource.named(name)));
                case "--onnx" -> {
                    files.add(modelFile(value));
                    while (i + 1 < arguments.length && !arguments[i + 1].startsWith("--")) {
                        files.add(modelFile(arguments[++i]));
                    }
                }
                case "--batches" -> batches = OptionValues.numbers(option, value, 4096);
                case "--threads" -> threads = OptionValues.numbers(option, value, 1024);
                case "--engines" -> engines = engines(OptionValues.items(option, value));
                case "--out" -> out = Optional.of(OptionValues.file(option, value));
                default -> throw new AssertionError(option);
            }
        }
        if (models.isEmpty() && files.isEmpty()) {
            NetworkSource.names().forEach(name -> models.add(NetworkSource.named(name)));
        }
        models.addAll(files);
        return new NetworkOptions(
                help,
                quick,
                List.copyOf(models),
                batches.isEmpty() ? quick ? List.of(1) : List.of(1, 8) : batches,
                threads.isEmpty() ? quick ? List.of(1) : List.of(1, 2) : threads,
                engines,
                out);
    }

    private static List<String> engines(List<String> names) {
        for (String name : names) {
            if (!ENGINES.contains(name)) {
                throw new IllegalArgumentException(
                        "--engines: %s (expected: %s)".formatted(name, String.join(", ", ENGINES)));
            }
        }
        return ENGINES.stream().filter(names::contains).toList();
    }

    private static NetworkSource modelFile(String value) {
        try {
            Path file = Path.of(value).toAbsolutePath();
            if (Files.isRegularFile(file) && Files.isReadable(file)) {
                return NetworkSource.file(file);
            }
        } catch (InvalidPathException noPath) {
            // Told as a file that is not there.
        }
        throw new IllegalArgumentException(
                "--onnx: %s (expected: a file that can be read)".formatted(value));
    }
}
