package io.strider.server.batching;

import java.util.concurrent.CompletableFuture;

/**
 * An item in the queue or in a batch. Where it is, the batcher's lock guards.
 *
 * @param <K> its key
 * @param <T> the item
 * @param <R> its result
 */
final class Entry<K, T, R> {
    private final String caller;
    private final K key;
    private final T item;
    private final long enteredNanos;
    private final long deadlineNanos;
    private final CompletableFuture<Outcome<R>> outcome = new CompletableFuture<>();

    /** Counts the items of a queue in the order in which they came. */
    long number;

    /** Whether it is in the queue now. */
    boolean queued;

    Entry(String caller, K key, T item, long enteredNanos, long deadlineNanos) {
        this.caller = caller;
        this.key = key;
        this.item = item;
        this.enteredNanos = enteredNanos;
        this.deadlineNanos = deadlineNanos;
    }

    String caller() {
        return caller;
    }

    K key() {
        return key;
    }

    T item() {
        return item;
    }

    long enteredNanos() {
        return enteredNanos;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    boolean isExpired(long now) {
        return deadlineNanos - now <= 0;
    }

    CompletableFuture<Outcome<R>> outcome() {
        return outcome;
    }

    /** Tells the caller; only the first time counts. Not to be called with a lock held. */
    void end(Outcome<R> with) {
        outcome.complete(with);
    }
}
