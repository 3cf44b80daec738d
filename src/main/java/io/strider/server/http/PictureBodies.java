package io.strider.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.strider.embedding.ImageDecoder;
import io.strider.server.inference.Inference;
import io.strider.server.inference.RefusedException;
import io.strider.server.protocol.PictureEncoding;
import io.strider.server.protocol.PictureRequest;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests with pictures. What can be refused without the body is refused before it is read.
 *
 * @param inference knows the models
 */
record PictureBodies(Inference inference) {
    /** The request's pictures; its model may be named in the address or in the body. */
    PictureRequest read(ServerRequest request) throws HttpRefusalException, RefusedException {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse(null);
        boolean untold = PictureEncoding.isUntold(type);
        PictureEncoding encoding =
                PictureEncoding.of(untold ? null : type).orElseThrow(() -> refusal(type));
        String model = request.query().first("model").orElse(null);
        if (model != null) {
            inference.model(model);
        }
        byte[] body = RequestContext.of(request).body();
        if (untold && !ImageDecoder.isPicture(body)) {
            throw refusal(type);
        }
        return PictureRequest.read(encoding, type, model, body, ProtocolServices.MOST_PICTURES);
    }

    private static HttpRefusalException refusal(@Nullable String type) {
        return HttpRefusalException.unsupportedType(String.valueOf(type), PictureEncoding.TYPES);
    }
}
