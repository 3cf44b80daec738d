package io.strider.benchmark;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/** The rows of a run, and how Strider's compare with the peers' of the same workload. */
record Ratios(List<Row> rows) {
    static final String OWN = "strider";
    static final String OWN_LAYOUT = "nhwc";

    Ratios {
        rows = List.copyOf(rows);
    }

    /**
     * The peer's time over this row's: above 1 this row is faster. The peer's best layout counts.
     */
    OptionalDouble against(String peer, Row row) {
        return rows.stream()
                .filter(r -> r.engine().equals(peer) && r.workload().equals(row.workload()))
                .mapToDouble(r -> r.median() / row.median())
                .min();
    }

    /** Strider's rows in the layout it prefers. */
    List<Row> own() {
        return rows.stream()
                .filter(r -> r.engine().equals(OWN) && r.layout().equals(OWN_LAYOUT))
                .toList();
    }

    /** Strider's row for this shape and pass, if it was run. */
    List<Row> own(Workload workload) {
        return own().stream().filter(r -> r.workload().equals(workload)).toList();
    }

    /** The fewest threads that were run: what the targets are about. */
    int fewestThreads() {
        return rows.stream()
                .map(r -> r.workload().threads())
                .min(Comparator.naturalOrder())
                .orElse(1);
    }

    static double geometricMean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += Math.log(value);
        }
        return Math.exp(sum / values.length);
    }
}
