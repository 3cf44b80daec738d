package io.strider.server.load;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How to ask.
 *
 * @param clients in the closed loop how many ask at the same time, in the open loop how many
 *     requests may be under way at most: from 1 to 65536
 * @param rate requests a second for the open loop, more than 0 to a million; empty for the closed
 *     loop
 * @param warmup how long to ask before anything is measured, at most a day
 * @param duration how long to measure, more than 0, at most a day
 * @param timeout after which an answer counts as failed, more than 0, at most an hour
 */
public record LoadOptions(
        int clients, OptionalDouble rate, Duration warmup, Duration duration, Duration timeout) {
    /** More would not leave a process enough ports. */
    public static final int MOST_CLIENTS = 65536;

    private static final double MOST_RATE = 1e6;
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    public LoadOptions {
        if (clients < 1 || clients > MOST_CLIENTS) {
            throw bad("clients", clients, "1 to " + MOST_CLIENTS);
        }
        if (rate.isPresent() && !(rate.getAsDouble() > 0 && rate.getAsDouble() <= MOST_RATE)) {
            throw bad("rate", rate.getAsDouble(), "more than 0, at most 1000000 a second");
        }
        if (warmup.isNegative() || warmup.compareTo(LONGEST) > 0) {
            throw bad("warmup", warmup, "0 to a day");
        }
        if (!duration.isPositive() || duration.compareTo(LONGEST) > 0) {
            throw bad("duration", duration, "more than 0, at most a day");
        }
        if (!timeout.isPositive() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw bad("timeout", timeout, "more than 0, at most an hour");
        }
    }

    private static IllegalArgumentException bad(String name, Object value, String expected) {
        return new IllegalArgumentException(
                String.format(Locale.ROOT, "%s: %s (expected: %s)", name, value, expected));
    }
}
