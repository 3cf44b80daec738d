package io.strider.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The command {@code scripts/bench layers}. Exit status: 0, 1 if an engine failed or gave another
 * result than the others, 2 for wrong arguments.
 */
public final class Layers {
    private final Options options;
    private final List<Engine> engines = new ArrayList<>();
    private final Map<Integer, Double> peaks = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private final String core;
    private int errors;

    private Layers(Options options, String core) {
        this.options = options;
        this.core = core;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("bench layers: " + e.getMessage());
            System.exit(2);
            return;
        }
        if (options.help()) {
            System.out.print(Options.HELP);
        } else if (options.list()) {
            options.shapes().forEach(shape -> System.out.println(shape.name()));
        } else {
            System.exit(new Layers(options, StriderEngine.coreName()).run());
        }
    }

    private int run() throws IOException, InterruptedException {
        System.out.println(Surroundings.machine());
        System.out.println(Surroundings.runtime());
        for (String name : options.engines()) {
            engines.add(
                    switch (name) {
                        case "strider" -> new StriderEngine();
                        case "onnxruntime" -> new OnnxRuntimeEngine();
                        case "onednn" -> new OneDnnEngine();
                        default -> throw new AssertionError(name);
                    });
            System.out.println(engines.getLast().description());
        }
        System.out.println(Surroundings.load());
        for (int threads : options.threads()) {
            for (int i = 0; i < 3; i++) {
                measurePeak(threads);
            }
            System.out.printf(
                    Locale.ROOT,
                    "FMA peak, %d thread%s: %.1f GFLOP/s (Vector API, independent chains on registers)%n",
                    threads,
                    threads == 1 ? "" : "s",
                    peaks.get(threads));
        }
        System.out.println();
        System.out.println(Table.header());
        List<Workload> workloads = workloads();
        for (int i = 0; i < workloads.size(); i++) {
            System.err.printf("[%d/%d] %s%n", i + 1, workloads.size(), workloads.get(i));
            try {
                measure(workloads.get(i));
            } catch (OutOfMemoryError e) {
                error(workloads.get(i) + ": not enough memory: " + e.getMessage());
            }
        }
        engines.forEach(Engine::close);
        summarize();
        return errors == 0 ? 0 : 1;
    }

    /** The most of all times it is measured: a neighbour only ever lowers it. */
    private void measurePeak(int threads) throws InterruptedException {
        peaks.merge(threads, FmaPeak.measure(threads), Math::max);
    }

    private List<Workload> workloads() {
        List<Workload> workloads = new ArrayList<>();
        for (int threads : options.threads()) {
            for (int batch : options.batches()) {
                for (Pass pass : options.passes()) {
                    for (Shape shape : options.shapes()) {
                        workloads.add(new Workload(pass, shape, batch, threads));
                    }
                }
            }
        }
        return workloads;
    }

    /** An engine in one of its layouts. */
    private record Candidate(Engine engine, String layout, Engine.Prepared prepared) {
        String label() {
            return engine.name() + " " + layout;
        }
    }

    private void measure(Workload workload) throws IOException, InterruptedException {
        List<Candidate> candidates = new ArrayList<>();
        measurePeak(workload.threads());
        try (Operands operands = new Operands(workload)) {
            try {
                prepare(workload, operands, candidates);
                List<Candidate> sound = compare(workload, operands, candidates);
                List<Turns.Result> results =
                        new Turns(options.quick())
                                .measure(
                                        sound.stream().map(Candidate::prepared).toList(),
                                        workload.threads());
                List<Row> measured = new ArrayList<>();
                for (int i = 0; i < sound.size(); i++) {
                    Candidate candidate = sound.get(i);
                    measured.add(
                            new Row(
                                    candidate.engine().name(),
                                    workload,
                                    candidate.layout(),
                                    candidate.prepared().algorithm(),
                                    results.get(i).median(),
                                    peaks.get(workload.threads()),
                                    core,
                                    results.get(i).heapBytes()));
                }
                report(measured);
            } finally {
                candidates.forEach(candidate -> candidate.prepared().close());
            }
        }
    }

    private void prepare(Workload workload, Operands operands, List<Candidate> candidates) {
        for (Engine engine : engines) {
            for (String layout : engine.layouts(workload)) {
                try {
                    candidates.add(
                            new Candidate(
                                    engine, layout, engine.prepare(workload, layout, operands)));
                } catch (RuntimeException e) {
                    error("%s: %s %s: %s".formatted(workload, engine.name(), layout, e));
                }
            }
        }
    }

    /** Those whose result is that of the first. */
    private List<Candidate> compare(
            Workload workload, Operands operands, List<Candidate> candidates) {
        List<Candidate> sound = new ArrayList<>();
        try (Agreement agreement = new Agreement(operands)) {
            for (Candidate candidate : candidates) {
                operands.spoilResult();
                Optional<String> wrong;
                try {
                    candidate.prepared().run();
                    candidate.prepared().read();
                    wrong = agreement.take(candidate.label(), operands.result());
                } catch (RuntimeException e) {
                    wrong = Optional.of(candidate.label() + ": " + e);
                }
                if (wrong.isPresent()) {
                    error(workload + ": " + wrong.get());
                } else {
                    sound.add(candidate);
                }
            }
        }
        return sound;
    }

    /** Kept up with on disk, so that a run that is stopped leaves what it has. */
    private void report(List<Row> measured) throws IOException {
        rows.addAll(measured);
        rows.replaceAll(row -> row.withPeak(peaks.get(row.workload().threads())));
        Table.lines(new Ratios(measured)).forEach(System.out::println);
        write();
    }

    private void write() throws IOException {
        if (options.out().isPresent()) {
            Files.write(
                    options.out().get(),
                    Stream.concat(Stream.of(Row.HEADER), rows.stream().map(Row::csv)).toList());
        }
    }

    private void summarize() throws IOException {
        System.out.println();
        for (int threads : options.threads()) {
            System.out.printf(
                    Locale.ROOT,
                    "FMA peak, %d thread%s: %.1f GFLOP/s, the most of the whole run (the file's shares)%n",
                    threads,
                    threads == 1 ? "" : "s",
                    peaks.get(threads));
        }
        List<String> lines = Targets.lines(new Ratios(rows));
        if (!lines.isEmpty()) {
            System.out.println(
                    "Targets (the peer's time over Strider's, inputs and outputs in the layout each prefers):");
            lines.forEach(System.out::println);
        }
        if (options.chart().isPresent() && !rows.isEmpty()) {
            String caption = "%s, %s kernels".formatted(Surroundings.processor(), core);
            Files.writeString(options.chart().get(), Chart.svg(rows, caption));
        }
        if (errors > 0) {
            System.err.println("bench layers: %d errors, see above".formatted(errors));
        }
    }

    private void error(String message) {
        errors++;
        System.err.println("ERROR: " + message);
    }
}
