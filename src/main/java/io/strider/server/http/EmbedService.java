package io.strider.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.strider.server.inference.EmbeddedPictures;
import io.strider.server.inference.Inference;
import io.strider.server.inference.RefusedException;
import io.strider.server.protocol.PictureAnswers;
import io.strider.server.protocol.PictureRequest;

/** {@code POST /embed}: pictures in, their vectors out. */
final class EmbedService implements HttpService {
    private final Inference inference;
    private final PictureBodies bodies;

    /** The service of these models. */
    EmbedService(Inference inference) {
        this.inference = inference;
        bodies = new PictureBodies(inference);
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/embed", this::embed).any("/embed", new OtherMethods("POST"));
    }

    private void embed(ServerRequest request, ServerResponse response)
            throws HttpRefusalException, RefusedException, InterruptedException {
        PictureRequest pictures = bodies.read(request);
        EmbeddedPictures embedded =
                inference.embed(
                        pictures.model(), pictures.pictures(), RequestContext.of(request).call());
        String accept = request.headers().first(HeaderNames.ACCEPT).orElse(null);
        Reply.send(request, response, PictureAnswers.embed(pictures, embedded, accept));
    }
}
