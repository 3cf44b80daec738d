package io.strider.server.http;

import io.helidon.webserver.http.HttpService;
import io.strider.server.inference.Inference;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The protocols that are spoken: a service each. */
final class ProtocolServices {
    private ProtocolServices() {}

    /**
     * All of them.
     *
     * @param inference the models
     * @param ready whether requests are answered: not while models load, nor while the server ends
     */
    static List<HttpService> of(Inference inference, BooleanSupplier ready) {
        return List.of();
    }
}
