package io.strider.server.batching;

import java.util.ArrayList;
import java.util.List;

/**
 * Places in the queue for one caller's items, which need not be ready yet. Whoever has one closes
 * it, always. For one thread.
 *
 * @param <K> the items' key
 * @param <T> the items
 * @param <R> their results
 */
public final class Reservation<K, T, R> implements AutoCloseable {
    private final Batcher<K, T, R> batcher;
    private final String caller;
    private final long deadlineNanos;
    private final List<Entry<K, T, R>> entries = new ArrayList<>();
    private int left;

    Reservation(Batcher<K, T, R> batcher, String caller, int items, long deadlineNanos) {
        this.batcher = batcher;
        this.caller = caller;
        this.left = items;
        this.deadlineNanos = deadlineNanos;
    }

    /**
     * Puts an item into the queue, in one of the places.
     *
     * @param key what it has in common with those that it may be computed with
     * @throws IllegalStateException if no place is left
     */
    public Ticket<R> submit(K key, T item) {
        requirePlace();
        Entry<K, T, R> entry = new Entry<>(caller, key, item, batcher.now(), deadlineNanos);
        entries.add(entry);
        batcher.enter(entry);
        left--;
        return new Ticket<>(batcher, entry);
    }

    /**
     * Gives one place back, of an item that will not come.
     *
     * @throws IllegalStateException if no place is left
     */
    public void giveBack() {
        requirePlace();
        left--;
        batcher.giveBack(1);
    }

    private void requirePlace() {
        if (left == 0) {
            throw new IllegalStateException("no place left (expected: as many as reserved)");
        }
    }

    /**
     * Gives back the places that are left and takes out of the queue what is still in it. Closing
     * again is harmless.
     */
    @Override
    public void close() {
        int unused = left;
        left = 0;
        batcher.giveBack(unused);
        for (Entry<K, T, R> entry : entries) {
            batcher.remove(entry, new Outcome.Cancelled<>());
        }
        entries.clear();
    }
}
