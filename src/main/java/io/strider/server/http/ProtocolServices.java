package io.strider.server.http;

import io.helidon.webserver.http.HttpService;
import io.strider.server.inference.Inference;
import java.util.List;

/** The protocols that are spoken: a service each. */
final class ProtocolServices {
    private ProtocolServices() {}

    /** All of them, on these models. */
    static List<HttpService> of(Inference inference) {
        return List.of();
    }
}
