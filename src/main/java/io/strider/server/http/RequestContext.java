package io.strider.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.http.ServerRequest;
import io.strider.server.inference.Call;
import io.strider.server.inference.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a service needs of a request beside its path and headers. For the request's thread only. */
final class RequestContext {
    private final ServerRequest request;
    private final ClientConnection connection;
    private final StartingInference inference;
    private final long maxBody;
    private final String client;
    private final long startNanos = System.nanoTime();

    private Call call;
    private long bodyBytes;
    private @Nullable Failure failure;

    /**
     * A request whose headers have been read.
     *
     * @param client its address
     * @param call with the most time a request may have
     */
    RequestContext(
            ServerRequest request,
            ClientConnection connection,
            StartingInference inference,
            long maxBody,
            String client,
            Call call) {
        this.request = request;
        this.connection = connection;
        this.inference = inference;
        this.maxBody = maxBody;
        this.client = client;
        this.call = call;
    }

    /**
     * The context of a request, on its thread.
     *
     * @throws IllegalStateException if it has not come through the server
     */
    static RequestContext of(ServerRequest request) {
        RequestContext context =
                ClientConnection.CURRENT.isBound()
                        ? ClientConnection.CURRENT.get().request()
                        : null;
        if (context == null) {
            throw new IllegalStateException(
                    "%s: outside of a server (expected: a request to one)".formatted(request));
        }
        return context;
    }

    /** The path of its address, as it came. */
    String path() {
        return request.prologue().uriPath().rawPath();
    }

    /** Who asks, and until when. */
    Call call() {
        return call;
    }

    /** It is known better who asks, or until when. */
    void call(Call known) {
        call = known;
    }

    /** The client's address. */
    String client() {
        return client;
    }

    /** When the headers had been read, on the scale of {@link System#nanoTime}. */
    long startNanos() {
        return startNanos;
    }

    /** How many bytes of the body have been read. */
    long bodyBytes() {
        return bodyBytes;
    }

    /** Why there is no result, or null. */
    @Nullable Failure failure() {
        return failure;
    }

    void failed(Failure why) {
        failure = why;
    }

    /** Whether the client announces a body. */
    boolean hasBody() {
        return request.headers().contains(HeaderNames.TRANSFER_ENCODING)
                || request.headers().contentLength().orElse(0) > 0;
    }

    /**
     * How many bytes of body are sure to come; {@link Long#MAX_VALUE} where it comes in chunks, or
     * the client waits to be asked for it.
     */
    long announcedBytes() {
        return request.headers().contains(HeaderNames.TRANSFER_ENCODING)
                        || request.headers().contains(HeaderNames.EXPECT)
                ? Long.MAX_VALUE
                : request.headers().contentLength().orElse(0);
    }

    /** The client is no longer there to be answered. */
    boolean isClientGone() {
        return connection.isGone();
    }

    /**
     * Reads the body. Once it is there, the client's going interrupts the thread that answers it.
     *
     * @return its bytes, the caller's own; none if there is no body
     * @throws RefusedException if the queue is full or the server is not ready; nothing is read
     *     then
     * @throws HttpRefusalException if the body is larger than the server's limit, or does not come
     *     in time, or the client goes away
     */
    byte[] body() throws RefusedException, HttpRefusalException {
        inference.admit();
        OptionalLong length = request.headers().contentLength();
        if (length.isPresent() && length.getAsLong() > maxBody) {
            throw HttpRefusalException.tooLarge(maxBody);
        }
        connection.receive(this);
        byte[] body = hasBody() ? read() : new byte[0];
        bodyBytes = body.length;
        connection.received(this);
        return body;
    }

    /**
     * Takes memory of what there is for bodies until the request has been answered.
     *
     * @throws RefusedException if there is not so much, now or at all
     */
    void take(long bytes) throws RefusedException {
        connection.share().require(bytes);
    }

    /** The stream is not closed: of a body that is refused it would read the rest first. */
    private byte[] read() throws HttpRefusalException {
        try {
            InputStream stream = request.content().inputStream();
            byte[] body = stream.readNBytes((int) Math.min(maxBody + 1, Integer.MAX_VALUE));
            if (body.length > maxBody) {
                throw HttpRefusalException.tooLarge(maxBody);
            }
            return body;
        } catch (IllegalArgumentException bad) { // Helidon's for a chunk's length that is no number
            throw badChunk(bad);
        } catch (RequestException refused) {
            throw refused.status().code() == 413
                    ? HttpRefusalException.tooLarge(maxBody)
                    : badChunk(refused);
        } catch (IOException | RuntimeException lost) { // Helidon has many words for an early end
            HttpRefusalException refusal = connection.refusal();
            if (refusal == null) {
                refusal =
                        new HttpRefusalException(
                                Failure.CLIENT_GONE.status(),
                                Failure.CLIENT_GONE.reason(),
                                "body: ended before its end");
            }
            refusal.addSuppressed(lost);
            throw refusal;
        }
    }

    private static HttpRefusalException badChunk(RuntimeException cause) {
        HttpRefusalException refusal =
                new HttpRefusalException(
                        400, "bad_request", "body: bad chunk (expected: HTTP's chunked coding)");
        refusal.addSuppressed(cause);
        return refusal;
    }
}
