package io.strider.server.protocol;

import java.util.Map;
import java.util.Objects;

/** What a request is answered with. Immutable but for the bytes, which nobody may write to. */
public final class Answer {
    private final int status;
    private final String type;
    private final byte[] body;
    private final Map<String, String> headers;

    Answer(int status, String type, byte[] body, Map<String, String> headers) {
        this.status = status;
        this.type = Objects.requireNonNull(type, "type");
        this.body = Objects.requireNonNull(body, "body");
        this.headers = Map.copyOf(headers);
    }

    /** JSON, with status 200. */
    static Answer json(byte[] body) {
        return new Answer(200, JsonOutput.TYPE, body, Map.of());
    }

    /** The status of HTTP. */
    public int status() {
        return status;
    }

    /** The media type of the body. */
    public String type() {
        return type;
    }

    /** The body, not copied. */
    public byte[] body() {
        return body;
    }

    /** Headers beside those of type and length, by name. */
    public Map<String, String> headers() {
        return headers;
    }
}
