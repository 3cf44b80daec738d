package io.strider.benchmark.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Strider's figures beside ONNX Runtime's, and what they are to be. */
final class NetworkTable {
    private static final String OWN = "strider";
    private static final String PEER = "onnxruntime";

    /** The most that Strider's time may be, as a share of ONNX Runtime's. */
    private static final Map<String, Double> WANTED =
            Map.of(
                    "resnet18",
                    0.70,
                    "resnet50",
                    0.90,
                    "mobilenetv2",
                    1.10,
                    "squeezenet1.1",
                    0.95,
                    "densenet121",
                    1.0,
                    NetworkSource.FACE,
                    0.75);

    private final List<NetworkRow> rows;

    NetworkTable(List<NetworkRow> rows) {
        this.rows = List.copyOf(rows);
    }

    /**
     * A line a workload: medians, their ratio, and the other figures, Strider's before the peer's.
     */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(
                String.format(
                        Locale.ROOT,
                        "%-20s %5s %7s %10s %11s %6s %6s %15s %15s %15s",
                        "",
                        "",
                        "",
                        "median ms",
                        "median ms",
                        "",
                        "",
                        "load ms",
                        "first ms",
                        "peak RSS MB"));
        lines.add(
                String.format(
                        Locale.ROOT,
                        "%-20s %5s %7s %10s %11s %6s %6s %15s %15s %15s",
                        "network",
                        "batch",
                        "threads",
                        OWN,
                        PEER,
                        "ratio",
                        "wanted",
                        "strider/ort",
                        "strider/ort",
                        "strider/ort"));
        for (NetworkRow.Workload workload : workloads()) {
            lines.add(line(workload));
            row(OWN, workload)
                    .flatMap(NetworkRow::error)
                    .ifPresent(error -> lines.add("  ERROR: outputs disagree: " + error));
        }
        return lines;
    }

    private List<NetworkRow.Workload> workloads() {
        return rows.stream().map(NetworkRow::workload).distinct().toList();
    }

    private Optional<NetworkRow> row(String engine, NetworkRow.Workload workload) {
        return rows.stream()
                .filter(row -> row.engine().equals(engine) && row.workload().equals(workload))
                .findFirst();
    }

    private String line(NetworkRow.Workload workload) {
        OptionalDouble ratio = ratio(workload, NetworkRow::medianMillis);
        Double wanted = WANTED.get(workload.network());
        return String.format(
                        Locale.ROOT,
                        "%-20s %5d %7d %10s %11s %6s %6s %15s %15s %15s",
                        workload.network(),
                        workload.batch(),
                        workload.threads(),
                        figure(OWN, workload, NetworkRow::medianMillis, 2),
                        figure(PEER, workload, NetworkRow::medianMillis, 2),
                        ratio.isPresent() ? number(ratio.getAsDouble(), 2) : "–",
                        wanted == null ? "" : number(wanted, 2),
                        both(workload, NetworkRow::loadMillis),
                        both(workload, NetworkRow::firstMillis),
                        both(workload, NetworkRow::peakMegabytes))
                .stripTrailing();
    }

    private String both(NetworkRow.Workload workload, ToDoubleFunction<NetworkRow> figure) {
        return figure(OWN, workload, figure, 0) + "/" + figure(PEER, workload, figure, 0);
    }

    private String figure(
            String engine,
            NetworkRow.Workload workload,
            ToDoubleFunction<NetworkRow> figure,
            int digits) {
        return row(engine, workload)
                .map(row -> number(figure.applyAsDouble(row), digits))
                .orElse("–");
    }

    private static String number(double value, int digits) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** Strider's figure over the peer's, if both are there and Strider's result is right. */
    private OptionalDouble ratio(
            NetworkRow.Workload workload, ToDoubleFunction<NetworkRow> figure) {
        Optional<NetworkRow> own = row(OWN, workload).filter(row -> row.error().isEmpty());
        Optional<NetworkRow> peer = row(PEER, workload);
        if (own.isEmpty() || peer.isEmpty()) {
            return OptionalDouble.empty();
        }
        double ratio = figure.applyAsDouble(own.get()) / figure.applyAsDouble(peer.get());
        return Double.isNaN(ratio) ? OptionalDouble.empty() : OptionalDouble.of(ratio);
    }

    /** A line for each wanted figure of which rows were run. */
    List<String> targets() {
        List<String> targets = new ArrayList<>();
        for (NetworkRow.Workload workload : workloads()) {
            Double wanted = WANTED.get(workload.network());
            if (wanted != null) {
                target(targets, workload, "time", NetworkRow::medianMillis, wanted);
            }
        }
        for (NetworkRow.Workload workload : workloads()) {
            boolean residual = workload.network().equals("resnet50");
            if (residual && workload.batch() == 1) {
                target(targets, workload, "load time", NetworkRow::loadMillis, 1);
            }
            if (workload.network().equals(NetworkSource.FACE) && workload.batch() == 1) {
                target(targets, workload, "process start to result", NetworkRow::firstMillis, 1);
            }
            if (residual && workload.batch() == 8) {
                target(targets, workload, "peak memory", NetworkRow::peakMegabytes, 1);
            }
        }
        return targets;
    }

    private void target(
            List<String> targets,
            NetworkRow.Workload workload,
            String what,
            ToDoubleFunction<NetworkRow> figure,
            double wanted) {
        ratio(workload, figure)
                .ifPresent(ratio ->
                        targets.add(
                                String.format(
                                        Locale.ROOT,
                                        "  %-36s %-24s %6.2f  wanted at most %.2f  %s",
                                        workload,
                                        what,
                                        ratio,
                                        wanted,
                                        ratio <= wanted ? "reached" : "SHORT")));
    }
}
