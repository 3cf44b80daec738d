package io.strider.benchmark;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The rows for the terminal. */
final class Table {
    private Table() {}

    static String header() {
        return String.format(
                        Locale.ROOT,
                        "%-8s %-28s %3s %2s  %-11s %-7s %-26s %11s %8s %6s %7s %7s %9s",
                        "pass",
                        "shape",
                        "N",
                        "t",
                        "engine",
                        "layout",
                        "algorithm",
                        "ms",
                        "GFLOP/s",
                        "peak",
                        "×ORT",
                        "×oneDNN",
                        "heap B")
                .stripTrailing();
    }

    static String line(Row row, Ratios ratios) {
        boolean own = row.engine().equals(Ratios.OWN);
        Workload work = row.workload();
        return String.format(
                        Locale.ROOT,
                        "%-8s %-28s %3d %2d  %-11s %-7s %-26s %11.4f %8.1f %5.0f%% %7s %7s %9s",
                        work.pass().text(),
                        work.shape().name(),
                        work.batch(),
                        work.threads(),
                        row.engine(),
                        row.layout(),
                        row.algorithm(),
                        row.median(),
                        row.rate(),
                        100 * row.rate() / row.peak(),
                        own ? ratio(ratios.against("onnxruntime", row)) : "",
                        own ? ratio(ratios.against("onednn", row)) : "",
                        own ? String.format(Locale.ROOT, "%.0f", row.heapBytes()) : "")
                .stripTrailing();
    }

    static List<String> lines(Ratios ratios) {
        return ratios.rows().stream().map(row -> line(row, ratios)).toList();
    }

    private static String ratio(OptionalDouble ratio) {
        return ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "–";
    }
}
