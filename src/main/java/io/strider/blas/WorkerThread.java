package io.strider.blas;

import java.util.concurrent.locks.LockSupport;

/** One thread of a pool: joins the oldest job that has tasks, else sleeps until it is called. */
final class WorkerThread implements Runnable {
    private final Dispatcher dispatcher;
    private final Lookout lookout;
    private final Thread thread;

    /** Whether it sleeps, or is about to, and nobody has called it; guarded by the dispatcher. */
    boolean asleep;

    /** Where the thread is at work that called it; written before {@link #called}. */
    private int busyProcessor = Processor.UNKNOWN;

    private volatile boolean called;

    @SuppressWarnings("this-escape") // the thread is started when all is built
    WorkerThread(Dispatcher dispatcher, String name, Lookout lookout) {
        this.dispatcher = dispatcher;
        this.lookout = lookout;
        this.thread =
                Thread.ofPlatform()
                        .name(name)
                        .daemon()
                        .inheritInheritableThreadLocals(false)
                        .unstarted(this);
        // Not the creator's: a pool must not keep an application alive that is unloaded.
        thread.setContextClassLoader(WorkerThread.class.getClassLoader());
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        while (dispatcher.serve(this, thread)) {
            awaitCall();
        }
    }

    /** Before it sleeps, under the dispatcher's lock. */
    void fallAsleep() {
        called = false;
        asleep = true;
    }

    private void awaitCall() {
        boolean awake = lookout.isAwake();
        long start = awake ? System.nanoTime() : 0;
        while (!called) {
            if (awake) {
                awake = lookout.waitOn(start);
            } else {
                LockSupport.park(this);
                Thread.interrupted(); // an interrupt that stays would keep it from sleeping
            }
        }
        // Whether it slept or not: on the caller's processor it only looked out while that waited.
        // Before it joins a job, which would wait for it.
        Processor.leave(busyProcessor);
    }

    /**
     * Wakes the thread, once {@link #asleep} has been taken back.
     *
     * @param busyProcessor where not to work, or {@link Processor#UNKNOWN}
     */
    void call(int busyProcessor) {
        this.busyProcessor = busyProcessor;
        called = true;
        LockSupport.unpark(thread);
    }

    /** Waits for the thread's end; returns whether the waiting thread was interrupted. */
    boolean join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
    }
}
