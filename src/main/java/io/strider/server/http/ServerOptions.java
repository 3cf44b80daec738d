package io.strider.server.http;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a server is reached, and what its clients may take. Immutable.
 *
 * @param host the address that is listened at
 * @param port 0 for any that is free
 * @param maxConnections at once
 * @param maxBody bytes of a request's body
 * @param maxBodies bytes of all bodies together that are in memory at once
 * @param requestTimeout how long a request may take from its headers to its result
 * @param headerTimeout how long a request's line and headers may take
 * @param idleTimeout how long a connection may be silent between requests
 * @param apiKeys one of which all but health, metrics and the page need; none is needed if empty
 * @param adminKeys one of which the administration needs, which is not there if empty
 * @param tls null for plain HTTP
 */
public record ServerOptions(
        String host,
        int port,
        int maxConnections,
        long maxBody,
        long maxBodies,
        Duration requestTimeout,
        Duration headerTimeout,
        Duration idleTimeout,
        ApiKeys apiKeys,
        ApiKeys adminKeys,
        @Nullable TlsFiles tls) {
    /** A body is held in one array. */
    public static final long MOST_BODY = 1L << 30;

    private static final int MOST_CONNECTIONS = 1_000_000;
    private static final int MOST_PORT = 65_535;
    private static final Duration LEAST_TIME = Duration.ofMillis(1);
    private static final Duration MOST_TIME = Duration.ofHours(1);

    /**
     * Checks all.
     *
     * @throws IllegalArgumentException if one is out of its range; the message says which
     */
    public ServerOptions {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(apiKeys, "apiKeys");
        Objects.requireNonNull(adminKeys, "adminKeys");
        check("port", port, 0, MOST_PORT);
        check("maxConnections", maxConnections, 1, MOST_CONNECTIONS);
        check("maxBody", maxBody, 1, MOST_BODY);
        check("maxBodies", maxBodies, maxBody, Long.MAX_VALUE);
        check("requestTimeout", requestTimeout);
        check("headerTimeout", headerTimeout);
        check("idleTimeout", idleTimeout);
    }

    private static void check(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s: %d (expected: %d to %d)".formatted(name, value, least, most));
        }
    }

    private static void check(String name, Duration time) {
        if (time.compareTo(LEAST_TIME) < 0 || time.compareTo(MOST_TIME) > 0) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: 1 ms to 1 hour)".formatted(name, time));
        }
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private static final long BODY = 32L << 20;

        /** Of a body there are up to four copies, its own and those of the pictures in it. */
        private static final int BODIES_SHARE = 8;

        private String host = "127.0.0.1";
        private int port = 8080;
        private int maxConnections = 4096;
        private long maxBody = BODY;
        private long maxBodies = Runtime.getRuntime().maxMemory() / BODIES_SHARE;
        private Duration requestTimeout = Duration.ofSeconds(30);
        private Duration headerTimeout = Duration.ofSeconds(10);
        private Duration idleTimeout = Duration.ofSeconds(60);
        private ApiKeys apiKeys = new ApiKeys(List.of());
        private ApiKeys adminKeys = new ApiKeys(List.of());
        private @Nullable TlsFiles tls;

        private Builder() {}

        /** The address to listen at; 127.0.0.1 by default, 0.0.0.0 for all of the machine's. */
        public Builder host(String address) {
            host = address;
            return this;
        }

        /** 0 to 65535, 0 for any that is free; 8080 by default. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /** Connections at once, 1 to 1,000,000; 4096 by default. */
        public Builder maxConnections(int connections) {
            maxConnections = connections;
            return this;
        }

        /** Bytes of a body, 1 to 1 GiB; 32 MiB by default. */
        public Builder maxBody(long bytes) {
            maxBody = bytes;
            return this;
        }

        /** Bytes of all bodies together, at least one body's; an eighth of the heap by default. */
        public Builder maxBodies(long bytes) {
            maxBodies = bytes;
            return this;
        }

        /** From headers to result, 1 ms to 1 hour; 30 s by default. */
        public Builder requestTimeout(Duration time) {
            requestTimeout = time;
            return this;
        }

        /** For a request's line and headers, 1 ms to 1 hour; 10 s by default. */
        public Builder headerTimeout(Duration time) {
            headerTimeout = time;
            return this;
        }

        /** Between requests, 1 ms to 1 hour; 60 s by default. */
        public Builder idleTimeout(Duration time) {
            idleTimeout = time;
            return this;
        }

        /** Keys for clients; none by default. */
        public Builder apiKeys(ApiKeys keys) {
            apiKeys = keys;
            return this;
        }

        /** Keys for the administration; none by default. */
        public Builder adminKeys(ApiKeys keys) {
            adminKeys = keys;
            return this;
        }

        /** TLS; plain HTTP by default. */
        public Builder tls(@Nullable TlsFiles files) {
            tls = files;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if one is out of its range; the message says which
         */
        public ServerOptions build() {
            return new ServerOptions(
                    host,
                    port,
                    maxConnections,
                    maxBody,
                    Math.max(maxBody, maxBodies),
                    requestTimeout,
                    headerTimeout,
                    idleTimeout,
                    apiKeys,
                    adminKeys,
                    tls);
        }
    }
}
