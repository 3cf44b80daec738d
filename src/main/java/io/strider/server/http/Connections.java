package io.strider.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * All connections of a server: no more than so many, and none for longer than its phase may take.
 *
 * <p>Where there are too many, the one that has been idle longest is closed for a new one, so that
 * idle clients, however many, do not lock out those that ask something. Only if all are busy is the
 * new one refused.
 */
final class Connections implements ServerConnectionSelector, AutoCloseable {
    /** How late a connection may be closed after its deadline. */
    private static final long WATCH_NANOS = Duration.ofMillis(100).toNanos();

    /** Lines of HTTP end with both characters. */
    private static final ByteBuffer REFUSED =
            ByteBuffer.wrap(
                            """
                            HTTP/1.1 503 Service Unavailable
                            Connection: close
                            Retry-After: 1
                            Content-Length: 0

                            """
                                    .replace("\n", "\r\n")
                                    .getBytes(StandardCharsets.US_ASCII))
                    .asReadOnlyBuffer();

    private final ServerConnectionSelector http;
    private final ConnectionLimits limits;
    private final BodyBudget budget;
    private final int most;
    private final boolean secure;
    private final Map<Ends, ClientConnection> open = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();
    private final LongAdder displaced = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final Thread watch;
    private volatile boolean closed;

    /** The two addresses that tell a connection from all others. */
    private record Ends(SocketAddress local, SocketAddress remote) {}

    /**
     * Connections over which HTTP is spoken.
     *
     * @param http makes Helidon's connections
     * @param most connections at once
     * @param secure whether clients speak TLS
     */
    Connections(
            ServerConnectionSelector http,
            ConnectionLimits limits,
            BodyBudget budget,
            int most,
            boolean secure) {
        this.http = http;
        this.limits = limits;
        this.budget = budget;
        this.most = most;
        this.secure = secure;
        watch = Thread.ofPlatform().name("strider-connections").daemon().unstarted(this::watch);
        watch.start();
    }

    /** How many there are. */
    int count() {
        return open.size();
    }

    /** How many there may be. */
    int most() {
        return most;
    }

    /** How many have been refused as all others were busy. */
    long refused() {
        return refused.sum();
    }

    /** How many idle ones have given way to others. */
    long displaced() {
        return displaced.sum();
    }

    /** How many phases have taken longer than they may, that of being idle too. */
    long expired() {
        return expired.sum();
    }

    /**
     * A client has connected. Called by one thread, before the connection has one of its own.
     *
     * @throws IllegalStateException if there are too many
     */
    void accepted(SocketChannel channel) {
        try {
            Ends ends = new Ends(channel.getLocalAddress(), channel.getRemoteAddress());
            if (open.size() >= most && !closeIdlest()) {
                refused.increment();
                if (!secure) {
                    int _ = channel.write(REFUSED.duplicate()); // fits into the socket's buffer
                }
                throw new IllegalStateException("too many connections");
            }
            open.put(ends, new ClientConnection(channel, limits, budget));
        } catch (IOException lost) {
            throw new UncheckedIOException(lost);
        }
    }

    private boolean closeIdlest() {
        Map.Entry<Ends, ClientConnection> idlest = null;
        long since = 0;
        for (Map.Entry<Ends, ClientConnection> entry : open.entrySet()) {
            var idle = entry.getValue().idleSince();
            if (idle.isPresent() && (idlest == null || idle.getAsLong() - since < 0)) {
                idlest = entry;
                since = idle.getAsLong();
            }
        }
        if (idlest == null) {
            return false;
        }
        displaced.increment();
        idlest.getValue().close();
        open.remove(idlest.getKey(), idlest.getValue());
        return true;
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(WATCH_NANOS);
            long now = System.nanoTime();
            open.forEach((ends, connection) -> {
                if (connection.isOpen()) {
                    if (connection.expire(now)) {
                        expired.increment();
                    }
                } else {
                    open.remove(ends, connection);
                }
            });
        }
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        Ends ends = new Ends(address(context.localPeer()), address(context.remotePeer()));
        ClientConnection connection = open.get(ends);
        if (connection == null) {
            throw new CloseConnectionException("closed again before it was set up");
        }
        ServerConnection inner =
                http.connection(
                        new ReadingContext(context, connection.open(context.serverSocket())));
        return new Guarded(inner, connection, () -> open.remove(ends, connection));
    }

    private static SocketAddress address(PeerInfo peer) {
        return Objects.requireNonNull(peer.address());
    }

    /** Closes all, whatever they are doing. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watch);
        open.values().forEach(ClientConnection::close);
    }

    /** Helidon's connection, with what comes after its end. */
    private record Guarded(ServerConnection inner, ClientConnection connection, Runnable over)
            implements ServerConnection {
        @Override
        public void handle(Limit limit) throws InterruptedException {
            try {
                ScopedValue.where(ClientConnection.CURRENT, connection)
                        .call(() -> {
                            inner.handle(limit);
                            return limit;
                        });
            } finally {
                connection.linger();
                over.run();
            }
        }

        @Override
        public Duration idleTime() {
            return Duration.ZERO; // idle connections are closed by this class
        }

        @Override
        public void close(boolean interrupt) {
            inner.close(interrupt);
        }
    }
}
