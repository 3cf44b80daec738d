package io.strider.server.batching;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** A computation that stops before each batch until a test lets it go on. Doubles numbers. */
final class Gate implements Computation<String, Integer, Integer>, AutoCloseable {
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore allowed = new Semaphore(0);
    private final CountDownLatch open = new CountDownLatch(1);
    private final List<List<Integer>> batches = new ArrayList<>();

    @Override
    public List<Integer> compute(String key, List<Integer> items) throws InterruptedException {
        synchronized (batches) {
            batches.add(List.copyOf(items));
        }
        begun.release();
        if (open.getCount() > 0) {
            allowed.acquire();
        }
        return items.stream().map(item -> 2 * item).toList();
    }

    /** Waits until so many batches more have begun. */
    void awaitBegun(int count) throws InterruptedException {
        begun.acquire(count);
    }

    /** Lets so many batches end. */
    void allow(int count) {
        allowed.release(count);
    }

    /** Lets all batches pass from now on. */
    void open() {
        open.countDown();
        allowed.release(10_000);
    }

    /** Lets all pass, so that a batcher can be closed though a test has failed. */
    @Override
    public void close() {
        open();
    }

    /** What was computed so far. */
    List<List<Integer>> batches() {
        synchronized (batches) {
            return List.copyOf(batches);
        }
    }
}
