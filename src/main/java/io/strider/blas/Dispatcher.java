package io.strider.blas;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Brings the jobs of a pool together with those who compute them: the queue, the seats and who is
 * asleep, under one lock that is held for some ten nanoseconds at a time.
 *
 * <p>The lock is a monitor because a contended {@code ReentrantLock} allocates a queue node, and
 * since JDK 24 a virtual thread unmounts at a monitor too. Tasks are claimed without it.
 *
 * <p>That nothing is left lying: whenever there is something to claim, a free seat and a sleeping
 * thread, some thread has been called and is on its way. Who arrives joins and calls others if
 * there is more; who leaves a seat looks for more itself or, being a caller, calls a thread.
 */
final class Dispatcher {
    /** Jobs kept for later calls: enough for as many callers at once to allocate nothing. */
    private static final int KEPT_JOBS = 256;

    private final Object lock = new Object();
    private final AtomicLong scratch = new AtomicLong();
    private final WorkerThread[] threads;

    /** Whether there is a processor for each thread, so that leaving the caller's is of use. */
    private final boolean spreads;

    private final Seat[] seats;
    private final JobQueue queue = new JobQueue();
    private int freeSeats;
    private int sleepers;
    private int activeJobs;
    private @Nullable Job idleJobs;
    private int idleJobCount;
    private boolean closing;
    private boolean stopped;

    /**
     * A dispatcher with a seat for each thread.
     *
     * @param threads the pool's threads, put in before the first of them starts
     */
    Dispatcher(WorkerThread[] threads) {
        this.threads = threads;
        this.spreads = threads.length <= Runtime.getRuntime().availableProcessors();
        this.seats = new Seat[threads.length];
        for (int i = 0; i < seats.length; i++) {
            seats[i] = new Seat(scratch);
        }
        this.freeSeats = seats.length;
    }

    long scratchBytes() {
        return scratch.get();
    }

    /**
     * Takes a call in, and gives the caller a seat if it may compute itself.
     *
     * @return null if there is nothing to do
     * @throws IllegalStateException if the pool is closed or the caller is inside one of its tasks
     */
    @Nullable Job accept(long tasks, long scratchBytes, Workers.Task task, Thread caller) {
        synchronized (lock) {
            refuseFromInside(caller, "run");
            if (closing) {
                throw new IllegalStateException("the workers are closed");
            }
            if (tasks == 0) {
                return null;
            }
            Job job = idleJobs;
            if (job == null) {
                job = new Job();
            } else {
                idleJobs = job.next;
                job.next = null;
                idleJobCount--;
            }
            job.begin(tasks, scratchBytes, task, caller);
            activeJobs++;
            // Whoever waits already goes first: a caller with many short calls would keep the
            // others waiting for ever if it could take a seat before them.
            if (!caller.isVirtual() && queue.firstClaimable() == null) {
                job.callersSeat = takeSeat(caller, false);
                job.participants = job.callersSeat == null ? 0 : 1;
            }
            if (tasks > job.participants) {
                queue.add(job);
            }
            return job;
        }
    }

    private void refuseFromInside(Thread thread, String method) {
        if (freeSeats == seats.length) {
            return;
        }
        for (Seat seat : seats) {
            if (seat.occupant == thread) {
                throw new IllegalStateException(
                        method + ": called from inside a task of the same workers");
            }
        }
    }

    /**
     * A free seat or null. The pool's threads look from one end, callers from the other, so that
     * scratch tends to stay in the cache of the processor that wrote it.
     */
    private @Nullable Seat takeSeat(Thread thread, boolean fromStart) {
        if (freeSeats == 0) {
            return null;
        }
        int last = seats.length - 1;
        for (int i = 0; i <= last; i++) {
            Seat seat = seats[fromStart ? i : last - i];
            if (seat.occupant == null) {
                seat.occupant = thread;
                freeSeats--;
                return seat;
            }
        }
        return null;
    }

    /**
     * Calls sleeping threads if there is work and room for them.
     *
     * @param stays whether the calling thread is about to compute, on the processor where it is
     */
    void wake(long claimable, boolean stays) {
        // At most two: each calls two more when it finds work for them, so that the caller of a
        // large pool does not pay for waking all.
        for (long i = Math.min(claimable, 2); i > 0; i--) {
            WorkerThread sleeper;
            synchronized (lock) {
                sleeper = freeSeats > 0 && queue.firstClaimable() != null ? firstAsleep() : null;
            }
            if (sleeper == null) {
                return;
            }
            sleeper.call(stays && spreads ? Processor.current() : Processor.UNKNOWN);
        }
    }

    /** A sleeping thread, no longer counted as one, the same ones first; under the lock. */
    private @Nullable WorkerThread firstAsleep() {
        if (sleepers == 0) {
            return null;
        }
        for (WorkerThread thread : threads) {
            if (thread.asleep) {
                thread.asleep = false;
                sleepers--;
                return thread;
            }
        }
        return null;
    }

    /**
     * Works until there is nothing to do; returns true if the thread shall now sleep until it is
     * called, false if it shall end.
     */
    boolean serve(WorkerThread worker, Thread thread) {
        while (true) {
            Job job;
            Seat seat;
            long others = 0;
            synchronized (lock) {
                job = queue.firstClaimable();
                seat = job == null ? null : takeSeat(thread, true);
                if (job == null || seat == null) {
                    if (!stopped) {
                        worker.fallAsleep();
                        sleepers++;
                    }
                    return !stopped;
                }
                job.participants++;
                if (sleepers > 0) {
                    // One task is for this thread; the jobs behind may want threads too.
                    others = Math.min(job.unclaimed(), 3) - 1 + (job.next == null ? 0 : 2);
                }
            }
            wake(others, true);
            work(job, seat, thread);
        }
    }

    /** Claims and runs tasks of a job until none is left, then leaves the job and the seat. */
    void work(Job job, Seat seat, Thread thread) {
        Thread caller = job.caller();
        try {
            for (long index = next(job, caller); index >= 0; index = next(job, caller)) {
                job.task().run(index, seat.require(job.scratchBytes()));
                if (thread != caller) {
                    Thread.interrupted(); // one task's doing, which the next must not see
                }
            }
        } catch (Throwable thrown) {
            synchronized (lock) {
                job.fail(thrown);
                job.cancelUnclaimed();
            }
            if (thread != caller) {
                Thread.interrupted();
            }
        }
        seat.trim();
        leave(job, seat);
    }

    /** The next task to run, −1 if none is left; drops them if the caller has been interrupted. */
    private long next(Job job, Thread caller) {
        if (caller.isInterrupted()) {
            // Seen by all who work for it, as the caller may be in a long task of its own.
            synchronized (lock) {
                job.cancelUnclaimed();
            }
        }
        return job.claim();
    }

    private void leave(Job job, Seat seat) {
        Thread waiting;
        boolean canCall;
        synchronized (lock) {
            seat.occupant = null;
            freeSeats++;
            job.participants--;
            waiting = completeIfDone(job);
            canCall = sleepers > 0 && queue.firstClaimable() != null;
        }
        if (waiting != null && waiting != Thread.currentThread()) {
            LockSupport.unpark(waiting);
        }
        if (canCall) {
            wake(1, false);
        }
    }

    /** Drops the unclaimed tasks of a job whose caller has been interrupted. */
    void interrupt(Job job) {
        synchronized (lock) {
            job.cancelUnclaimed();
            completeIfDone(job);
        }
    }

    /** Completes a job that has nothing left and nobody at work; returns its caller. */
    private @Nullable Thread completeIfDone(Job job) {
        if (job.isClaimable()) {
            return null;
        }
        queue.remove(job);
        if (job.participants > 0 || job.isComplete()) {
            return null;
        }
        Thread caller = job.caller();
        activeJobs--;
        job.complete(); // from here on it is the caller's, who may use it for something else
        if (closing && activeJobs == 0) {
            lock.notifyAll();
        }
        return caller;
    }

    /**
     * Keeps a complete job for later calls and tells its caller how it went.
     *
     * @param interrupted whether the caller's interrupt flag is to be set
     * @throws CancellationException if tasks have been dropped because of an interrupt
     */
    void end(Job job, boolean interrupted) {
        long tasks = job.tasks();
        long cancelled;
        Throwable failure;
        synchronized (lock) {
            failure = job.failure;
            cancelled = job.cancelled;
            job.forget();
            if (idleJobCount < KEPT_JOBS) {
                job.next = idleJobs;
                idleJobs = job;
                idleJobCount++;
            }
        }
        // A task on the caller's own thread may have cleared the flag after others had seen it.
        if (interrupted || (cancelled > 0 && failure == null)) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw Dispatcher.<RuntimeException>asItIs(failure);
        }
        if (cancelled > 0) {
            throw new CancellationException(
                    "interrupted: " + cancelled + " of " + tasks + " tasks have not been run");
        }
    }

    /** A task may throw what it does not declare, as code in other languages does. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T asItIs(Throwable failure) throws T {
        throw (T) failure;
    }

    /**
     * Refuses new jobs, waits for those accepted, then lets the threads end. Returns whether the
     * waiting thread was interrupted.
     */
    boolean stop() {
        boolean interrupted = false;
        synchronized (lock) {
            refuseFromInside(Thread.currentThread(), "close");
            closing = true;
            while (activeJobs > 0) {
                try {
                    lock.wait();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
            stopped = true;
            for (WorkerThread thread : threads) {
                thread.call(Processor.UNKNOWN);
            }
        }
        return interrupted;
    }

    /** Gives the scratch back when all threads have ended. */
    void freeScratch() {
        synchronized (lock) {
            for (Seat seat : seats) {
                seat.freeIfUnused();
            }
        }
    }
}
