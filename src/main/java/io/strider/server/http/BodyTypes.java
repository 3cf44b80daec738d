package io.strider.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.Locale;

/** Checks what a request says its body is. */
final class BodyTypes {
    private BodyTypes() {}

    /**
     * Checks that the type is one of these, or that the request says none.
     *
     * @throws HttpRefusalException if it says another
     */
    static void check(ServerRequest request, String... expected) throws HttpRefusalException {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse(expected[0]);
        int end = type.indexOf(';');
        String name = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        if (!List.of(expected).contains(name)) {
            throw HttpRefusalException.unsupportedType(type, String.join(" or ", expected));
        }
    }
}
