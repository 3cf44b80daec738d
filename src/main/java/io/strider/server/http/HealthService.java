package io.strider.server.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * {@code GET /healthz}: 200 if requests are answered, 503 while models load and while the server
 * ends.
 *
 * @param ready whether they are
 */
record HealthService(BooleanSupplier ready) implements HttpService {
    static final String PATH = "/healthz";

    @Override
    public void routing(HttpRules rules) {
        rules.get(PATH, this::answer).head(PATH, this::answer);
        rules.any(PATH, new OtherMethods("GET, HEAD"));
    }

    private void answer(ServerRequest request, ServerResponse response) {
        boolean answers = ready.getAsBoolean();
        response.status(answers ? Status.OK_200 : Status.SERVICE_UNAVAILABLE_503);
        Bodies.send(
                request,
                response,
                Errors.JSON,
                "{\"ready\":%s}".formatted(answers).getBytes(StandardCharsets.UTF_8));
    }
}
