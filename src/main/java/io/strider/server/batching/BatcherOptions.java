package io.strider.server.batching;

import java.time.Duration;
import java.util.Objects;

/**
 * How a batcher works.
 *
 * @param name of its threads, followed by a hyphen and a number
 * @param lanes how many threads compute, 1 to 1024
 * @param maxBatch the most items that are computed together, 1 to 1024
 * @param maxDelay how long an item waits for others while a lane is free, 0 to 1 minute
 * @param capacity how many items may wait, 1 to 1,000,000
 */
public record BatcherOptions(
        String name, int lanes, int maxBatch, Duration maxDelay, int capacity) {
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public BatcherOptions {
        Objects.requireNonNull(name, "name");
        requireRange("lanes", lanes, 1024);
        requireRange("maxBatch", maxBatch, 1024);
        requireRange("capacity", capacity, 1_000_000);
        if (maxDelay.isNegative() || maxDelay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "maxDelay: %s (expected: 0 to 1 minute)".formatted(maxDelay));
        }
    }

    private static void requireRange(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: 1 to %s)".formatted(name, value, most));
        }
    }
}
