package io.strider.server.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.strider.server.inference.Inference;
import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.RefusedException;
import io.strider.server.protocol.InferAnswers;
import io.strider.server.protocol.InferRequest;
import io.strider.tensor.NdArray;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** {@code /v2}: the Open Inference Protocol, tensors in and out. */
final class OpenInferenceService implements HttpService {
    private static final HeaderName JSON_LENGTH =
            HeaderNames.create("Inference-Header-Content-Length");
    private static final String MODEL = "/v2/models/{model}";

    private final Inference inference;
    private final BooleanSupplier ready;

    /**
     * The service of these models.
     *
     * @param ready whether requests are answered
     */
    OpenInferenceService(Inference inference, BooleanSupplier ready) {
        this.inference = inference;
        this.ready = ready;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/v2", this::server)
                .any("/v2", new OtherMethods("GET"))
                .get("/v2/health/live", this::live)
                .any("/v2/health/live", new OtherMethods("GET"))
                .get("/v2/health/ready", this::serverReady)
                .any("/v2/health/ready", new OtherMethods("GET"));
        for (String path : new String[] {MODEL, MODEL + "/versions/{version}"}) {
            rules.get(path, this::model)
                    .any(path, new OtherMethods("GET"))
                    .get(path + "/ready", this::ready)
                    .any(path + "/ready", new OtherMethods("GET"))
                    .post(path + "/infer", this::infer)
                    .any(path + "/infer", new OtherMethods("POST"));
        }
    }

    private void server(ServerRequest request, ServerResponse response) {
        Reply.send(request, response, InferAnswers.server(version()));
    }

    private static String version() {
        String version = OpenInferenceService.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    private void live(ServerRequest request, ServerResponse response) {
        Reply.send(request, response, InferAnswers.live());
    }

    private void serverReady(ServerRequest request, ServerResponse response) {
        Reply.send(request, response, InferAnswers.ready(ready.getAsBoolean()));
    }

    private void model(ServerRequest request, ServerResponse response) throws RefusedException {
        Reply.send(request, response, InferAnswers.model(named(request)));
    }

    private void ready(ServerRequest request, ServerResponse response) throws RefusedException {
        Reply.send(request, response, InferAnswers.ready(named(request)));
    }

    private void infer(ServerRequest request, ServerResponse response)
            throws HttpRefusalException, RefusedException, InterruptedException {
        BodyTypes.check(request, "application/json", "application/octet-stream");
        ModelDescription model = named(request);
        RequestContext context = RequestContext.of(request);
        InferRequest asked =
                InferRequest.read(
                        context.body(),
                        request.headers().first(JSON_LENGTH).orElse(null),
                        context::take);
        Map<String, NdArray> outputs =
                inference.infer(model.name(), asked.inputs(), asked.outputNames(), context.call());
        Reply.send(request, response, InferAnswers.infer(asked, model, outputs));
    }

    /** The model that the address names, and has the version that it names if it does. */
    private ModelDescription named(ServerRequest request) throws RefusedException {
        ModelDescription model = inference.model(request.path().pathParameters().get("model"));
        String wanted = request.path().pathParameters().first("version").orElse(null);
        if (wanted != null) {
            InferAnswers.checkVersion(model, wanted);
        }
        return model;
    }
}
