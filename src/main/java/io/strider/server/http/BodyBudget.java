package io.strider.server.http;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of bodies, and of tensors that are read out of them, may be in memory at once,
 * over all connections. Bodies are counted as they arrive, so that whoever only announces a large
 * body holds nothing. Thread-safe.
 */
final class BodyBudget {
    /** Says that there is no room. */
    static final String FULL = "too many bodies at once (expected: later)";

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    BodyBudget(long most) {
        this.most = most;
    }

    /** What is taken for one request after the other, of one connection. For one thread. */
    final class Share {
        private long bytes;

        /** Takes so many bytes, or none if there is no room for them. */
        boolean take(long more) {
            if (taken.addAndGet(more) > most) {
                taken.addAndGet(-more);
                return false;
            }
            bytes += more;
            return true;
        }

        /**
         * Takes so many bytes.
         *
         * @throws RefusedException if there is no room for them now, or could never be
         */
        void require(long more) throws RefusedException {
            if (more > most) {
                throw new RefusedException(
                        Reason.TOO_LARGE,
                        "tensors: %d bytes of memory (expected: at most %d)".formatted(more, most));
            }
            if (!take(more)) {
                throw new RefusedException(Reason.QUEUE_FULL, FULL);
            }
        }

        /** Gives all bytes back that were taken. */
        void giveBack() {
            taken.addAndGet(-bytes);
            bytes = 0;
        }
    }

    /** Bytes that are taken now. */
    long taken() {
        return taken.get();
    }
}
