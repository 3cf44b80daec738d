package io.strider.server.load;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run came to.
 *
 * @param seconds how long was measured
 * @param pictures how many pictures were answered meanwhile
 * @param statuses how many answers had each status
 * @param failures how many requests had no answer, for each reason
 * @param firstFailure the words of the first answer that is neither 200 nor 429, or why there was
 *     none; null if nothing failed
 * @param accepted how long the answers with status 200 took, from when they should have been asked
 *     for
 * @param refused how long the answers with status 429 took
 * @param latestMillis how much later than it should have been the latest request was sent
 * @param connections how many were opened, warm-up included
 * @param cpuShare how much of all processors this process took meanwhile, from 0 to 1
 */
public record LoadReport(
        double seconds,
        long pictures,
        SortedMap<Integer, Long> statuses,
        SortedMap<String, Long> failures,
        @Nullable String firstFailure,
        LoadLatencies accepted,
        LoadLatencies refused,
        double latestMillis,
        long connections,
        double cpuShare) {
    private static final JsonMapper JSON = new JsonMapper();

    /** How many pictures were answered in a second. */
    public double picturesPerSecond() {
        return pictures / seconds;
    }

    /** How many requests were answered neither with 200 nor with 429. */
    public long failed() {
        long answered = statuses.values().stream().mapToLong(Long::longValue).sum();
        long none = failures.values().stream().mapToLong(Long::longValue).sum();
        return answered + none - accepted.count() - refused.count();
    }

    /** For people, several lines. */
    public String table() {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%-12s %10.1f pictures/s  (%d in %.1f s)%n",
                        "throughput",
                        picturesPerSecond(),
                        pictures,
                        seconds));
        text.append(
                String.format(
                        "%-12s %10s %10s %10s %10s %10s %10s%n",
                        "latency, ms", "requests", "p50", "p90", "p99", "p99.9", "max"));
        row(text, "accepted", accepted);
        row(text, "refused", refused);
        text.append(
                String.format(
                        "%-12s %10d  %s%n",
                        "failed", failed(), failures.isEmpty() ? "" : failures));
        text.append(
                String.format(
                        "%-12s %10s  %d connections%n",
                        "statuses",
                        statuses.entrySet().stream()
                                .map(entry -> entry.getKey() + ": " + entry.getValue())
                                .collect(Collectors.joining(", ")),
                        connections));
        text.append(
                String.format(
                        Locale.ROOT,
                        "%-12s %10.1f %% of the processors; latest request %.1f ms late%n",
                        "this process",
                        100 * cpuShare,
                        latestMillis));
        return text.toString();
    }

    private static void row(StringBuilder text, String name, LoadLatencies latencies) {
        if (latencies.count() == 0) {
            text.append(String.format("%-12s %10d%n", name, 0));
            return;
        }
        text.append(
                String.format(
                        Locale.ROOT,
                        "%-12s %10d %10.2f %10.2f %10.2f %10.2f %10.2f%n",
                        name,
                        latencies.count(),
                        latencies.p50(),
                        latencies.p90(),
                        latencies.p99(),
                        latencies.p999(),
                        latencies.max()));
    }

    /** Every figure with its name, in a fixed order. */
    private Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("seconds", seconds);
        figures.put("pictures", pictures);
        figures.put("pictures_per_second", picturesPerSecond());
        put(figures, "accepted", accepted);
        put(figures, "refused", refused);
        figures.put("failed", failed());
        figures.put("latest_ms", latestMillis);
        figures.put("connections", connections);
        figures.put("cpu_share", cpuShare);
        return figures;
    }

    private static void put(Map<String, Object> figures, String name, LoadLatencies latencies) {
        figures.put(name, latencies.count());
        figures.put(name + "_p50_ms", latencies.p50());
        figures.put(name + "_p90_ms", latencies.p90());
        figures.put(name + "_p99_ms", latencies.p99());
        figures.put(name + "_p99.9_ms", latencies.p999());
        figures.put(name + "_max_ms", latencies.max());
    }

    /** A line of titles and one of figures. */
    public String csv() {
        Map<String, Object> figures = figures();
        return String.join(",", figures.keySet())
                + "\n"
                + figures.values().stream()
                        .map(value -> number(value))
                        .collect(Collectors.joining(","))
                + "\n";
    }

    private static String number(Object value) {
        return value instanceof Double real
                ? String.format(Locale.ROOT, "%.6g", real)
                : value.toString();
    }

    /** An object with the figures, the counts by status and by reason. */
    public String json() {
        Map<String, Object> all = figures();
        all.put("statuses", statuses);
        all.put("failures", failures);
        all.put("first_failure", firstFailure);
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
    }
}
