package io.strider.server.batching;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * A bounded queue in front of a fixed number of threads that compute in batches.
 *
 * <p><b>When.</b> A free lane takes a batch as soon as there are as many items of one key as may be
 * computed together, or the oldest of them has waited for {@code maxDelay}. If there are fewer
 * items than the free lanes could take, they are shared out evenly.
 *
 * <p><b>Who.</b> Callers take turns, an item each; within a caller and key the first come is the
 * first served. An item whose deadline passes in the queue is not computed.
 *
 * <p><b>Failures.</b> If a batch of several fails, each of its items is computed alone. Whatever a
 * computation throws, an {@link OutOfMemoryError} too, the lane goes on. Every item that was
 * submitted has exactly one {@link Outcome}.
 *
 * <p>Thread-safe. The lanes are daemons. Nobody waits but in {@link Ticket#await}, {@link
 * #awaitIdle} and {@link #close}.
 *
 * @param <K> what items that may be computed together have in common; with equals and hashCode
 * @param <T> the items
 * @param <R> their results
 */
public final class Batcher<K, T, R> implements AutoCloseable {
    private final BatcherOptions options;
    private final ToIntFunction<K> limit;
    private final LongSupplier clock;
    private final FairQueue<K, T, R> queue;
    private final List<Thread> threads = new ArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();

    /** There may be something to do for a lane. */
    private final Condition work = lock.newCondition();

    /** Something has come to its end. */
    private final Condition ended = lock.newCondition();

    private int reserved;
    private int computing;
    private int idleLanes;
    private int busyLanes;
    private boolean draining;
    private boolean givenUp;
    private boolean closing;

    /**
     * A batcher at work.
     *
     * @param limit how many items of a key may be computed together; what is not 1 to {@code
     *     maxBatch} is brought there. Of keys with the limit 1, items never wait for others.
     */
    public static <K, T, R> Batcher<K, T, R> start(
            BatcherOptions options, ToIntFunction<K> limit, Computation<K, T, R> computation) {
        return start(options, limit, computation, System::nanoTime);
    }

    /** The same by another clock, which {@link #wakeLanes} has looked at anew. */
    static <K, T, R> Batcher<K, T, R> start(
            BatcherOptions options,
            ToIntFunction<K> limit,
            Computation<K, T, R> computation,
            LongSupplier clock) {
        Batcher<K, T, R> batcher = new Batcher<>(options, limit, clock);
        for (int i = 0; i < options.lanes(); i++) {
            batcher.threads.add(
                    Thread.ofPlatform()
                            .name(options.name() + "-" + i)
                            .daemon()
                            .start(new Lane<>(batcher, computation, options.maxBatch())));
        }
        return batcher;
    }

    private Batcher(BatcherOptions options, ToIntFunction<K> limit, LongSupplier clock) {
        this.options = options;
        this.limit = Objects.requireNonNull(limit, "limit");
        this.clock = clock;
        this.queue = new FairQueue<>(options.maxDelay().toNanos());
    }

    /**
     * Reserves places in the queue: all of them or none.
     *
     * @param caller who takes turns with others
     * @param items how many, at least 1
     * @param deadlineNanos on the scale of {@link System#nanoTime}: what has not begun to be
     *     computed by then is given up
     * @return nothing if there is not enough room
     * @throws IllegalArgumentException if {@code items} is less than 1
     * @throws RejectedExecutionException if this is draining
     */
    public Optional<Reservation<K, T, R>> reserve(String caller, int items, long deadlineNanos) {
        Objects.requireNonNull(caller, "caller");
        if (items < 1) {
            throw new IllegalArgumentException("items: %s (expected: >= 1)".formatted(items));
        }
        lock.lock();
        try {
            if (draining) {
                throw new RejectedExecutionException("no new items are taken");
            }
            if (items > options.capacity() - reserved - queue.size()) {
                return Optional.empty();
            }
            reserved += items;
            return Optional.of(new Reservation<>(this, caller, items, deadlineNanos));
        } finally {
            lock.unlock();
        }
    }

    /** How it works. */
    public BatcherOptions options() {
        return options;
    }

    /** How many places are free now. */
    public int free() {
        lock.lock();
        try {
            return options.capacity() - reserved - queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many items are in the queue or have a place there, and are not being computed. */
    public int waiting() {
        lock.lock();
        try {
            return reserved + queue.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many lanes compute now. */
    public int busyLanes() {
        lock.lock();
        try {
            return busyLanes;
        } finally {
            lock.unlock();
        }
    }

    /** How many lanes wait for a batch now. */
    int idleLanes() {
        lock.lock();
        try {
            return idleLanes;
        } finally {
            lock.unlock();
        }
    }

    /** Ends all items that wait, and those that come, as {@link Outcome.GivenUp}. */
    public void giveUp() {
        List<Entry<K, T, R>> waiting;
        lock.lock();
        try {
            draining = true;
            givenUp = true;
            waiting = queue.all();
            waiting.forEach(queue::remove);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        waiting.forEach(entry -> entry.end(new Outcome.GivenUp<>()));
    }

    /**
     * Waits until nothing is reserved, queued or being computed.
     *
     * @return whether that came to be in time
     * @throws InterruptedException if this thread is interrupted
     */
    public boolean awaitIdle(long time, TimeUnit unit) throws InterruptedException {
        long left = unit.toNanos(time);
        lock.lockInterruptibly();
        try {
            while (!isIdle()) {
                if (left <= 0) {
                    return false;
                }
                left = ended.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isIdle() {
        return reserved == 0 && queue.size() == 0 && computing == 0;
    }

    /**
     * Drains, waits until all that was reserved or queued is computed or given back, and ends the
     * lanes. Closing again is harmless. Not to be called by a computation.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            draining = true;
            closing = true;
            queue.waitNoLonger();
            work.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    long now() {
        return clock.getAsLong();
    }

    /** How long an item may still wait, at least 0. */
    long remaining(Entry<?, ?, R> entry) {
        return Math.max(0, entry.deadlineNanos() - now());
    }

    /** Puts an item into a place that its reservation has. */
    void enter(Entry<K, T, R> entry) {
        int together = Math.clamp(limit.applyAsInt(entry.key()), 1, options.maxBatch());
        boolean refused;
        lock.lock();
        try {
            refused = givenUp;
            if (refused) {
                signalEnd();
            } else {
                queue.add(entry, together);
                work.signal();
            }
            reserved--;
        } finally {
            lock.unlock();
        }
        if (refused) {
            entry.end(new Outcome.GivenUp<>());
        }
    }

    /** Gives places back. */
    void giveBack(int places) {
        if (places == 0) {
            return;
        }
        lock.lock();
        try {
            reserved -= places;
            signalEnd();
        } finally {
            lock.unlock();
        }
    }

    /** Takes an item out of the queue, if it is there. */
    @SuppressWarnings("unchecked") // a ticket's entry is of its own batcher
    void remove(Entry<?, ?, R> entry, Outcome<R> outcome) {
        lock.lock();
        try {
            if (!entry.queued) {
                return;
            }
            queue.remove((Entry<K, T, R>) entry);
            signalEnd();
        } finally {
            lock.unlock();
        }
        entry.end(outcome);
    }

    /** Something has come to its end: those who wait for the last of all look. */
    private void signalEnd() {
        ended.signalAll();
        if (closing) {
            work.signalAll();
        }
    }

    /** Has all lanes look at the clock again. */
    void wakeLanes() {
        lock.lock();
        try {
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a batch and puts it into the lane; it may be empty.
     *
     * @return false if there will be no more
     */
    boolean fill(Lane<K, T, R> lane) {
        lock.lock();
        try {
            boolean more = await();
            K key = more ? queue.due(now()) : null;
            if (key != null) {
                take(key, lane);
            }
            return more;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a batch is due. */
    private boolean await() {
        idleLanes++;
        try {
            while (true) {
                long remaining = queue.remaining(now());
                if (remaining <= 0) {
                    return true;
                }
                if (closing && isDrained()) {
                    return false;
                }
                try {
                    work.awaitNanos(remaining); // as good as forever if the queue is empty
                } catch (InterruptedException _) {
                    // Nobody does; what there is to do shows itself above.
                }
            }
        } finally {
            idleLanes--;
        }
    }

    private boolean isDrained() {
        return reserved == 0 && queue.size() == 0;
    }

    private void take(K key, Lane<K, T, R> lane) {
        int share = queue.share(key, idleLanes + 1);
        queue.hurry(key);
        long now = now();
        // Once an entry has left the queue nothing may fail before the lane has it.
        while (lane.size() < share && lane.taken() < options.maxBatch()) {
            Entry<K, T, R> entry = queue.next(key);
            if (entry == null) {
                break;
            }
            if (entry.isExpired(now)) {
                lane.addExpired(entry);
            } else {
                lane.add(entry);
            }
            computing++;
            if (lane.taken() == 1) {
                busyLanes++;
            }
        }
        if (queue.size() > 0) {
            work.signal(); // another lane minds the rest, now or when it is due
        }
        signalEnd();
    }

    /** A lane has done what it was filled with. */
    void finished(Lane<K, T, R> lane) {
        lock.lock();
        try {
            if (lane.taken() > 0) {
                computing -= lane.taken();
                busyLanes--;
                signalEnd();
            }
        } finally {
            lock.unlock();
        }
    }
}
