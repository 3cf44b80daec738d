package io.strider.blas;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@link Workers#run}: which of its tasks are still to be claimed, who is at work on
 * it, how it went. Made once and used for many calls, one after another.
 *
 * <p>A thread <em>joins</em> a job under the pool's lock before it claims tasks, and leaves it
 * under the lock. A job is complete when nothing is left to claim and the last thread has left;
 * only then is it used again, so nobody can claim from the job that comes after.
 */
final class Job {
    private static final Workers.Task NOTHING = (_, _) -> {};

    /**
     * Tasks that nobody has claimed. Counted downwards because then zero ends the job, whether it
     * is reached or set: an upward counter near {@code Long.MAX_VALUE} would wrap around.
     */
    private final AtomicLong unclaimed = new AtomicLong();

    // Written before the job is shown to others and not again until it is complete.
    private Workers.Task task = NOTHING;
    private long tasks;
    private long scratchBytes;
    private @Nullable Thread caller;

    /** Whether the job is complete: the one thing that its caller looks at without the lock. */
    private volatile boolean complete;

    /** Where the caller computes; null if it only waits. Its own business. */
    @Nullable Seat callersSeat;

    // Guarded by the pool's lock.
    int participants;
    long cancelled;
    @Nullable Throwable failure;
    @Nullable Job previous;
    @Nullable Job next;
    boolean queued;

    void begin(long tasks, long scratchBytes, Workers.Task task, Thread caller) {
        this.tasks = tasks;
        this.scratchBytes = scratchBytes;
        this.task = task;
        this.caller = caller;
        participants = 0;
        cancelled = 0;
        complete = false;
        unclaimed.set(tasks);
    }

    /** Forgets everything that would keep a caller's objects alive. */
    void forget() {
        task = NOTHING;
        caller = null;
        callersSeat = null;
        failure = null;
    }

    Workers.Task task() {
        return task;
    }

    long tasks() {
        return tasks;
    }

    long scratchBytes() {
        return scratchBytes;
    }

    /** Who called; only for those who joined. */
    Thread caller() {
        return Objects.requireNonNull(caller, "caller");
    }

    /** The next task's index in ascending order, −1 if none is left. Only for those who joined. */
    long claim() {
        long left = unclaimed.getAndDecrement();
        return left > 0 ? tasks - left : -1;
    }

    /** How many tasks nobody has claimed; zero or less if none. */
    long unclaimed() {
        return unclaimed.get();
    }

    boolean isClaimable() {
        return unclaimed() > 0;
    }

    /** Takes the unclaimed tasks away; under the lock. */
    void cancelUnclaimed() {
        cancelled += Math.max(0, unclaimed.getAndSet(0));
    }

    /** Keeps the first failure; later ones are suppressed in it. Under the lock. */
    @SuppressWarnings("ReferenceEquality") // the very same object
    void fail(Throwable thrown) {
        Throwable first = failure;
        if (first == null) {
            failure = thrown;
        } else if (first != thrown) { // tasks may share one exception, which cannot suppress itself
            try {
                first.addSuppressed(thrown);
            } catch (OutOfMemoryError _) {
                // The first failure is what counts; it must get home.
            }
        }
    }

    void complete() {
        complete = true;
    }

    boolean isComplete() {
        return complete;
    }
}
