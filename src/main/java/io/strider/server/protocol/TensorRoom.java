package io.strider.server.protocol;

import io.strider.server.inference.RefusedException;

/** Is asked before a tensor of a request is read. */
@FunctionalInterface
public interface TensorRoom {
    /** Room for anything. */
    TensorRoom UNBOUNDED = _ -> {};

    /**
     * Takes memory of the heap, which its owner gives back once the request has been answered.
     *
     * @param bytes what reading takes at its peak, the body not counted
     * @throws RefusedException if there is not so much
     */
    void take(long bytes) throws RefusedException;
}
