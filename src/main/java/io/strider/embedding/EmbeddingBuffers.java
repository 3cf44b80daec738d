package io.strider.embedding;

import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Off-heap memory for the pictures and the vectors of batches, lent to one call at a time and kept
 * for the next. Thread-safe.
 */
final class EmbeddingBuffers implements AutoCloseable {
    private final int kept;
    private final Deque<Loan> idle = new ArrayDeque<>();
    private boolean closed;

    /** Keeps memory for so many calls. */
    EmbeddingBuffers(int kept) {
        this.kept = kept;
    }

    /** The most recently used memory, or new. */
    synchronized Loan borrow() {
        Loan loan = idle.pollLast();
        return loan == null ? new Loan() : loan;
    }

    private synchronized boolean keep(Loan loan) {
        if (closed || idle.size() >= kept) {
            return false;
        }
        idle.addLast(loan);
        return true;
    }

    /** Frees what is not lent; the rest is freed when it comes back. */
    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(Loan::free);
        idle.clear();
    }

    /** Memory of one call; closing gives it back. */
    final class Loan implements AutoCloseable {
        private final Block images = new Block();
        private final Block results = new Block();

        private Loan() {}

        /** Channels-last images, contents undefined. */
        Tensor images(long count, long channels, long height, long width) {
            return images.tensor(MemoryFormat.CHANNELS_LAST, count, channels, height, width);
        }

        /** A row-major tensor, contents undefined. */
        Tensor results(long... shape) {
            return results.tensor(MemoryFormat.CHANNELS_FIRST, shape);
        }

        private void free() {
            images.free();
            results.free();
        }

        @Override
        public void close() {
            if (!keep(this)) {
                free();
            }
        }
    }

    /** A block of memory that grows, and the tensor that lay in it last. */
    private static final class Block {
        private MemorySegment memory = MemorySegment.NULL;
        private Arena arena = Arena.global();

        private Tensor tensor(MemoryFormat format, long... shape) {
            long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
            long bytes = Math.multiplyExact(elements, Float.BYTES);
            if (memory.byteSize() < bytes) {
                grow(bytes);
            }
            if (format == MemoryFormat.CHANNELS_FIRST) {
                return Tensor.wrap(memory.asSlice(0, bytes), shape);
            }
            return Tensor.wrap(memory.asSlice(0, bytes), shape[0], shape[2], shape[3], shape[1])
                    .permute(0, 3, 1, 2);
        }

        @SuppressWarnings("MustBeClosed") // by free()
        private void grow(long bytes) {
            free();
            Arena fresh = Arena.ofShared();
            try {
                memory = fresh.allocate(bytes, 64);
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
    }
}
