package io.strider.benchmark;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the command line asks for. */
record Options(
        boolean help,
        boolean list,
        boolean quick,
        List<Shape> shapes,
        List<Pass> passes,
        List<Integer> batches,
        List<Integer> threads,
        List<String> engines,
        Optional<Path> out,
        Optional<Path> chart) {

    static final List<String> ENGINES = List.of("onednn", "onnxruntime", "strider");

    static final String HELP =
            """
            usage: scripts/bench layers [options]
            Convolution layers side by side with ONNX Runtime and oneDNN, in one run.
              --quick            a dozen shapes, forward, batch 1, one thread, shorter measurements: under three minutes
              --shapes a,b       %s; or names, or what names begin with (resnet50.3x3); default all
              --passes a,b       forward, data, weights; default forward
              --batches 1,8      images at once; default 1
              --threads 1,2      threads of every engine; default 1
              --engines a,b      %s; default all
              --out FILE.csv     writes a row an engine and layout
              --chart FILE.svg   writes a bar chart
              --list             prints the names of the shapes
              --help             prints this
            """
                    .formatted(String.join(", ", Shapes.groups()), String.join(", ", ENGINES));

    /**
     * @throws IllegalArgumentException if they make no sense, with a line that says what is wrong
     */
    static Options parse(String... arguments) {
        boolean help = false;
        boolean list = false;
        boolean quick = false;
        List<Shape> shapes = List.of();
        List<Pass> passes = List.of(Pass.FORWARD);
        List<Integer> batches = List.of(1);
        List<Integer> threads = List.of(1);
        List<String> engines = ENGINES;
        Optional<Path> out = Optional.empty();
        Optional<Path> chart = Optional.empty();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < arguments.length; i++) {
            String option = arguments[i];
            String inline = null;
            int equals = option.indexOf('=');
            if (option.startsWith("--") && equals > 0) {
                inline = option.substring(equals + 1);
                option = option.substring(0, equals);
            }
            if (!seen.add(option)) {
                throw new IllegalArgumentException(option + ": given twice");
            }
            if (Set.of("--help", "-h", "--list", "--quick").contains(option)) {
                if (inline != null) {
                    throw new IllegalArgumentException(option + ": takes no value");
                }
                help |= option.equals("--help") || option.equals("-h");
                list |= option.equals("--list");
                quick |= option.equals("--quick");
                continue;
            }
            if (!Set.of(
                            "--shapes",
                            "--passes",
                            "--batches",
                            "--threads",
                            "--engines",
                            "--out",
                            "--chart")
                    .contains(option)) {
                throw new IllegalArgumentException(
                        "unknown argument: %s (see --help)".formatted(arguments[i]));
            }
            if (inline == null) {
                if (++i == arguments.length) {
                    throw new IllegalArgumentException(option + ": needs a value");
                }
                inline = arguments[i];
            }
            String value = inline;
            switch (option) {
                case "--shapes" -> shapes = Shapes.select(OptionValues.items(option, value));
                case "--passes" -> passes = passes(OptionValues.items(option, value));
                case "--batches" -> batches = OptionValues.numbers(option, value, 4096);
                case "--threads" -> threads = OptionValues.numbers(option, value, 1024);
                case "--engines" -> engines = engines(OptionValues.items(option, value));
                case "--out" -> out = Optional.of(OptionValues.file(option, value));
                case "--chart" -> chart = Optional.of(OptionValues.file(option, value));
                default -> throw new AssertionError(option);
            }
        }
        if (shapes.isEmpty()) {
            shapes = quick ? Shapes.quick() : Shapes.all();
        }
        return new Options(
                help, list, quick, shapes, passes, batches, threads, engines, out, chart);
    }

    private static List<Pass> passes(List<String> names) {
        return names.stream()
                .map(name ->
                        Arrays.stream(Pass.values())
                                .filter(pass -> pass.text().equals(name))
                                .findFirst()
                                .orElseThrow(() ->
                                        new IllegalArgumentException(
                                                "--passes: %s (expected: forward, data, weights)"
                                                        .formatted(name))))
                .toList();
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
}
