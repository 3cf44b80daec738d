package io.strider.benchmark;

import java.util.Arrays;
import java.util.List;

/**
 * Times several candidates in turns, so that a machine that changes its pace changes it for all.
 *
 * <p>Each is warmed up until the JVM's compilers have nothing more to do for it, then told how many
 * calls fill a repetition. A repetition of each follows another, beginning with a different one
 * every round. Before its clock starts, a candidate runs once: what the others left in the caches
 * is not charged to it. With several threads a turn begins when the processes of the other engines
 * have come to rest, because the pools of ONNX Runtime and OpenMP spin for a while after their work
 * and would take the next one's processors.
 */
public final class Turns {
    private static final long REST_MILLIS = 30;

    /** Of processor time in so long a rest: the system counts in steps of 10. */
    private static final long RESTING_MILLIS = 10;

    private static final int MOST_RESTS = 50;

    private static final int REPETITIONS = 15;
    private static final int SHORT_REPETITIONS = 31;
    private static final long SHORT_NANOS = 1_000_000;
    private static final long LONG_NANOS = 20_000_000;
    private static final int HEAP_CALLS = 100;

    private final long warmupNanos;
    private final long repetitionNanos;

    Turns(boolean quick) {
        warmupNanos = quick ? 150_000_000 : 400_000_000;
        repetitionNanos = quick ? 4_000_000 : 10_000_000;
    }

    /** An engine in one of its layouts, prepared. */
    record Candidate(LayerProcess process, String layout, String algorithm) {
        String label() {
            return process.engine() + " " + layout;
        }
    }

    /** The result for one candidate: median milliseconds a call, bytes of heap a call. */
    record Result(double median, double heapBytes) {}

    /**
     * Times them.
     *
     * @param threads that each computes with
     * @throws EngineException if one fails; nothing is known of any then
     */
    List<Result> measure(List<Candidate> candidates, int threads)
            throws InterruptedException, EngineException {
        int count = candidates.size();
        long[] estimates = new long[count];
        int[] calls = new int[count];
        for (int i = 0; i < count; i++) {
            Candidate candidate = candidates.get(i);
            rest(candidates, candidate, threads);
            estimates[i] = Math.max(1, candidate.process().warm(candidate.layout(), warmupNanos));
            calls[i] = (int) Math.max(1, repetitionNanos / estimates[i]);
        }
        long shortest = Arrays.stream(estimates).min().orElse(0);
        int repetitions = shortest < SHORT_NANOS ? SHORT_REPETITIONS : REPETITIONS;
        double[][] times = new double[count][repetitions];
        for (int round = 0; round < repetitions; round++) {
            for (int turn = 0; turn < count; turn++) {
                int i = (turn + round) % count;
                Candidate candidate = candidates.get(i);
                rest(candidates, candidate, threads);
                int untimed = threads > 1 || estimates[i] < LONG_NANOS ? 1 : 0;
                long nanos = candidate.process().time(candidate.layout(), untimed, calls[i]);
                times[i][round] = nanos / (double) calls[i];
            }
        }
        Result[] results = new Result[count];
        for (int i = 0; i < count; i++) {
            Candidate candidate = candidates.get(i);
            int some = Math.min(calls[i], HEAP_CALLS);
            double heap = candidate.process().heapBytes(candidate.layout(), some);
            results[i] = new Result(median(times[i]) / 1e6, heap);
        }
        return List.of(results);
    }

    /** Waits until the other engines' processes do nothing. */
    private static void rest(List<Candidate> candidates, Candidate next, int threads)
            throws InterruptedException {
        if (threads == 1) {
            return;
        }
        long before = othersMillis(candidates, next);
        for (int i = 0; i < MOST_RESTS; i++) {
            Thread.sleep(REST_MILLIS);
            long after = othersMillis(candidates, next);
            if (after - before <= RESTING_MILLIS) {
                return;
            }
            before = after;
        }
    }

    private static long othersMillis(List<Candidate> candidates, Candidate next) {
        return candidates.stream()
                .map(Candidate::process)
                .distinct()
                .filter(process -> process != next.process())
                .mapToLong(LayerProcess::processorMillis)
                .sum();
    }

    /** The one in the middle, or half-way between the two there. */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
