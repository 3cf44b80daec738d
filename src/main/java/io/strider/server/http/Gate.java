package io.strider.server.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.strider.server.inference.Call;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Stands before all routes: who asks, whether that is allowed, and until when. */
final class Gate implements Handler {
    static final String ADMIN = "/admin/";

    private static final HeaderName API_KEY = HeaderNames.create("X-API-Key");
    private static final HeaderName TIMEOUT = HeaderNames.create("X-Timeout-Ms");
    private static final String BEARER = "Bearer ";
    private static final int MOST_DIGITS = 12;

    private final ServerOptions options;
    private final Predicate<String> open;

    /**
     * A gate.
     *
     * @param open whether a path needs no key; all that it does not know needs one
     */
    Gate(ServerOptions options, Predicate<String> open) {
        this.options = options;
        this.open = open;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws HttpRefusalException {
        RequestContext context = RequestContext.of(request);
        String path = request.prologue().uriPath().path();
        long nanos = allowedNanos(request.headers());
        String caller = context.call().caller();
        if (path.startsWith(ADMIN)) {
            caller = admin(request, response);
        } else if (!options.apiKeys().isEmpty() && !open.test(path)) {
            caller = known(options.apiKeys(), request, response);
        }
        context.call(new Call(context.call().id(), caller, context.startNanos() + nanos));
        response.next();
    }

    /** Where there are no administrators there is no administration either. */
    private String admin(ServerRequest request, ServerResponse response)
            throws HttpRefusalException {
        if (options.adminKeys().isEmpty()) {
            throw new HttpRefusalException(
                    404, "not_found", "no administration (expected: a server with an admin key)");
        }
        return known(options.adminKeys(), request, response);
    }

    private static String known(ApiKeys keys, ServerRequest request, ServerResponse response)
            throws HttpRefusalException {
        Optional<String> caller = shown(request.headers()).flatMap(keys::nameOf);
        if (caller.isEmpty()) {
            response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
            throw new HttpRefusalException(
                    401,
                    "invalid_api_key",
                    "no key, or not one of this server's (expected: Authorization: Bearer KEY, or"
                            + " X-API-Key: KEY)");
        }
        return caller.get();
    }

    private static Optional<String> shown(ServerRequestHeaders headers) {
        Optional<String> key = headers.first(API_KEY);
        if (key.isPresent()) {
            return key;
        }
        return headers.first(HeaderNames.AUTHORIZATION)
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip());
    }

    /** The client's own deadline, where it is sooner than the server's. */
    private long allowedNanos(ServerRequestHeaders headers) throws HttpRefusalException {
        long most = options.requestTimeout().toNanos();
        Optional<String> told = headers.first(TIMEOUT);
        if (told.isEmpty()) {
            return most;
        }
        String text = told.get();
        if (text.isEmpty()
                || text.length() > MOST_DIGITS
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new HttpRefusalException(
                    400,
                    "bad_request",
                    "X-Timeout-Ms: \"%s\" (expected: a number of milliseconds)".formatted(text));
        }
        return Math.min(most, TimeUnit.MILLISECONDS.toNanos(Long.parseLong(text)));
    }
}
