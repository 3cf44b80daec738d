package io.strider.server.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.media.ReadableEntity;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: in which phase it is and until when, and whether the client is still
 * there.
 *
 * <p>One thread, the connection's own, reads requests and answers them. {@link #expire} is called
 * by another that watches over all connections. While a request that has come whole waits for its
 * result, a third reads ahead: the end of the stream then means that the client has gone, and
 * interrupts the first.
 */
final class ClientConnection {
    /** The connection whose thread runs. */
    static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

    /** What may be in memory of a body's frame beside the body. */
    private static final int FRAME_BYTES = 64 << 10;

    private static final Duration LINGER_TIME = Duration.ofSeconds(2);

    /** A body of no more than that is on its way already when it is refused. */
    private static final long MOST_SKIPPED = 256 << 10;

    /** What a connection is doing; each phase has its own deadline. */
    enum Phase {
        /** Between requests, before the first one too. */
        IDLE,
        /** A request has begun to come. */
        HEADERS,
        /** Its body is being read. */
        BODY,
        /** It is being answered. */
        ANSWERING,
        /** It was answered without its body being read, of which the rest is thrown away. */
        LINGERING
    }

    private final SocketChannel channel;
    private final ConnectionLimits limits;
    private final BodyBudget.Share share;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition readAhead = lock.newCondition();

    /** Why the body cannot be read; also told by the thread that watches. */
    private volatile @Nullable HttpRefusalException refusal;

    // Guarded by the lock.
    private Phase phase = Phase.IDLE;
    private long deadline;
    private @Nullable Thread waiting;
    private boolean reading;
    private boolean gone;
    private byte @Nullable [] ahead;
    private @Nullable RuntimeException aheadFailure;
    private boolean aheadDone;

    // Of the connection's thread.
    private @Nullable HelidonSocket socket;
    private @Nullable DataReader reader;
    private @Nullable RequestContext request;
    private boolean bodyLeft;
    private boolean bodyBegun;
    private boolean serving;

    ClientConnection(SocketChannel channel, ConnectionLimits limits, BodyBudget budget) {
        this.channel = channel;
        this.limits = limits;
        share = budget.new Share();
        deadline = System.nanoTime() + limits.idleTime().toNanos();
    }

    /** The socket is set up: requests can be read. */
    DataReader open(HelidonSocket ready) {
        socket = ready;
        DataReader created = DataReader.create(this::read);
        reader = created;
        return created;
    }

    /** The client's address without its port. */
    String client() {
        return channel.socket().getRemoteSocketAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "unknown";
    }

    /** What its request has of the memory for bodies. */
    BodyBudget.Share share() {
        return share;
    }

    @Nullable RequestContext request() {
        return request;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** When it became idle, on the scale of {@link System#nanoTime}; nothing if it is not. */
    OptionalLong idleSince() {
        lock.lock();
        try {
            return phase == Phase.IDLE
                    ? OptionalLong.of(deadline - limits.idleTime().toNanos())
                    : OptionalLong.empty();
        } finally {
            lock.unlock();
        }
    }

    // ---- phases

    private void enter(Phase next, long until) {
        lock.lock();
        try {
            phase = next;
            deadline = until;
        } finally {
            lock.unlock();
        }
    }

    /** A request's headers have been read; its body, if there is one, has not. */
    void begin(RequestContext context) {
        request = context;
        bodyLeft = context.hasBody();
        bodyBegun = false;
        enter(Phase.ANSWERING, context.call().deadlineNanos() + limits.writeTime().toNanos());
    }

    /**
     * The body is going to be read.
     *
     * @throws HttpRefusalException if what has come of it is already too much
     */
    void receive(RequestContext context) throws HttpRefusalException {
        bodyBegun = true;
        enter(Phase.BODY, context.call().deadlineNanos());
        refusal = excess(0, pending());
        HttpRefusalException refused = refusal;
        if (refused != null) {
            throw refused;
        }
    }

    /** The body has been read whole: from now on the client's going interrupts this thread. */
    void received(RequestContext context) {
        bodyLeft = false;
        lock.lock();
        try {
            phase = Phase.ANSWERING;
            deadline = context.call().deadlineNanos() + limits.writeTime().toNanos();
            waiting = Thread.currentThread();
            if (!reading && !aheadDone && pending() == 0) {
                reading = true;
                Thread.ofVirtual().name("strider-read-ahead").start(this::readAhead);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The request has been answered. */
    void end() {
        lock.lock();
        try {
            waiting = null;
            if (gone) {
                boolean _ = Thread.interrupted(); // that interruption was ours
            }
            phase = Phase.IDLE;
            deadline = System.nanoTime() + limits.idleTime().toNanos();
        } finally {
            lock.unlock();
        }
        share.giveBack();
        request = null;
        refusal = null;
    }

    /** Whether the client closed its side while its request was being answered. */
    boolean isGone() {
        lock.lock();
        try {
            return gone;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the request's body has not been read to its end. */
    boolean isBodyLeft() {
        return bodyLeft;
    }

    /**
     * Whether the connection outlives a request whose body nobody has read: a small one is read and
     * thrown away, as a new connection would take longer.
     */
    boolean canSkipBody(RequestContext context) {
        return !bodyBegun && context.announcedBytes() <= Math.min(limits.maxBody(), MOST_SKIPPED);
    }

    /**
     * Throws away the body of a request that has been answered.
     *
     * @throws CloseConnectionException if it does not come whole in time
     */
    void skipBody(ReadableEntity body) {
        enter(Phase.LINGERING, System.nanoTime() + LINGER_TIME.toNanos());
        try {
            body.inputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException | RuntimeException lost) { // Helidon has many words for an early end
            throw new CloseConnectionException("answered, and its body did not come", lost);
        }
        bodyLeft = false;
        enter(Phase.IDLE, System.nanoTime() + limits.idleTime().toNanos());
    }

    /** What came is no request: whatever follows it is thrown away. */
    void giveUpReading() {
        bodyLeft = true;
    }

    /** Why the body could not be read, if that is not the client's going. */
    @Nullable HttpRefusalException refusal() {
        return refusal;
    }

    /** Whether what fails from now on fails in the server: a request has reached the services. */
    void serving(boolean now) {
        serving = now;
    }

    /** Whether a failure now is the server's, not one to make sense of what the client sent. */
    boolean isServing() {
        return serving;
    }

    // ---- reading, on the connection's thread

    private byte @Nullable [] read() {
        byte[] bytes;
        try {
            bytes = next();
        } catch (Error fault) { // no memory, as a rule
            serving = true;
            throw fault;
        }
        Phase now = phase();
        if (bytes == null) {
            return null;
        }
        if (now == Phase.IDLE) {
            enter(Phase.HEADERS, System.nanoTime() + limits.headerTime().toNanos());
        } else if (now == Phase.BODY) {
            refusal = excess(pending(), bytes.length);
            if (refusal != null) {
                throw new CloseConnectionException("body refused");
            }
        }
        return bytes;
    }

    private Phase phase() {
        lock.lock();
        try {
            return phase;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A body's bytes count as they come, also those of a chunk that is not yet whole.
     *
     * @param before bytes that have come and wait
     * @param bytes that have now come
     * @return why they are too many, or null
     */
    private @Nullable HttpRefusalException excess(int before, int bytes) {
        if (before + bytes > limits.maxBody() + FRAME_BYTES) {
            return HttpRefusalException.tooLarge(limits.maxBody());
        }
        return share.take(bytes)
                ? null
                : new HttpRefusalException(429, "queue_full", BodyBudget.FULL);
    }

    private int pending() {
        return reader == null ? 0 : reader.available();
    }

    private byte @Nullable [] next() {
        lock.lock();
        try {
            while (reading) {
                readAhead.await();
            }
            if (aheadDone) {
                aheadDone = false;
                byte[] bytes = ahead;
                RuntimeException failure = aheadFailure;
                ahead = null;
                aheadFailure = null;
                if (failure != null) {
                    throw failure;
                }
                return bytes;
            }
        } catch (InterruptedException interrupted) {
            throw new CloseConnectionException("interrupted", interrupted);
        } finally {
            lock.unlock();
        }
        return receive();
    }

    private byte @Nullable [] receive() {
        try {
            return Objects.requireNonNull(socket).get();
        } catch (UncheckedIOException failed) {
            throw new ServerConnectionException("connection lost", failed);
        }
    }

    // ---- reading ahead, on a thread of its own

    private void readAhead() {
        byte[] bytes = null;
        RuntimeException failure = null;
        boolean over = false;
        try {
            bytes = receive();
            over = bytes == null;
        } catch (RuntimeException failed) {
            failure = failed;
            over = true;
        } catch (Error fault) { // the client is there: it is answered, and no more is read
            failure = new CloseConnectionException("nothing more can be read", fault);
        }
        lock.lock();
        try {
            ahead = bytes;
            aheadFailure = failure;
            aheadDone = true;
            reading = false;
            readAhead.signalAll();
            if (over && waiting != null) {
                gone = true;
                waiting.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- ends, on any thread

    /**
     * Ends what has taken longer than its phase may.
     *
     * @return whether there was such
     */
    boolean expire(long now) {
        lock.lock();
        try {
            if (now - deadline < 0) {
                return false;
            }
            if (phase == Phase.BODY && socket != null && !socket.isSecure()) {
                deadline = now + TimeUnit.SECONDS.toNanos(1);
                refusal =
                        new HttpRefusalException(
                                408,
                                "timeout",
                                "body: not whole in time (expected: within the request's time)");
                channel.shutdownInput(); // so that it can still be told
                return true;
            }
        } catch (IOException _) {
            // Then it is closed.
        } finally {
            lock.unlock();
        }
        close();
        return true;
    }

    /** Closes the connection at once. */
    void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // It is given up all the same.
        }
    }

    /**
     * Before the connection is closed on a client that may still be sending: lets it read its
     * answer first. A connection closed with unread bytes is reset, and the answer lost.
     */
    void linger() {
        if (!bodyLeft || !channel.isOpen()) {
            return;
        }
        enter(Phase.LINGERING, System.nanoTime() + LINGER_TIME.toNanos());
        try {
            HelidonSocket open = socket;
            if (open != null && !open.isSecure()) {
                channel.shutdownOutput();
            }
            while (next() != null) {
                // thrown away
            }
        } catch (IOException | RuntimeException _) {
            // The client has closed it, or has taken too long.
        }
    }
}
