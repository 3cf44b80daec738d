package io.strider.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How times grow with threads and batch, an engine beside the other, each in its best layout. */
final class Scaling {
    private Scaling() {}

    /** A line for each shape that was run with one and two threads, or in batches of 8 and 32. */
    static List<String> lines(Ratios ratios) {
        Map<String, Map<Workload, Double>> times = new LinkedHashMap<>();
        Map<Workload, Boolean> workloads = new LinkedHashMap<>();
        for (Row row : ratios.rows()) {
            times.computeIfAbsent(row.engine(), engine -> new LinkedHashMap<>())
                    .merge(row.workload(), row.median(), Math::min);
            workloads.put(row.workload(), true);
        }
        List<String> lines = new ArrayList<>();
        for (Workload work : workloads.keySet()) {
            Workload one = new Workload(work.pass(), work.shape(), work.batch(), 1);
            Workload eight = new Workload(work.pass(), work.shape(), 8, work.threads());
            if (work.threads() == 2 && workloads.containsKey(one)) {
                String what = "two threads over one (speed)";
                String run = "batch " + work.batch();
                lines.add(line(work, run, what, quotients(times, one, work, 1)));
            }
            if (work.batch() == 32 && workloads.containsKey(eight)) {
                String what = "batch 32 over 8 per picture (time)";
                String run = work.threads() + (work.threads() == 1 ? " thread" : " threads");
                lines.add(line(work, run, what, quotients(times, work, eight, 4)));
            }
        }
        return lines;
    }

    private static String line(Workload work, String run, String what, String quotients) {
        String pass = work.pass().text();
        return String.format(
                Locale.ROOT,
                "%-8s %-28s %-12s %-34s %s",
                pass,
                work.shape().name(),
                run,
                what,
                quotients);
    }

    /** The first workload's time over the second's, and over {@code scale}, by engine. */
    private static String quotients(
            Map<String, Map<Workload, Double>> times, Workload first, Workload second, int scale) {
        List<String> words = new ArrayList<>();
        times.forEach((engine, own) -> {
            Double upper = own.get(first);
            Double lower = own.get(second);
            if (upper != null && lower != null) {
                words.add(String.format(Locale.ROOT, "%s %.2f", engine, upper / lower / scale));
            }
        });
        return String.join("  ", words);
    }
}
