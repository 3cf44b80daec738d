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
        // Nothing of ours has run yet: what Helidon could not make sense of is the client's.
        Status told = status.code() == 500 ? Status.BAD_REQUEST_400 : status;
        Failure failure =
                new Failure(told.code(), Failure.reason(told.code()), words(message), null);
        String id =
                RequestIds.of(
                        request.headers()
                                .first(HeaderNames.create(RequestIds.HEADER))
                                .orElse(null));
        if (ClientConnection.CURRENT.isBound()) {
            ClientConnection connection = ClientConnection.CURRENT.get();
            connection.giveUpReading();
            recorder.refused(id, connection.client(), request.method(), request.path(), failure);
        }
        return TransportResponse.builder()
                .status(told)
                .headers(headers)
                .header(JSON)
                .header(HeaderNames.create(RequestIds.HEADER), id)
                .keepAlive(false)
                .entity(ErrorForm.of(request.path()).body(failure))
                .build();
    }

    private static String words(@Nullable String message) {
        return message == null || message.isEmpty() ? "bad request" : message;
    }
}
