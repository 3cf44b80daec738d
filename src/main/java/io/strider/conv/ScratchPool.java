package io.strider.conv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The scratch memory of the convolutions: a fixed number of slots, each a block of native memory
 * that grows to what was asked of it and is used again.
 *
 * <p>A convolution leases one slot while it computes. There are as many slots as processors
 * (property {@code strider.conv.slots}), so that a thousand callers need no more scratch than a
 * few; the others wait. A block above {@link #KEPT_BYTES} is given back as soon as it is no longer
 * leased. In steady state a lease allocates nothing.
 *
 * <p>Thread-safe. Waiting cannot be interrupted and unmounts virtual threads.
 */
public final class ScratchPool {
    /** Blocks larger than this are not kept: 64 MiB. */
    static final long KEPT_BYTES = 64L << 20;

    /** Whole pages; also keeps a slot from growing a few bytes at a time. */
    private static final long GRANULARITY = 64L << 10;

    private static final ScratchPool SHARED = new ScratchPool(configuredSlots());

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private final Slot[] idle;
    private final int slots;
    private int idleCount;

    ScratchPool(int slots) {
        this.slots = slots;
        this.idle = new Slot[slots];
        for (int i = 0; i < slots; i++) {
            idle[i] = new Slot();
        }
        this.idleCount = slots;
    }

    private static int configuredSlots() {
        int slots = Integer.getInteger("strider.conv.slots", 0);
        return slots > 0 ? slots : Runtime.getRuntime().availableProcessors();
    }

    /** The pool that all convolutions of this process use. */
    public static ScratchPool shared() {
        return SHARED;
    }

    /** How many convolutions can compute at once. */
    public int slots() {
        return slots;
    }

    /** Bytes of native memory that idle slots hold now; a gauge. */
    public long idleBytes() {
        lock.lock();
        try {
            long bytes = 0;
            for (int i = 0; i < idleCount; i++) {
                bytes += idle[i].memory.byteSize();
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Gives the memory of all idle slots back to the system; later leases allocate anew. */
    public void trim() {
        lock.lock();
        try {
            for (int i = 0; i < idleCount; i++) {
                idle[i].free();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A block of at least {@code bytes}, aligned to 64, contents undefined, the caller's own until
     * the slot is closed. Waits for a free slot.
     *
     * @throws OutOfMemoryError if the system has no memory left; the pool stays usable
     */
    Slot lease(long bytes) {
        Slot slot = take();
        try {
            slot.require(bytes);
            return slot;
        } catch (Throwable failure) {
            slot.close();
            throw failure;
        }
    }

    private Slot take() {
        lock.lock();
        try {
            while (idleCount == 0) {
                returned.awaitUninterruptibly();
            }
            return idle[--idleCount]; // the latest returned: its memory is the warmest
        } finally {
            lock.unlock();
        }
    }

    private void giveBack(Slot slot) {
        lock.lock();
        try {
            idle[idleCount++] = slot;
            returned.signal();
        } finally {
            lock.unlock();
        }
    }

    /** One leased block; closing returns it to the pool. */
    final class Slot implements AutoCloseable {
        private MemorySegment memory = MemorySegment.NULL;
        private Arena arena = Arena.global(); // never closed while memory is NULL

        MemorySegment memory() {
            return memory;
        }

        @SuppressWarnings("MustBeClosed") // closed by free(), when the block grows or is given back
        private void require(long bytes) {
            if (memory.byteSize() >= bytes) {
                return;
            }
            free();
            long rounded = Math.ceilDiv(bytes, GRANULARITY) * GRANULARITY;
            Arena fresh = Arena.ofShared(); // leased by many threads, one after another
            try {
                memory = fresh.allocate(rounded, 64);
                arena = fresh;
            } catch (Throwable failure) {
                fresh.close();
                throw failure;
            }
        }

        private void free() {
            if (memory.byteSize() > 0) {
                memory = MemorySegment.NULL;
                arena.close();
                arena = Arena.global();
            }
        }

        @Override
        public void close() {
            try {
                if (memory.byteSize() > KEPT_BYTES) {
                    free();
                }
            } finally {
                giveBack(this);
            }
        }
    }
}
