package io.strider.server.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One who asks, over a connection that is opened when it is needed. Used by one thread at a time.
 */
final class LoadClient implements AutoCloseable {
    private static final int KEPT = 300;

    private final HttpTarget target;
    private final Duration timeout;
    private final AtomicLong opened;
    private @Nullable HttpConnection connection;

    /**
     * No connection yet.
     *
     * @param opened counts the connections of all clients
     */
    LoadClient(HttpTarget target, Duration timeout, AtomicLong opened) {
        this.target = target;
        this.timeout = timeout;
        this.opened = opened;
    }

    /** Sends a request and waits for what becomes of it. */
    LoadOutcome ask(LoadRequest request) {
        HttpConnection used = connection;
        if (used != null && used.isOpen()) {
            try {
                return LoadOutcome.answered(used.send(request.bytes(), KEPT));
            } catch (IOException failed) {
                used.close();
                // A server may close an idle connection at the very moment it is used again: that
                // is no failure of the request. An answer that takes too long is.
                if (used.isAnswering() || failed instanceof SocketTimeoutException) {
                    return LoadOutcome.failed(reason(failed));
                }
            }
        }
        try {
            connection = HttpConnection.open(target, timeout);
            opened.incrementAndGet();
            return LoadOutcome.answered(
                    Objects.requireNonNull(connection).send(request.bytes(), KEPT));
        } catch (IOException failed) {
            close();
            return LoadOutcome.failed(reason(failed));
        }
    }

    /** In few and always the same words, to be counted. */
    private static String reason(IOException failed) {
        return switch (failed) {
            case SocketTimeoutException _ -> "no answer in time";
            case ConnectException _ -> "connection refused";
            case EOFException _ -> "closed without an answer";
            case ProtocolException _ -> "an answer that is not HTTP";
            case SSLException _ -> "TLS: " + failed.getMessage();
            default ->
                    failed.getMessage() == null
                            ? failed.getClass().getSimpleName()
                            : failed.getMessage();
        };
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
