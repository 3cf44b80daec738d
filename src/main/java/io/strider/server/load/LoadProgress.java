package io.strider.server.load;

/**
 * How far a run is, its warm-up included.
 *
 * @param pictures how many were answered
 * @param refused how many requests were refused with 429
 * @param failed how many requests failed otherwise
 */
public record LoadProgress(long pictures, long refused, long failed) {}
