package io.strider.server.inference;

import io.strider.server.inference.RefusedException.Reason;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the calls under way, and lets no more in once the server is about to end. Thread-safe. */
final class CallGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private int inside;
    private boolean shut;

    /** A call that is inside until it is closed. */
    interface Pass extends AutoCloseable {
        @Override
        void close();
    }

    /** Lets a call in. */
    Pass enter() throws RefusedException {
        lock.lock();
        try {
            if (shut) {
                throw refusal();
            }
            inside++;
            return this::leave;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            inside--;
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    static RefusedException refusal() {
        return new RefusedException(
                Reason.UNAVAILABLE, "the server is about to end (expected: another one)");
    }

    boolean isShut() {
        lock.lock();
        try {
            return shut;
        } finally {
            lock.unlock();
        }
    }

    void shut() {
        lock.lock();
        try {
            shut = true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody is inside; tells whether that came to be in time. */
    boolean awaitEmpty(long time, TimeUnit unit) throws InterruptedException {
        long nanos = unit.toNanos(time);
        lock.lockInterruptibly();
        try {
            while (inside > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = left.awaitNanos(nanos);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody is inside, interrupted or not. */
    void awaitEmpty() {
        lock.lock();
        try {
            while (inside > 0) {
                left.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
