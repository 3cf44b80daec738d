package io.strider.server.inference;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Models as a server's life sees them: what its endpoints ask, and how they are replaced and end.
 */
public interface ManagedInference extends Inference, AutoCloseable {
    /**
     * Loads a model's file again beside the old one, warms it up and lets it serve; the old one is
     * closed when its last call ends. No call fails for it.
     *
     * @param name null for all models
     * @throws IOException if a file cannot be loaded, or there is no model of that name; all models
     *     then go on as they were
     * @throws IllegalStateException if closed
     */
    void replace(@Nullable String name) throws IOException;

    /** Why a request with one picture would be refused now, if it would. */
    Optional<RefusedException> admission();

    /** Refuses new calls from now on; those that have been accepted go on. */
    void drain();

    /**
     * Waits until no call is under way.
     *
     * @return whether that came to be in time
     */
    boolean awaitIdle(Duration most) throws InterruptedException;

    /** Gives up what is queued and not yet being computed: such calls are refused. */
    void giveUp();

    /** How much is taken now of what there is. */
    Occupancy occupancy();

    /** Drains, waits until all that was accepted is answered, and gives all memory back. */
    @Override
    void close();
}
