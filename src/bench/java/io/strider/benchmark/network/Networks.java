package io.strider.benchmark.network;

import io.strider.benchmark.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The command {@code scripts/bench networks}. Exit status: 0, 1 if an engine failed or gave another
 * result than the other, 2 for wrong arguments.
 */
public final class Networks {
    private final NetworkOptions options;
    private final Comparison comparison;
    private final List<NetworkRow> rows = new ArrayList<>();
    private int errors;

    private Networks(NetworkOptions options) {
        this.options = options;
        this.comparison = new Comparison(options.engines(), options.quick(), this::error);
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        NetworkOptions options;
        try {
            options = NetworkOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("bench networks: " + e.getMessage());
            System.exit(2);
            return;
        }
        if (options.help()) {
            System.out.print(NetworkOptions.HELP);
        } else {
            System.exit(new Networks(options).run());
        }
    }

    private int run() throws IOException, InterruptedException {
        System.out.println(Surroundings.machine());
        System.out.println(Surroundings.runtime());
        System.out.println(Surroundings.load());
        Path folder = Files.createTempDirectory("strider-networks");
        Thread cleanup = Thread.ofPlatform().unstarted(() -> delete(folder));
        Runtime.getRuntime().addShutdownHook(cleanup);
        for (NetworkSource model : options.models()) {
            Path file;
            try {
                file = model.origin().path(folder);
            } catch (IOException failure) {
                error(model.name() + ": " + failure.getMessage());
                continue;
            }
            for (int threads : options.threads()) {
                measure(model.name(), file, threads);
            }
        }
        NetworkTable table = new NetworkTable(rows);
        System.out.println();
        table.lines().forEach(System.out::println);
        List<String> targets = table.targets();
        if (!targets.isEmpty()) {
            System.out.println();
            System.out.println("Targets (Strider's figure over ONNX Runtime's):");
            targets.forEach(System.out::println);
        }
        System.out.println(Surroundings.load());
        if (errors > 0) {
            System.err.println("bench networks: %d errors, see above".formatted(errors));
        }
        return errors == 0 ? 0 : 1;
    }

    private void measure(String network, Path file, int threads)
            throws IOException, InterruptedException {
        System.err.printf("%s, %d thread%s: starts%n", network, threads, threads == 1 ? "" : "s");
        Map<String, Comparison.Start> starts = comparison.start(network, file, threads);
        for (int batch : options.batches()) {
            NetworkRow.Workload workload = new NetworkRow.Workload(network, batch, threads);
            System.err.println(workload);
            try {
                List<NetworkRow> measured = comparison.measure(workload, file, starts);
                measured.forEach(row -> System.err.println("  " + row.csv()));
                rows.addAll(measured);
                write();
            } catch (UnfitNetworkException unfit) {
                System.err.println("  left out: " + unfit.getMessage());
            }
        }
    }

    /** Kept up with on disk, so that a run that is stopped leaves what it has. */
    private void write() throws IOException {
        if (options.out().isPresent()) {
            Files.write(
                    options.out().get(),
                    Stream.concat(Stream.of(NetworkRow.HEADER), rows.stream().map(NetworkRow::csv))
                            .toList());
        }
    }

    private void error(String message) {
        errors++;
        System.err.println("ERROR: " + message);
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            System.err.println("bench networks: " + folder + " is left behind: " + failure);
        }
    }
}
