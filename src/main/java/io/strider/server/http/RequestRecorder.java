package io.strider.server.http;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what became of requests.
 *
 * @param log a line each
 * @param metrics counts and times
 */
record RequestRecorder(ServerLog log, ServerMetrics metrics) {
    /** A request has been answered, or its client has gone. */
    void finished(ServerRequest request, ServerResponse response, RequestContext context) {
        Failure failure = context.failure();
        int status = failure == null ? response.status().code() : failure.status();
        record(
                new ServerLog.Entry(
                        context.call().id(),
                        context.client(),
                        context.call().caller(),
                        request.prologue().method().text(),
                        request.prologue().uriPath().rawPath(),
                        status,
                        context.bodyBytes(),
                        response.isSent() ? response.bytesWritten() : 0,
                        System.nanoTime() - context.startNanos()),
                failure);
    }

    /** What came was no request. */
    void refused(String id, String client, String method, String path, Failure failure) {
        record(
                new ServerLog.Entry(id, client, client, method, path, failure.status(), 0, 0, 0),
                failure);
    }

    private void record(ServerLog.Entry entry, @Nullable Failure failure) {
        log.request(entry, failure);
        metrics.request(entry, failure);
    }
}
