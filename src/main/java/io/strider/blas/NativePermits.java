package io.strider.blas;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many threads are inside OpenBLAS at once, and tells how many there are.
 *
 * <p>OpenBLAS has a fixed number of work buffers; some 640 simultaneous calls exhaust them and the
 * process dies. More callers than processors gain nothing either. So every native call holds one
 * permit; who finds none waits, a virtual thread without holding its carrier, an interrupted thread
 * with its interrupt kept for later.
 *
 * <p>The limit is the number of available processors, at most {@value #MOST}; the property {@value
 * #PROPERTY}, read when OpenBLAS is first asked for, sets another from 1 to {@value #MOST}.
 *
 * <p>All methods may be called from any thread.
 */
public final class NativePermits {
    /** The property that sets the limit. */
    public static final String PROPERTY = "strider.blas.permits";

    /**
     * The largest limit: well below what exhausts the buffers, each of which maps 128 MiB of
     * address space for good.
     */
    public static final int MOST = 64;

    private static volatile @Nullable NativePermits shared;

    private final int limit;
    private final Semaphore semaphore;
    private final AtomicInteger highWater = new AtomicInteger();

    NativePermits(int limit) {
        this.limit = limit;
        this.semaphore = new Semaphore(limit);
    }

    /**
     * The permits of this process, which every call of {@link Blas#openBlas()} takes from.
     *
     * @return always the same instance
     * @throws IllegalArgumentException if the property {@value #PROPERTY} is not a number in its
     *     range
     */
    public static NativePermits shared() {
        NativePermits ready = shared;
        if (ready == null) {
            synchronized (NativePermits.class) {
                ready = shared;
                if (ready == null) {
                    ready =
                            of(
                                    System.getProperty(PROPERTY),
                                    Runtime.getRuntime().availableProcessors());
                    shared = ready;
                }
            }
        }
        return ready;
    }

    /** Reads the limit from the property's value, which may be absent. */
    static NativePermits of(@Nullable String value, int processors) {
        if (value == null) {
            return new NativePermits(Math.clamp(processors, 1, MOST));
        }
        int limit;
        try {
            limit = Integer.parseInt(value.strip());
        } catch (NumberFormatException _) {
            limit = 0;
        }
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException(
                    PROPERTY + ": \"" + value + "\" (expected: a number from 1 to " + MOST + ")");
        }
        return new NativePermits(limit);
    }

    /** Returns how many threads may be inside at once. */
    public int limit() {
        return limit;
    }

    /** Returns how many threads are inside now. */
    public int inUse() {
        return limit - semaphore.availablePermits();
    }

    /** Returns the largest number of threads that were inside at once so far. */
    public int highWater() {
        return highWater.get();
    }

    /** Waits for a permit; {@link #release} follows in a {@code finally}. */
    void acquire() {
        semaphore.acquireUninterruptibly();
        int now = inUse();
        // Read before written: in steady state the mark is reached and the cache line stays shared.
        if (now > highWater.get()) {
            highWater.accumulateAndGet(now, Math::max);
        }
    }

    void release() {
        semaphore.release();
    }
}
