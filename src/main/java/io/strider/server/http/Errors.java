package io.strider.server.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.NotFoundException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.ErrorHandler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import org.jspecify.annotations.Nullable;

/** Answers requests that have no result, in the form of the protocol that their path belongs to. */
final class Errors implements ErrorHandler<Throwable>, DirectHandler {
    static final Header JSON =
            HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");

    private static final Header SOON = HeaderValues.createCached(HeaderNames.RETRY_AFTER, "1");

    private final RequestRecorder recorder;

    /**
     * Answers.
     *
     * @param recorder told of requests that end before they reach a route
     */
    Errors(RequestRecorder recorder) {
        this.recorder = recorder;
    }

    /** A service, or what stands before it, has thrown. */
    @Override
    public void handle(ServerRequest request, ServerResponse response, Throwable thrown) {
        RequestContext context = RequestContext.of(request);
        String path = request.prologue().uriPath().rawPath();
        Failure failure = Failure.of(thrown);
        if (context.isClientGone()) {
            failure = Failure.CLIENT_GONE;
        } else if (thrown instanceof NotFoundException) {
            failure =
                    new Failure(
                            404,
                            "not_found",
                            "%s %s: no such endpoint (expected: one that /openapi.json tells of)"
                                    .formatted(request.prologue().method().text(), path),
                            null);
        }
        context.failed(failure);
        if (failure.passes()) {
            response.header(SOON);
        }
        response.header(JSON);
        response.status(Status.create(failure.status()));
        response.send(ErrorForm.of(path).body(failure));
    }

    /** What came is no request, or one that HTTP itself refuses. The connection then ends. */
    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType event,
            Status status,
            ServerResponseHeaders headers,
            @Nullable String message) {
        return refuse(request, status, headers, message, null);
    }

    /** Helidon cannot go on with a request that had reached the services. */
    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType event,
            Status status,
            ServerResponseHeaders headers,
            Throwable thrown) {
        return refuse(request, status, headers, thrown.getMessage(), thrown);
    }

    private TransportResponse refuse(
            TransportRequest request,
            Status status,
            ServerResponseHeaders headers,
            @Nullable String message,
            @Nullable Throwable thrown) {
        ClientConnection connection =
                ClientConnection.CURRENT.isBound() ? ClientConnection.CURRENT.get() : null;
        boolean serving = connection != null && connection.isServing();
        RequestContext context = connection == null ? null : connection.request();
        Failure failure = failure(status.code(), serving, message, thrown);
        String id;
        String path;
        if (context != null) {
            id = context.call().id();
            path = context.path();
            context.failed(failure); // which the exchange records
        } else {
            id =
                    RequestIds.of(
                            request.headers()
                                    .first(HeaderNames.create(RequestIds.HEADER))
                                    .orElse(null));
            path = request.path();
            if (connection != null) {
                connection.giveUpReading();
                recorder.refused(id, connection.client(), request.method(), path, failure);
            }
        }
        return TransportResponse.builder()
                .status(Status.create(failure.status()))
                .headers(headers)
                .header(JSON)
                .header(HeaderNames.create(RequestIds.HEADER), id)
                .keepAlive(false)
                .entity(ErrorForm.of(path).body(failure))
                .build();
    }

    /**
     * Before the first filter Helidon alone has been at work, on what the client sent: where it
     * fails with 500 it could make no sense of that. Later a 500 is what it says.
     */
    private static Failure failure(
            int status, boolean serving, @Nullable String message, @Nullable Throwable thrown) {
        if (status == 500) {
            return serving
                    ? Failure.fault(thrown)
                    : new Failure(
                            400, "bad_request", "no request (expected: one of HTTP/1.1)", null);
        }
        String words = message == null || message.isEmpty() ? "bad request" : message;
        return new Failure(status, Failure.reason(status), words, null);
    }
}
