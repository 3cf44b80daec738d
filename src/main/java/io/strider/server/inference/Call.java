package io.strider.server.inference;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Who asks, and until when the answer is of use.
 *
 * @param id names the request in logs
 * @param caller who shares the queue fairly with other callers: a key's name or a client's address
 * @param deadlineNanos on the scale of {@link System#nanoTime}; what has not begun to be computed
 *     by then is given up
 */
public record Call(String id, String caller, long deadlineNanos) {
    /** Checks that nothing is missing. */
    public Call {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(caller, "caller");
    }

    /** A call whose answer is of use for so long from now. */
    public static Call within(String id, String caller, long time, TimeUnit unit) {
        return new Call(id, caller, System.nanoTime() + unit.toNanos(time));
    }

    /** How many nanoseconds are left; negative once it is too late. */
    public long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }
}
