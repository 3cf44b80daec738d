package io.strider.blas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The right to compute for a pool, with the scratch block that goes with it. A pool has as many
 * seats as threads; whoever runs a task sits on one. The memory belongs to whoever sits.
 */
final class Seat {
    /** Larger blocks are given back when their job is left: 64 MiB. */
    static final long KEPT_BYTES = 64L << 20;

    static final long ALIGNMENT = 64;

    /** Keeps a block from growing a few bytes at a time. */
    private static final long GRANULARITY = 64L << 10;

    /** Who sits here; guarded by the pool's lock. */
    @Nullable Thread occupant;

    private final AtomicLong poolBytes;
    private MemorySegment memory = MemorySegment.NULL;
    private @Nullable Arena arena;

    /**
     * A free seat without memory.
     *
     * @param poolBytes the pool's gauge, kept up to date
     */
    Seat(AtomicLong poolBytes) {
        this.poolBytes = poolBytes;
    }

    /**
     * The block, at least so large, aligned to 64 bytes, contents undefined.
     *
     * @throws OutOfMemoryError if the system has no memory left; the seat stays usable
     * @throws IllegalStateException if the block must grow while a thread that a task gave it to
     *     still has it in a native call
     */
    @SuppressWarnings("MustBeClosed") // closed by free(), when the block grows or is given back
    MemorySegment require(long bytes) {
        if (memory.byteSize() >= bytes) {
            return memory;
        }
        free();
        if (bytes > Long.MAX_VALUE - GRANULARITY) {
            throw new OutOfMemoryError("no memory for scratch of " + bytes + " bytes");
        }
        long rounded = Math.ceilDiv(bytes, GRANULARITY) * GRANULARITY;
        // Shared: callers that compute for themselves sit here in turn with the pool's threads.
        Arena fresh = Arena.ofShared();
        try {
            memory = fresh.allocate(rounded, ALIGNMENT);
            arena = fresh;
        } catch (Throwable failure) {
            fresh.close();
            throw failure;
        }
        poolBytes.addAndGet(rounded);
        return memory;
    }

    /** Gives a large block back. One that is still in a foreign thread's native call stays. */
    void trim() {
        if (memory.byteSize() > KEPT_BYTES) {
            freeIfUnused();
        }
    }

    /** Gives the block back unless a foreign thread has it in a native call. */
    void freeIfUnused() {
        try {
            free();
        } catch (IllegalStateException _) {
            // A task gave its scratch away against the rules. The gauge shows that it is still
            // here.
        }
    }

    private void free() {
        if (arena != null) {
            arena.close();
            poolBytes.addAndGet(-memory.byteSize());
            memory = MemorySegment.NULL;
            arena = null;
        }
    }
}
