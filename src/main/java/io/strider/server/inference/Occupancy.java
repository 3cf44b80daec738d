package io.strider.server.inference;

/**
 * How much of what models may take is taken, each value beside the most that it may be.
 *
 * @param queued pictures and rows that are reserved or queued, and not yet being computed
 * @param queueCapacity places of the queue
 * @param computing threads that compute now
 * @param computeThreads threads that may
 * @param decoding threads that decode now
 * @param decodeThreads threads that may
 * @param nativeBytes bytes off the heap that computations hold, the models' weights not counted
 * @param nativeLimit bytes that they may hold
 */
public record Occupancy(
        int queued,
        int queueCapacity,
        int computing,
        int computeThreads,
        int decoding,
        int decodeThreads,
        long nativeBytes,
        long nativeLimit) {}
