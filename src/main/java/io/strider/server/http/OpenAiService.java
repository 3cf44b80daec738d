package io.strider.server.http;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.strider.server.inference.EmbeddedPictures;
import io.strider.server.inference.Inference;
import io.strider.server.inference.RefusedException;
import io.strider.server.protocol.OpenAiAnswers;
import io.strider.server.protocol.OpenAiRequest;

/** {@code /v1}: pictures embedded as OpenAI's API embeds text, for its clients. */
final class OpenAiService implements HttpService {
    private static final String MODEL = "/v1/models/{model}";

    private final Inference inference;

    /** The service of these models. */
    OpenAiService(Inference inference) {
        this.inference = inference;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/v1/embeddings", this::embeddings)
                .any("/v1/embeddings", new OtherMethods("POST"))
                .get("/v1/models", this::models)
                .any("/v1/models", new OtherMethods("GET"))
                .get(MODEL, this::model)
                .any(MODEL, new OtherMethods("GET"));
    }

    private void embeddings(ServerRequest request, ServerResponse response)
            throws HttpRefusalException, RefusedException, InterruptedException {
        BodyTypes.check(request, "application/json");
        RequestContext context = RequestContext.of(request);
        OpenAiRequest asked = OpenAiRequest.read(context.body(), ProtocolServices.MOST_PICTURES);
        asked.checkDimensions(inference.model(asked.model()));
        EmbeddedPictures embedded =
                inference.embed(asked.model(), asked.pictures(), context.call());
        Reply.send(request, response, OpenAiAnswers.embeddings(asked, embedded));
    }

    private void models(ServerRequest request, ServerResponse response) {
        Reply.send(request, response, OpenAiAnswers.models(inference.models()));
    }

    private void model(ServerRequest request, ServerResponse response) throws RefusedException {
        String name = request.path().pathParameters().get("model");
        Reply.send(request, response, OpenAiAnswers.model(inference.model(name)));
    }
}
