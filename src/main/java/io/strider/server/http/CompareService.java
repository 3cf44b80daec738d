package io.strider.server.http;

import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.strider.server.inference.EmbeddedPictures;
import io.strider.server.inference.Inference;
import io.strider.server.inference.RefusedException;
import io.strider.server.protocol.PictureAnswers;
import io.strider.server.protocol.PictureRequest;

/** {@code POST /compare}: pictures in, how alike each pair of them is out. */
final class CompareService implements HttpService {
    private final Inference inference;
    private final PictureBodies bodies;

    /** The service of these models. */
    CompareService(Inference inference) {
        this.inference = inference;
        bodies = new PictureBodies(inference);
    }

    @Override
    public void routing(HttpRules rules) {
        rules.post("/compare", this::compare).any("/compare", new OtherMethods("POST"));
    }

    private void compare(ServerRequest request, ServerResponse response)
            throws HttpRefusalException, RefusedException, InterruptedException {
        PictureRequest pictures = bodies.read(request);
        PictureAnswers.checkComparable(pictures);
        EmbeddedPictures embedded =
                inference.embed(
                        pictures.model(), pictures.pictures(), RequestContext.of(request).call());
        Reply.send(request, response, PictureAnswers.compare(pictures, embedded));
    }
}
