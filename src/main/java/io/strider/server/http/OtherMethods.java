package io.strider.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/**
 * What a path answers to methods it does not know. Registered behind those that it does: {@code
 * rules.post("/embed", …).any("/embed", new OtherMethods("POST"))}.
 *
 * @param allowed the methods that the path knows, with commas
 */
record OtherMethods(String allowed) implements Handler {
    @Override
    public void handle(ServerRequest request, ServerResponse response) throws HttpRefusalException {
        response.header(HeaderNames.ALLOW, allowed);
        throw new HttpRefusalException(
                405,
                "method_not_allowed",
                "%s %s (expected: %s)"
                        .formatted(
                                request.prologue().method().text(),
                                request.path().path(),
                                allowed));
    }
}
