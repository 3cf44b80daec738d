package io.strider.benchmark.network;

import io.strider.benchmark.EngineException;
import io.strider.benchmark.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Measures engines on one network. Each has a process of its own; they take turns, a few runs each,
 * so that a machine that changes its pace changes it for all, and the others sleep meanwhile. With
 * several threads there is a pause before a turn, because the pool of ONNX Runtime spins for a
 * while after its work and would take the next one's processors.
 */
final class Comparison {
    private static final long PAUSE_MILLIS = 250;
    private static final long TURN_NANOS = 60_000_000;
    private static final int MOST_RUNS_A_TURN = 10;

    private final List<String> engines;
    private final int rounds;
    private final int starts;
    private final long warmupMillis;
    private final Set<String> described = new HashSet<>();
    private final Consumer<String> errors;

    /**
     * For these engines, the last of which the others' results are compared with.
     *
     * @param errors takes a line for whatever goes wrong
     */
    Comparison(List<String> engines, boolean quick, Consumer<String> errors) {
        this.engines = engines;
        this.rounds = quick ? 5 : 15;
        this.starts = quick ? 1 : 3;
        this.warmupMillis = quick ? 500 : 1000;
        this.errors = errors;
    }

    /** Medians of starting a process. */
    record Start(double loadMillis, double firstMillis) {}

    /**
     * Starts processes that load the model, run it once for one picture, and end.
     *
     * @return by engine; without those that fail
     */
    Map<String, Start> start(String network, Path model, int threads)
            throws IOException, InterruptedException {
        Map<String, double[]> loads = new LinkedHashMap<>();
        Map<String, double[]> firsts = new LinkedHashMap<>();
        Map<String, Start> medians = new LinkedHashMap<>();
        for (String engine : engines) {
            loads.put(engine, new double[starts]);
            firsts.put(engine, new double[starts]);
        }
        for (int i = 0; i < starts; i++) {
            for (String engine : turn(i, List.copyOf(loads.keySet()))) {
                try (EngineProcess process = new EngineProcess(engine, threads, 1, model)) {
                    if (described.add(engine)) {
                        System.out.println(process.description());
                    }
                    loads.get(engine)[i] = process.loadMillis();
                    firsts.get(engine)[i] = process.firstMillis();
                } catch (EngineException failure) {
                    // Told by the measurement that follows.
                    loads.remove(engine);
                } catch (UnfitNetworkException unfit) {
                    loads.remove(engine);
                }
            }
        }
        loads.forEach((engine, times) ->
                medians.put(
                        engine, new Start(Turns.median(times), Turns.median(firsts.get(engine)))));
        return medians;
    }

    /** Rows of the engines that have a result, right or wrong; none if the network is unfit. */
    List<NetworkRow> measure(NetworkRow.Workload workload, Path model, Map<String, Start> start)
            throws IOException, InterruptedException, UnfitNetworkException {
        Map<String, EngineProcess> processes = new LinkedHashMap<>();
        try {
            for (String engine : engines) {
                attempt(
                        workload,
                        engine,
                        () ->
                                processes.put(
                                        engine,
                                        new EngineProcess(
                                                engine,
                                                workload.threads(),
                                                workload.batch(),
                                                model)));
            }
            Map<String, String> wrong = compare(workload, processes);
            Map<String, double[]> times = time(workload, processes);
            // A process that has warmed up computes by other loops than its first run.
            compare(workload, processes).forEach(wrong::putIfAbsent);
            List<NetworkRow> rows = new ArrayList<>();
            for (Map.Entry<String, double[]> entry : times.entrySet()) {
                String engine = entry.getKey();
                EngineProcess process = processes.get(engine);
                Start own = start.get(engine);
                attempt(
                        workload,
                        engine,
                        () ->
                                rows.add(
                                        new NetworkRow(
                                                engine,
                                                workload,
                                                Turns.median(entry.getValue()),
                                                own == null
                                                        ? process.loadMillis()
                                                        : own.loadMillis(),
                                                own == null ? Double.NaN : own.firstMillis(),
                                                process.peakBytes(),
                                                Optional.ofNullable(wrong.get(engine)))));
            }
            return rows;
        } finally {
            for (EngineProcess process : processes.values()) {
                process.close();
            }
        }
    }

    /** What is wrong with the last outputs, by engine. */
    private Map<String, String> compare(
            NetworkRow.Workload workload, Map<String, EngineProcess> processes)
            throws IOException, InterruptedException, UnfitNetworkException {
        Map<String, String> wrong = new LinkedHashMap<>();
        String reference = engines.getLast();
        Map<String, float[]> outputs = new LinkedHashMap<>();
        for (String engine : List.copyOf(processes.keySet())) {
            boolean alive =
                    attempt(
                            workload,
                            engine,
                            () -> outputs.put(engine, processes.get(engine).outputs()));
            if (!alive) {
                processes.remove(engine).close();
            }
        }
        float[] expected = outputs.get(reference);
        if (expected != null) {
            outputs.forEach((engine, actual) ->
                    OutputAgreement.difference(expected, actual)
                            .ifPresent(difference -> {
                                wrong.put(engine, difference);
                                errors.accept(
                                        "%s: %s and %s disagree: %s"
                                                .formatted(
                                                        workload, engine, reference, difference));
                            }));
        }
        return wrong;
    }

    /** Milliseconds of every run, by engine, in turns. */
    private Map<String, double[]> time(
            NetworkRow.Workload workload, Map<String, EngineProcess> processes)
            throws IOException, InterruptedException, UnfitNetworkException {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        Map<String, Integer> runs = new LinkedHashMap<>();
        for (Map.Entry<String, EngineProcess> entry : processes.entrySet()) {
            attempt(
                    workload,
                    entry.getKey(),
                    () -> {
                        pause(workload);
                        long nanos = Math.max(1, entry.getValue().warm(warmupMillis));
                        runs.put(
                                entry.getKey(),
                                Math.clamp(TURN_NANOS / nanos, 1, MOST_RUNS_A_TURN));
                        times.put(entry.getKey(), new ArrayList<>());
                    });
        }
        for (int round = 0; round < rounds; round++) {
            for (String engine : turn(round, List.copyOf(times.keySet()))) {
                boolean alive =
                        attempt(
                                workload,
                                engine,
                                () -> {
                                    pause(workload);
                                    for (long nanos :
                                            processes.get(engine).time(runs.get(engine))) {
                                        times.get(engine).add(nanos / 1e6);
                                    }
                                });
                if (!alive) {
                    times.remove(engine);
                }
            }
        }
        Map<String, double[]> arrays = new LinkedHashMap<>();
        times.forEach((engine, list) ->
                arrays.put(engine, list.stream().mapToDouble(time -> time).toArray()));
        return arrays;
    }

    private static void pause(NetworkRow.Workload workload) throws InterruptedException {
        if (workload.threads() > 1) {
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /** The engines, beginning with a different one every time. */
    private static List<String> turn(int round, List<String> engines) {
        String[] order = engines.toArray(String[]::new);
        Collections.rotate(Arrays.asList(order), -round);
        return List.of(order);
    }

    private interface Step {
        void run() throws IOException, InterruptedException, EngineException, UnfitNetworkException;
    }

    /** Whether it went well; an engine's failure is told and the others go on. */
    private boolean attempt(NetworkRow.Workload workload, String engine, Step step)
            throws IOException, InterruptedException, UnfitNetworkException {
        try {
            step.run();
            return true;
        } catch (EngineException failure) {
            errors.accept("%s: %s: %s".formatted(workload, engine, failure.getMessage()));
            return false;
        }
    }
}
