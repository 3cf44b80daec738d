package io.strider.server.load;

import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of requests. Those that should have been sent while it was measured count;
 * throughput counts the pictures that were answered meanwhile. Thread-safe.
 */
final class LoadTally {
    private static final long LONGEST_NANOS = 7_200_000_000_000L;
    private static final int DIGITS = 3;
    private static final int MOST_REASONS = 50;

    private final long from;
    private long to;
    private final Histogram accepted = histogram();
    private final Histogram refused = histogram();
    private final Histogram late = histogram();
    private final SortedMap<Integer, Long> statuses = new TreeMap<>();
    private final SortedMap<String, Long> failures = new TreeMap<>();
    private @Nullable String firstFailure;
    private long pictures;
    private long allPictures;
    private long allRefused;
    private long allFailed;

    /**
     * Nothing counted.
     *
     * @param from since when it is measured, on the scale of {@link System#nanoTime}
     * @param to until when
     */
    LoadTally(long from, long to) {
        this.from = from;
        this.to = to;
    }

    private static Histogram histogram() {
        Histogram histogram = new Histogram(1000, LONGEST_NANOS, DIGITS);
        histogram.setAutoResize(false);
        return histogram;
    }

    /**
     * A request more.
     *
     * @param due when it should have been sent
     * @param sent when it was
     * @param end when it was answered, or failed
     * @param count how many pictures it asked for
     */
    synchronized void add(long due, long sent, long end, int count, LoadOutcome outcome) {
        boolean failed = false;
        if (outcome.isAccepted()) {
            allPictures += count;
            if (end - from >= 0 && end - to < 0) {
                pictures += count;
            }
        } else if (outcome.isRefused()) {
            allRefused++;
        } else {
            allFailed++;
            failed = true;
        }
        if (due - from < 0 || due - to >= 0) {
            return;
        }
        record(late, sent - due);
        if (outcome.isAccepted()) {
            record(accepted, end - due);
        } else if (outcome.isRefused()) {
            record(refused, end - due);
        }
        if (outcome.status() > 0) {
            statuses.merge(outcome.status(), 1L, Long::sum);
        } else {
            String reason = outcome.words();
            boolean counted = failures.containsKey(reason) || failures.size() < MOST_REASONS;
            failures.merge(counted ? reason : "other failures", 1L, Long::sum);
        }
        if (failed && firstFailure == null) {
            firstFailure =
                    outcome.status() > 0
                            ? "status %d, %s".formatted(outcome.status(), outcome.words())
                            : outcome.words();
        }
    }

    private static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
    }

    /** Nothing that comes later is measured, if that is earlier than it was to end. */
    synchronized void end(long time) {
        to = time - to < 0 ? time : to;
    }

    /** How far it is, warm-up included. */
    synchronized LoadProgress progress() {
        return new LoadProgress(allPictures, allRefused, allFailed);
    }

    /**
     * What was counted so far.
     *
     * @param seconds how long it was measured
     * @param cpuSeconds what this process computed meanwhile
     * @param connections how many were opened
     */
    synchronized LoadReport report(double seconds, double cpuSeconds, long connections) {
        return new LoadReport(
                seconds,
                pictures,
                new TreeMap<>(statuses),
                new TreeMap<>(failures),
                firstFailure,
                LoadLatencies.of(accepted),
                LoadLatencies.of(refused),
                late.getMaxValue() / 1e6,
                connections,
                cpuSeconds / (seconds * Runtime.getRuntime().availableProcessors()));
    }
}
