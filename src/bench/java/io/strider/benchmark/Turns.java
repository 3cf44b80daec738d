package io.strider.benchmark;

import com.sun.management.ThreadMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/**
 * Times several candidates in turns, so that a machine that changes its pace changes it for all.
 *
 * <p>Each is warmed up until the JVM's compilers have nothing more to do for it, then told how many
 * calls fill a repetition. A repetition of each follows another, beginning with a different one
 * every round. Before its clock starts, a candidate runs once: what the others left in the caches
 * is not charged to it. With several threads there is a pause before, because the pools of ONNX
 * Runtime and OpenMP spin for a while after their work and would take the next one's processors.
 */
public final class Turns {
    /**
     * Longer than the pools of the peers spin: 30 ms left ours half a processor, OpenMP spins 200.
     */
    private static final long PAUSE_MILLIS = 250;

    private static final int REPETITIONS = 15;
    private static final int SHORT_REPETITIONS = 31;
    private static final long SHORT_NANOS = 1_000_000;
    private static final long LONG_NANOS = 20_000_000;

    /** Compilation in a warm-up's round that may belong to others. */
    private static final long QUIET_MILLIS = 10;

    private static final long LONGEST_WARMUP_NANOS = 10_000_000_000L;

    private static final CompilationMXBean COMPILERS = ManagementFactory.getCompilationMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long warmupNanos;
    private final long repetitionNanos;

    Turns(boolean quick) {
        warmupNanos = quick ? 150_000_000 : 400_000_000;
        repetitionNanos = quick ? 4_000_000 : 10_000_000;
    }

    /** The result for one candidate: median milliseconds a call, bytes of heap a call. */
    record Result(double median, double heapBytes) {}

    List<Result> measure(List<? extends Engine.Prepared> candidates, int threads)
            throws InterruptedException {
        int count = candidates.size();
        long[] estimates = new long[count];
        int[] calls = new int[count];
        for (int i = 0; i < count; i++) {
            estimates[i] = warmUp(candidates.get(i));
            calls[i] = (int) Math.max(1, repetitionNanos / Math.max(1, estimates[i]));
        }
        long shortest = Arrays.stream(estimates).min().orElse(0);
        int repetitions = shortest < SHORT_NANOS ? SHORT_REPETITIONS : REPETITIONS;
        double[][] times = new double[count][repetitions];
        for (int round = 0; round < repetitions; round++) {
            for (int turn = 0; turn < count; turn++) {
                int i = (turn + round) % count;
                if (threads > 1) {
                    Thread.sleep(PAUSE_MILLIS);
                }
                if (threads > 1 || estimates[i] < LONG_NANOS) {
                    candidates.get(i).run();
                }
                times[i][round] = time(candidates.get(i), calls[i]) / (double) calls[i];
            }
        }
        Result[] results = new Result[count];
        for (int i = 0; i < count; i++) {
            double heap = heapBytes(candidates.get(i), Math.min(calls[i], 100), threads);
            results[i] = new Result(median(times[i]) / 1e6, heap);
        }
        return List.of(results);
    }

    /**
     * Runs it for a while, and on while the JVM's compilers still have work with it; the
     * nanoseconds of a call after that.
     */
    private long warmUp(Engine.Prepared candidate) {
        long start = System.nanoTime();
        long compiled;
        int calls;
        do {
            compiled = COMPILERS.getTotalCompilationTime();
            long from = System.nanoTime();
            calls = 0;
            do {
                candidate.run();
                calls++;
            } while (System.nanoTime() - from < warmupNanos || calls < 2);
        } while (COMPILERS.getTotalCompilationTime() - compiled > QUIET_MILLIS
                && System.nanoTime() - start < LONGEST_WARMUP_NANOS);
        int rest = Math.max(1, calls / 4);
        return time(candidate, rest) / rest;
    }

    private static long time(Engine.Prepared candidate, int calls) {
        long start = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            candidate.run();
        }
        return System.nanoTime() - start;
    }

    private static double heapBytes(Engine.Prepared candidate, int calls, int threads) {
        long before = allocated(threads);
        for (int i = 0; i < calls; i++) {
            candidate.run();
        }
        long bytes = allocated(threads) - before;
        return (double) bytes / calls;
    }

    /** Of this thread, or of all if the work is not done by this one. */
    private static long allocated(int threads) {
        return threads == 1
                ? THREADS.getCurrentThreadAllocatedBytes()
                : THREADS.getTotalThreadAllocatedBytes();
    }

    /** The one in the middle, or half-way between the two there. */
    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
