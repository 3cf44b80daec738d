package io.strider.server.http;

import io.helidon.webserver.http.HttpService;
import io.strider.server.inference.Inference;
import io.strider.server.inference.Models;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The protocols that are spoken: a service each. */
final class ProtocolServices {
    /**
     * The most pictures that are read out of a body. The models may take fewer, and refuse a
     * request with more as a whole; this bounds what is read before they are asked.
     */
    static final int MOST_PICTURES = Models.MOST_PICTURES;

    private ProtocolServices() {}

    /**
     * All of them.
     *
     * @param inference the models
     * @param ready whether requests are answered: not while models load, nor while the server ends
     */
    static List<HttpService> of(Inference inference, BooleanSupplier ready) {
        return List.of(
                new EmbedService(inference),
                new CompareService(inference),
                new OpenAiService(inference),
                new OpenInferenceService(inference, ready));
    }
}
