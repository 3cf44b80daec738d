package io.strider.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.strider.server.inference.Call;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What surrounds every request: its id, its context, its place in log and metrics, its end. */
final class Exchange implements Filter {
    private final ServerOptions options;
    private final StartingInference inference;
    private final RequestRecorder recorder;
    private final AtomicInteger underWay = new AtomicInteger();

    Exchange(ServerOptions options, StartingInference inference, RequestRecorder recorder) {
        this.options = options;
        this.inference = inference;
        this.recorder = recorder;
    }

    /** Requests that are being answered. */
    int underWay() {
        return underWay.get();
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        underWay.incrementAndGet();
        ClientConnection connection = ClientConnection.CURRENT.get();
        connection.serving(true);
        RequestContext context = context(request, connection);
        connection.begin(context);
        response.header(HeaderNames.create(RequestIds.HEADER), context.call().id());
        response.beforeSend(() -> {
            boolean lost = connection.isBodyLeft() && !connection.canSkipBody(context);
            if (lost || inference.isEnding()) {
                response.header(HeaderValues.CONNECTION_CLOSE);
            }
        });
        try {
            chain.proceed();
        } catch (CloseConnectionException lost) {
            if (!response.isSent()) { // else the answer was out, and the client closed first
                context.failed(Failure.CLIENT_GONE);
            }
            throw lost;
        } finally {
            recorder.finished(request, response, context);
            connection.end();
            underWay.decrementAndGet();
        }
        if (request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)
                || response.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            // Helidon would go on to read, and what it reads may be the body that was left.
            throw new CloseConnectionException("answered, and closed as announced");
        }
        if (connection.isBodyLeft()) {
            connection.skipBody(request.content());
        }
        connection.serving(false); // else the connection ends
    }

    private RequestContext context(RoutingRequest request, ClientConnection connection) {
        String id =
                RequestIds.of(
                        request.headers()
                                .first(HeaderNames.create(RequestIds.HEADER))
                                .orElse(null));
        String client = connection.client();
        Call call =
                Call.within(id, client, options.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
        return new RequestContext(request, connection, inference, options.maxBody(), client, call);
    }
}
