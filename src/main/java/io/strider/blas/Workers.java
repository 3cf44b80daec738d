package io.strider.blas;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed pool of platform threads that splits a computation into tasks and bounds how many threads
 * compute at once.
 *
 * <p>{@link #run run(tasks, scratchBytes, task)} calls {@code task.run(index, scratch)} once for
 * every index from 0 to {@code tasks − 1} and returns when all are done. Indices are handed out in
 * ascending order to whoever is free, so tasks of unequal length balance themselves. Each thread at
 * work has a scratch block of its own, off-heap, kept for the next call.
 *
 * <p><b>Callers.</b> Any number of threads may call at once. Calls are served first come, first
 * served; a free thread goes on to the next call as soon as the one before has nothing left to hand
 * out. A virtual thread waits unmounted while the pool's threads compute. A platform thread that
 * finds the pool with a free seat and nobody waiting takes that seat and computes too, in the place
 * of one of the pool's threads: at most {@link #threads()} threads are at work whoever calls, and a
 * call of a single task costs no change of thread (about 0.2 µs; waking a sleeping thread takes up
 * to 50).
 *
 * <p><b>Failures.</b> What a task throws, an {@link Error} too, comes back to its caller as it is:
 * tasks not yet handed out are dropped, those at work are waited for, then the first failure is
 * thrown with the others suppressed in it. The pool goes on.
 *
 * <p><b>Interruption.</b> If the calling thread is interrupted, before or during the call, tasks
 * not yet handed out are dropped and those at work are waited for, as they may be using the
 * caller's memory. If any was dropped the call ends with a {@link CancellationException}, otherwise
 * it is whole and returns; the thread's interrupt flag is set in both cases. A task that interrupts
 * the thread it runs on does the pool's threads no harm; on a caller that computes it counts as an
 * interruption of the caller.
 *
 * <p><b>Tasks</b> must not call this pool ({@link #run} and {@link #close} refuse it: with every
 * thread waiting for another nothing would move), not wait for their caller or for one another, and
 * not keep their scratch.
 *
 * <p><b>Memory.</b> A scratch block grows to what was asked of it and stays until {@link #close};
 * blocks above 64 MiB are given back at the end of the call. In steady state a call allocates
 * nothing, on the heap or off; what the JDK allocates to park a virtual thread, some 30 bytes, is
 * its own.
 *
 * <p>Thread-safe. The threads are daemons named {@code strider-worker-<pool>-<number>}; a pool that
 * is never closed keeps them until the JVM ends.
 */
public final class Workers implements AutoCloseable {
    /** The largest number of threads. */
    public static final int MOST = 1024;

    /**
     * How long a thread without work looks out for some before it sleeps, and a caller that has
     * computed for the others' last tasks.
     *
     * <p>Measured with 2 threads on 2 processors, waking one taking some 50 µs; microseconds a
     * call, without spinning against with: two tasks of 10 µs 26 and 11, of 100 µs 155 and 101;
     * virtual caller, one empty task 7 to 48 and 0.9. With one or two other threads that never rest
     * on the same processors the gain is gone, with single cases 15 % for the worse or 25 % for the
     * better; with 4 callers at once, who leave no thread idle, there is no difference. 50 µs were
     * no better than 20; at 5 most of the gain was lost.
     */
    static final long SPIN_NANOS = 20_000;

    /** How deep a call must still be able to go: several times what it needs. */
    private static final int STACK_FRAMES = 100;

    private static final AtomicInteger POOLS = new AtomicInteger();

    /** What a pool's thread is asked to do, one index at a time. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does one piece of the work.
         *
         * @param index which piece, from 0; no other call of this run gets the same
         * @param scratch off-heap memory that no other thread uses during this call, at least as
         *     large as was asked for (it may be larger), aligned to 64 bytes, contents undefined;
         *     not to be kept
         */
        void run(long index, MemorySegment scratch);
    }

    private final Dispatcher dispatcher;
    private final WorkerThread[] threads;
    private final Lookout lookout;

    private Workers(int threads, long spinNanos) {
        this.lookout = new Lookout(spinNanos);
        this.threads = new WorkerThread[threads];
        this.dispatcher = new Dispatcher(this.threads);
        int pool = POOLS.incrementAndGet();
        for (int i = 0; i < threads; i++) {
            String name = "strider-worker-" + pool + "-" + i;
            // With a caller that computes the last one is not needed: it would take a processor.
            Lookout own = i < threads - 1 ? lookout : new Lookout(spinNanos);
            this.threads[i] = new WorkerThread(dispatcher, name, own);
        }
    }

    /**
     * A pool of so many threads, started at once.
     *
     * @param threads from 1 to {@value #MOST}
     * @throws IllegalArgumentException if the number is out of range
     * @throws OutOfMemoryError if the system refuses so many threads; none is left behind
     */
    public static Workers of(int threads) {
        return of(threads, SPIN_NANOS);
    }

    /**
     * A pool of as many threads as the JVM has processors: on Linux the container's CPU limit is
     * already in that number.
     *
     * @throws OutOfMemoryError if the system refuses so many threads; none is left behind
     */
    public static Workers ofProcessors() {
        return of(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST));
    }

    static Workers of(int threads, long spinNanos) {
        if (threads < 1 || threads > MOST) {
            throw new IllegalArgumentException(
                    "threads: " + threads + " (expected: 1 to " + MOST + ")");
        }
        Workers pool = new Workers(threads, spinNanos);
        try {
            for (WorkerThread thread : pool.threads) {
                thread.start();
            }
        } catch (Throwable failure) {
            pool.close();
            throw failure;
        }
        return pool;
    }

    /** Returns how many threads compute at most. */
    public int threads() {
        return threads.length;
    }

    /** Returns how many bytes of scratch the pool holds now; 0 once it is closed. */
    public long scratchBytes() {
        return dispatcher.scratchBytes();
    }

    /**
     * Runs all tasks and waits for them.
     *
     * <p>What the caller wrote before the call is visible to the tasks, what they wrote is visible
     * to the caller afterwards.
     *
     * @param tasks how many, from 0
     * @param scratchBytes how much scratch each thread at work needs, from 0
     * @param task called with every index from 0 to {@code tasks − 1} once, in several threads at
     *     the same time
     * @throws IllegalArgumentException if a number is negative
     * @throws IllegalStateException if the pool is closed, or if called from inside one of its
     *     tasks
     * @throws OutOfMemoryError if there is no memory for the scratch
     * @throws CancellationException if the calling thread was interrupted and not all tasks have
     *     been run; its interrupt flag is set
     */
    public void run(long tasks, long scratchBytes, Task task) {
        requireNotNegative("tasks", tasks);
        requireNotNegative("scratchBytes", scratchBytes);
        Objects.requireNonNull(task, "task");
        requireStack(STACK_FRAMES);
        Thread caller = Thread.currentThread();
        Job job = dispatcher.accept(tasks, scratchBytes, task, caller);
        if (job == null) {
            return;
        }
        Seat seat = job.callersSeat;
        if (seat == null) {
            dispatcher.wake(tasks, false);
        } else {
            dispatcher.wake(tasks - 1, true);
            dispatcher.work(job, seat, caller);
        }
        // Who computed waits for the last tasks of others, which are near their end. Who did not
        // would take a processor from those who do, and a virtual thread hold its carrier.
        boolean interrupted = await(job, seat != null && lookout.isAwake());
        dispatcher.end(job, interrupted);
    }

    /**
     * Says that calls of {@link #run} will now follow each other closely, as the layers of a
     * network do: until {@link #endSeries} a thread without work looks out longer for some, up to
     * 200 µs, before it sleeps, and yields the processor to whoever else wants it meanwhile. Series
     * of several callers may overlap.
     */
    public void beginSeries() {
        lookout.beginSeries();
    }

    /**
     * Ends a series.
     *
     * @throws IllegalStateException if none has begun
     */
    public void endSeries() {
        lookout.endSeries();
    }

    private static void requireNotNegative(String argument, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(argument + ": " + value + " (expected: >= 0)");
        }
    }

    /**
     * Overflows the stack here and now if it is nearly full. In the middle of a call the overflow
     * would lose a seat, or leave while tasks use the caller's memory.
     */
    private static int requireStack(int frames) {
        return frames == 0 ? 0 : 1 + requireStack(frames - 1);
    }

    /** Waits until the job is complete; returns whether the thread was interrupted meanwhile. */
    private boolean await(Job job, boolean awake) {
        boolean interrupted = false;
        long start = awake && !job.isComplete() ? System.nanoTime() : 0;
        while (!job.isComplete()) {
            if (Thread.interrupted()) {
                interrupted = true;
                dispatcher.interrupt(job);
            } else if (awake) {
                awake = lookout.waitOn(start);
            } else {
                LockSupport.park(this);
            }
        }
        return interrupted;
    }

    /**
     * Refuses further calls, waits for those that are running or waiting, ends the threads and
     * gives the scratch back. Closing again, also from several threads at once, waits for the same
     * and is harmless. Cannot be interrupted; an interrupt is kept for later.
     *
     * @throws IllegalStateException if called from inside one of the pool's tasks
     */
    @Override
    public void close() {
        boolean interrupted = dispatcher.stop();
        for (WorkerThread thread : threads) {
            interrupted |= thread.join();
        }
        dispatcher.freeScratch();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
