package io.strider.server.inference;

import java.util.concurrent.atomic.AtomicInteger;

/** Lets computations fail for want of memory as often as it is told. Thread-safe. */
public final class MemoryFault {
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicInteger thrown = new AtomicInteger();

    /** Models whose computations fail so. */
    public Models.Builder in(Models.Builder models) {
        return models.around(computation ->
                (key, items) -> {
                    if (left.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                        thrown.incrementAndGet();
                        throw new OutOfMemoryError("of a test");
                    }
                    return computation.compute(key, items);
                });
    }

    /** The next computations fail, of one item or several. */
    public void next(int computations) {
        left.set(computations);
    }

    /** How many have failed so far. */
    public int thrown() {
        return thrown.get();
    }
}
