package io.strider.server.batching;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A thread that takes batches and computes them, one after the other, whatever they throw.
 *
 * @param <K> the items' key
 * @param <T> the items
 * @param <R> their results
 */
final class Lane<K, T, R> implements Runnable {
    private final Batcher<K, T, R> batcher;
    private final Computation<K, T, R> computation;

    /**
     * What is taken and has no outcome yet; made once, so that nothing is lost for want of memory.
     */
    private final @Nullable Entry<K, T, R>[] batch;

    private int size;

    /** What was taken too late. */
    private final @Nullable Entry<K, T, R>[] expired;

    private int expiredCount;
    private final Outcome<R> tooLate = new Outcome.Expired<>();

    /** Told where there is no memory to tell why. */
    private final Outcome<R> exhausted =
            new Outcome.Failed<>(new OutOfMemoryError("none left to tell where"));

    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no generic arrays
    Lane(Batcher<K, T, R> batcher, Computation<K, T, R> computation, int maxBatch) {
        this.batcher = batcher;
        this.computation = computation;
        this.batch = new Entry[maxBatch];
        this.expired = new Entry[maxBatch];
    }

    @Override
    public void run() {
        Precedence.standBack();
        boolean more = true;
        while (more) {
            try {
                more = batcher.fill(this);
                for (int i = 0; i < expiredCount; i++) {
                    entry(expired, i).end(tooLate);
                }
                compute();
            } catch (Throwable failure) {
                endAll(failure);
            }
            batcher.finished(this);
            clear();
            Thread.interrupted(); // what a computation may have left
        }
    }

    /** Adds an entry to the batch; under the batcher's lock, like all that follow. */
    void add(Entry<K, T, R> entry) {
        batch[size++] = entry;
    }

    /** Adds an entry to those that were taken too late. */
    void addExpired(Entry<K, T, R> entry) {
        expired[expiredCount++] = entry;
    }

    /** How many are in the batch. */
    int size() {
        return size;
    }

    /** How many were taken. */
    int taken() {
        return size + expiredCount;
    }

    private void clear() {
        Arrays.fill(batch, 0, size, null);
        Arrays.fill(expired, 0, expiredCount, null);
        size = 0;
        expiredCount = 0;
    }

    private Entry<K, T, R> entry(int index) {
        return entry(batch, index);
    }

    private Entry<K, T, R> entry(@Nullable Entry<K, T, R>[] entries, int index) {
        return Objects.requireNonNull(entries[index]);
    }

    private void compute() {
        if (size == 0 || compute(0, size)) {
            return;
        }
        for (int i = 0; i < size; i++) {
            compute(i, i + 1); // one bad item shall not spoil its neighbours
        }
    }

    /**
     * Computes entries {@code from} to {@code to} and tells their callers.
     *
     * @return whether that is done; a single one's failure is its outcome, of several it is not
     */
    private boolean compute(int from, int to) {
        long begin = batcher.now();
        List<T> items = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            items.add(entry(i).item());
        }
        List<R> results;
        try {
            results = computation.compute(entry(from).key(), Collections.unmodifiableList(items));
            if (results.size() != items.size()) {
                throw new IllegalStateException(
                        "computation: %s results (expected: %s)"
                                .formatted(results.size(), items.size()));
            }
        } catch (Throwable failure) {
            if (to - from > 1) {
                return false;
            }
            end(entry(from), failure);
            return true;
        }
        long nanos = batcher.now() - begin;
        for (int i = from; i < to; i++) {
            long queued = begin - entry(i).enteredNanos();
            entry(i).end(new Outcome.Done<>(results.get(i - from), queued, nanos, to - from));
        }
        return true;
    }

    /** For failures outside of the computation, as a rule for want of memory. */
    private void endAll(Throwable failure) {
        for (int i = 0; i < size; i++) {
            end(entry(i), failure);
        }
        for (int i = 0; i < expiredCount; i++) {
            entry(expired, i).end(tooLate);
        }
    }

    private void end(Entry<K, T, R> entry, Throwable failure) {
        try {
            entry.end(new Outcome.Failed<>(failure));
        } catch (OutOfMemoryError _) {
            entry.end(exhausted);
        }
    }
}
