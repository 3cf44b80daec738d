package io.strider.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code scripts/bench layers}. Each engine has a process of its own (see {@link
 * LayerServer}); they take turns, and this one compares results and prints. Exit status: 0, 1 if an
 * engine failed or gave another result than the others, 2 for wrong arguments.
 */
public final class Layers {
    private final Options options;
    private final Map<String, LayerProcess> processes = new LinkedHashMap<>();
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
            LayerProcess process = process(name);
            if (process != null) {
                System.out.println(process.description());
            }
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
        long[] ticks = Surroundings.ticks();
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
        processes.values().forEach(LayerProcess::close);
        summarize();
        System.out.println(Surroundings.stolen(ticks));
        return errors == 0 ? 0 : 1;
    }

    /** The most of all times it is measured: a neighbour only ever lowers it. */
    private void measurePeak(int threads) throws InterruptedException {
        peaks.merge(threads, FmaPeak.measure(threads), Math::max);
    }

    /** One after the other what is compared: a machine changes its pace over minutes. */
    private List<Workload> workloads() {
        List<Workload> workloads = new ArrayList<>();
        for (Pass pass : options.passes()) {
            for (Shape shape : options.shapes()) {
                for (int batch : options.batches()) {
                    for (int threads : options.threads()) {
                        workloads.add(new Workload(pass, shape, batch, threads));
                    }
                }
            }
        }
        return workloads;
    }

    /** The engine's process, started anew if it has ended; null if that fails. */
    private @Nullable LayerProcess process(String engine) throws IOException, InterruptedException {
        LayerProcess process = processes.get(engine);
        if (process != null && process.isAlive()) {
            return process;
        }
        try {
            process = new LayerProcess(engine);
            processes.put(engine, process);
            return process;
        } catch (EngineException failure) {
            error(engine + ": " + failure.getMessage());
            return null;
        }
    }

    private void measure(Workload workload) throws IOException, InterruptedException {
        measurePeak(workload.threads());
        List<Turns.Candidate> sound = compare(workload, prepare(workload));
        try {
            List<Turns.Result> results =
                    new Turns(options.quick()).measure(sound, workload.threads());
            List<Row> measured = new ArrayList<>();
            for (int i = 0; i < sound.size(); i++) {
                Turns.Candidate candidate = sound.get(i);
                measured.add(
                        new Row(
                                candidate.process().engine(),
                                workload,
                                candidate.layout(),
                                candidate.algorithm(),
                                results.get(i).median(),
                                peaks.get(workload.threads()),
                                core,
                                results.get(i).heapBytes()));
            }
            report(measured);
        } catch (EngineException failure) {
            error(workload + ": " + failure.getMessage());
        }
        for (LayerProcess process : processes.values()) {
            if (process.isAlive()) {
                attempt(workload, process.engine(), process::closeWorkload);
            }
        }
    }

    private List<Turns.Candidate> prepare(Workload workload)
            throws IOException, InterruptedException {
        List<Turns.Candidate> candidates = new ArrayList<>();
        for (String engine : options.engines()) {
            LayerProcess process = process(engine);
            if (process == null) {
                continue;
            }
            List<String> layouts = new ArrayList<>();
            attempt(workload, engine, () -> layouts.addAll(process.open(workload)));
            for (String layout : layouts) {
                attempt(
                        workload,
                        engine + " " + layout,
                        () ->
                                candidates.add(
                                        new Turns.Candidate(
                                                process, layout, process.prepare(layout))));
            }
        }
        return candidates;
    }

    /** Those whose result is that of the first. */
    private List<Turns.Candidate> compare(Workload workload, List<Turns.Candidate> candidates)
            throws IOException, InterruptedException {
        List<Turns.Candidate> sound = new ArrayList<>();
        try (Operands operands = new Operands(workload);
                Agreement agreement = new Agreement(operands)) {
            for (Turns.Candidate candidate : candidates) {
                operands.spoilResult();
                attempt(
                        workload,
                        candidate.label(),
                        () -> {
                            ByteBuffer result = Operands.bytes(operands.result());
                            candidate.process().result(candidate.layout(), result);
                            Optional<String> wrong =
                                    agreement.take(candidate.label(), operands.result());
                            if (wrong.isPresent()) {
                                error(workload + ": " + wrong.get());
                            } else {
                                sound.add(candidate);
                            }
                        });
            }
        }
        return sound;
    }

    private interface Step {
        void run() throws IOException, InterruptedException, EngineException;
    }

    /** An engine's failure is told, and the others go on. */
    private void attempt(Workload workload, String who, Step step)
            throws IOException, InterruptedException {
        try {
            step.run();
        } catch (EngineException failure) {
            error("%s: %s: %s".formatted(workload, who, failure.getMessage()));
        }
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
        Scaling.lines(new Ratios(rows)).forEach(System.out::println);
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
