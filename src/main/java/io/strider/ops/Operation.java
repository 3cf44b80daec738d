package io.strider.ops;

import io.strider.blas.Workers;
import org.jspecify.annotations.Nullable;

/**
 * A computation bound to its tensors, to be run many times as their elements change.
 *
 * <p>Everything was checked when it was bound. In steady state a run allocates nothing. One run at
 * a time; different operations may run at once if none writes what another uses.
 */
@FunctionalInterface
public interface Operation {
    /**
     * Reads the inputs and overwrites the outputs.
     *
     * @param workers who computes, the call waits for them; or null for this thread alone
     * @throws IllegalStateException if an arena or the pool is closed
     * @throws java.util.concurrent.CancellationException if this thread was interrupted while
     *     workers computed; the outputs are then undefined
     */
    void run(@Nullable Workers workers);
}
