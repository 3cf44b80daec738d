package io.strider.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.strider.server.inference.Inference;
import io.strider.server.inference.RefusedException;
import io.strider.server.protocol.PictureEncoding;
import io.strider.server.protocol.PictureRequest;

/**
 * Reads requests with pictures. What can be refused without the body is refused before it is read.
 *
 * @param inference knows the models
 */
record PictureBodies(Inference inference) {
    /** The request's pictures; its model may be named in the address or in the body. */
    PictureRequest read(ServerRequest request) throws HttpRefusalException, RefusedException {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse(null);
        PictureEncoding encoding =
                PictureEncoding.of(type)
                        .orElseThrow(() ->
                                HttpRefusalException.unsupportedType(
                                        String.valueOf(type), PictureEncoding.TYPES));
        String model = request.query().first("model").orElse(null);
        if (model != null) {
            inference.model(model);
        }
        byte[] body = RequestContext.of(request).body();
        return PictureRequest.read(encoding, type, model, body, ProtocolServices.MOST_PICTURES);
    }
}
