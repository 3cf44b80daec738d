package io.strider.graph;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a session: at most so many in use at once and so many bytes in all. Callers beyond
 * that wait their turn, first come, first served. Frames are kept for later runs; those that have
 * not been wanted for a while, or stand in the way of another plan's, are given back. Thread-safe.
 */
final class FramePool {
    /** Runs after which an idle frame is given back. */
    static final long KEPT_RUNS = 256;

    private final int concurrency;
    private final long limit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Who waits, in the order of arrival. */
    private final Deque<Object> queue = new ArrayDeque<>();

    /** Frames that nobody uses, the one that was used last at the end. */
    private final Deque<Frame> idle = new ArrayDeque<>();

    private int active;
    private long bytes;
    private long idleBytes;
    private long runs;
    private boolean closed;

    /**
     * An empty pool.
     *
     * @param concurrency frames in use at once
     * @param limit bytes of all frames together
     */
    FramePool(int concurrency, long limit) {
        this.concurrency = concurrency;
        this.limit = limit;
    }

    /**
     * A frame for one run; waits for one.
     *
     * @throws IllegalStateException if the pool is closed, be it while waiting
     * @throws CancellationException if this thread is interrupted while it waits, which it stays
     */
    Frame take(Plan plan) {
        lock.lock();
        try {
            await(plan);
            Frame frame = idleFrame(plan);
            if (frame != null) {
                active++;
                return frame;
            }
            while (bytes + plan.bytes() > limit && !idle.isEmpty()) {
                free(idle.removeFirst());
            }
            active++;
            bytes += plan.bytes();
        } finally {
            lock.unlock();
        }
        // Outside of the lock, as zeroing and binding take their time.
        try {
            return new Frame(plan);
        } catch (Throwable failure) {
            lock.lock();
            try {
                active--;
                bytes -= plan.bytes();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            throw failure;
        }
    }

    private void await(Plan plan) {
        Object ticket = new Object();
        queue.addLast(ticket);
        try {
            while (true) {
                if (closed) {
                    throw new IllegalStateException("the session is closed");
                }
                if (isFirst(ticket) && active < concurrency && hasRoom(plan)) {
                    return;
                }
                changed.await();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for " + active + " runs");
        } finally {
            queue.remove(ticket);
            changed.signalAll();
        }
    }

    @SuppressWarnings("ReferenceEquality") // tickets are identities
    private boolean isFirst(Object ticket) {
        return queue.peekFirst() == ticket;
    }

    /** Whether there is a frame, or room for one once the idle frames are gone. */
    private boolean hasRoom(Plan plan) {
        if (bytes - idleBytes + plan.bytes() <= limit) {
            return true;
        }
        for (Frame frame : idle) {
            if (isOf(frame, plan)) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("ReferenceEquality") // plans are identities
    private static boolean isOf(Frame frame, Plan plan) {
        return frame.plan() == plan;
    }

    private @Nullable Frame idleFrame(Plan plan) {
        Iterator<Frame> latestFirst = idle.descendingIterator();
        while (latestFirst.hasNext()) {
            Frame frame = latestFirst.next();
            if (isOf(frame, plan)) {
                latestFirst.remove();
                idleBytes -= plan.bytes();
                return frame;
            }
        }
        return null;
    }

    /** Takes a frame back after a run, however that ended. */
    void giveBack(Frame frame) {
        frame.clear();
        lock.lock();
        try {
            active--;
            frame.lastUsed = ++runs;
            idle.addLast(frame);
            idleBytes += frame.plan().bytes();
            Frame oldest = idle.getFirst();
            if (oldest.lastUsed < runs - KEPT_RUNS) {
                idle.removeFirst();
                free(oldest);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Of one that has just been taken from the idle ones; under the lock. */
    private void free(Frame frame) {
        idleBytes -= frame.plan().bytes();
        bytes -= frame.plan().bytes();
        frame.close();
    }

    /** Gives back all frames of a plan that nobody runs any more. */
    void drop(Plan plan) {
        lock.lock();
        try {
            Iterator<Frame> frames = idle.iterator();
            while (frames.hasNext()) {
                Frame frame = frames.next();
                if (isOf(frame, plan)) {
                    frames.remove();
                    free(frame);
                }
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Sends those who wait away, and all who come. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The most bytes of all frames together. */
    long limit() {
        return limit;
    }

    /** Bytes of all frames. */
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
