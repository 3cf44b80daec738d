package io.strider.server.http;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.strider.server.inference.ManagedInference;
import io.strider.server.inference.ModelDescription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /admin/reload}, with {@code ?model=NAME} for one of them: loads models again from
 * their files while the old ones go on serving.
 *
 * @param inference whose models
 * @param log told of the outcome
 */
record AdminService(StartingInference inference, ServerLog log) implements HttpService {
    private static final String RELOAD = Gate.ADMIN + "reload";

    @Override
    public void routing(HttpRules rules) {
        rules.post(RELOAD, this::reload).any(RELOAD, new OtherMethods("POST"));
    }

    private void reload(ServerRequest request, ServerResponse response) throws Exception {
        RequestContext.of(request).body(); // also refuses while the server is not ready
        String name = request.query().first("model").orElse(null);
        if (name != null) {
            inference.model(name); // an unknown one is 404
        }
        ManagedInference models = inference.loaded().orElseThrow();
        try {
            replace(models, name, log);
        } catch (IOException bad) {
            throw new HttpRefusalException(
                    422, "bad_model", "%s; the old model goes on".formatted(bad.getMessage()));
        }
        String json =
                models.models().stream()
                        .map(AdminService::json)
                        .collect(Collectors.joining(",", "{\"models\":[", "]}"));
        response.header(Errors.JSON);
        response.send(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(ModelDescription model) {
        return "{\"name\":%s,\"version\":%d}".formatted(Json.quote(model.name()), model.version());
    }

    /**
     * Replaces models and tells how that went.
     *
     * @param name null for all
     * @throws IOException if a file is bad; nothing has changed then
     */
    static void replace(ManagedInference models, @Nullable String name, ServerLog log)
            throws IOException {
        String what = name == null ? "models" : "model " + name;
        try {
            models.replace(name);
            log.event("replaced " + what);
        } catch (IOException bad) {
            log.event("%s not replaced: %s".formatted(what, bad.getMessage()));
            throw bad;
        }
    }
}
