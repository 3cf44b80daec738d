package io.strider.embedding;

/**
 * Is asked before memory for a decoded picture is taken, so that whoever decodes many at once can
 * bound what they take together.
 */
@FunctionalInterface
public interface DecodingRoom {
    /** As much as the {@link DecodingLimits} allow. */
    DecodingRoom UNBOUNDED = _ -> {};

    /**
     * Returns when there is room. May be asked more than once for a picture, the largest number
     * counts, but not after its decoding has begun to take memory. What this throws ends the
     * decoding.
     *
     * @param pixels height times width, within the limits
     */
    void require(long pixels);
}
