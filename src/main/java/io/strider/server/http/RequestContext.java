package io.strider.server.http;

import io.helidon.webserver.http.ServerRequest;
import io.strider.server.inference.Call;
import java.io.IOException;
import java.io.InputStream;

/** What a service needs of a request beside its path and headers. For the request's thread only. */
final class RequestContext {
    private final ServerRequest request;
    private final Call call;
    private final long maxBody;

    RequestContext(ServerRequest request, Call call, long maxBody) {
        this.request = request;
        this.call = call;
        this.maxBody = maxBody;
    }

    /**
     * The context of a request.
     *
     * @throws IllegalStateException if it has not come through the server
     */
    static RequestContext of(ServerRequest request) {
        return request.context()
                .get(RequestContext.class)
                .orElseThrow(() -> new IllegalStateException("no context (expected: a request)"));
    }

    /** Who asks, and until when. */
    Call call() {
        return call;
    }

    /**
     * Reads the body.
     *
     * @throws HttpRefusalException if the body is larger than the server's limit, the queue is full,
     *     the server is not ready, or the body does not come in time
     * @throws IOException if the client goes away
     */
    byte[] body() throws HttpRefusalException, IOException {
        try (InputStream stream = request.content().inputStream()) {
            byte[] body = stream.readNBytes((int) Math.min(maxBody + 1, Integer.MAX_VALUE));
            if (body.length > maxBody) {
                throw new HttpRefusalException(
                        413, "too_large", "body: more than %d bytes".formatted(maxBody));
            }
            return body;
        }
    }
}
