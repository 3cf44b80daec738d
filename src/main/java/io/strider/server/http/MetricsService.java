package io.strider.server.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import java.nio.charset.StandardCharsets;

/**
 * {@code GET /metrics}, as Prometheus reads them.
 *
 * @param metrics what is told
 */
record MetricsService(ServerMetrics metrics) implements HttpService {
    static final String PATH = "/metrics";

    private static final Header TYPE =
            HeaderValues.createCached(
                    HeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");

    @Override
    public void routing(HttpRules rules) {
        rules.get(
                PATH,
                (request, response) ->
                        Bodies.send(
                                request,
                                response,
                                TYPE,
                                metrics.text().getBytes(StandardCharsets.UTF_8)));
        rules.any(PATH, new OtherMethods("GET"));
    }
}
