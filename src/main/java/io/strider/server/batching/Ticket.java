package io.strider.server.batching;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stands for one item that was submitted. Thread-safe.
 *
 * @param <R> what becomes of it if all goes well
 */
public final class Ticket<R> {
    private final Batcher<?, ?, R> batcher;
    private final Entry<?, ?, R> entry;

    Ticket(Batcher<?, ?, R> batcher, Entry<?, ?, R> entry) {
        this.batcher = batcher;
        this.entry = entry;
    }

    /**
     * Waits for what becomes of the item: at most until its deadline, unless it is being computed
     * then.
     *
     * @throws InterruptedException if this thread is interrupted; the item stays where it is, until
     *     its reservation is closed
     */
    public Outcome<R> await() throws InterruptedException {
        CompletableFuture<Outcome<R>> outcome = entry.outcome();
        try {
            try {
                return outcome.get(batcher.remaining(entry), TimeUnit.NANOSECONDS);
            } catch (TimeoutException _) {
                batcher.remove(entry, new Outcome.Expired<>());
                return outcome.get(); // of those being computed, by a lane
            }
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("outcomes are never exceptions", impossible);
        }
    }

    /** Takes the item out of the queue; has no effect if it has left that. */
    public void cancel() {
        batcher.remove(entry, new Outcome.Cancelled<>());
    }

    /**
     * Has something done as soon as the item has an outcome, whichever: at once if it has one.
     *
     * @param action quick; must not throw
     */
    public void whenEnded(Runnable action) {
        CompletableFuture<Void> _ = entry.outcome().thenRun(action);
    }
}
