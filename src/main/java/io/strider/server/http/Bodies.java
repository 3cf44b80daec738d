package io.strider.server.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** Sends bodies, also of answers to HEAD, which have none but tell its length. */
final class Bodies {
    private Bodies() {}

    static void send(ServerRequest request, ServerResponse response, Header type, byte[] body) {
        response.header(type);
        if (request.prologue().method().equals(Method.HEAD)) {
            response.header(HeaderNames.CONTENT_LENGTH, String.valueOf(body.length));
            response.send();
        } else {
            response.send(body);
        }
    }
}
