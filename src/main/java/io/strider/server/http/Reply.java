package io.strider.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.strider.server.protocol.Answer;

/** Sends what a protocol answers. */
final class Reply {
    private Reply() {}

    static void send(ServerRequest request, ServerResponse response, Answer answer) {
        response.status(Status.create(answer.status()));
        answer.headers().forEach((name, value) -> response.header(name, value));
        Bodies.send(
                request,
                response,
                HeaderValues.create(HeaderNames.CONTENT_TYPE, answer.type()),
                answer.body());
    }
}
