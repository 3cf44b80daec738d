package io.strider.server.http;

import java.nio.charset.StandardCharsets;

/** How a protocol words an error. */
enum ErrorForm {
    /** {@code {"error":{"message":…,"reason":…}}}. */
    STRIDER,
    /** {@code {"error":{"message":…,"type":…,"param":null,"code":…}}}. */
    OPENAI,
    /** {@code {"error":…}}. */
    OPEN_INFERENCE;

    /** The form of the protocol that a path belongs to. */
    static ErrorForm of(String path) {
        if (path.startsWith("/v1/")) {
            return OPENAI;
        }
        return path.equals("/v2") || path.startsWith("/v2/") ? OPEN_INFERENCE : STRIDER;
    }

    /** The body of a response: JSON in UTF-8. */
    byte[] body(Failure failure) {
        String message = Json.quote(failure.message());
        String json =
                switch (this) {
                    case STRIDER ->
                            "{\"error\":{\"message\":%s,\"reason\":%s}}"
                                    .formatted(message, Json.quote(failure.reason()));
                    case OPENAI ->
                            "{\"error\":{\"message\":%s,\"type\":%s,\"param\":null,\"code\":%s}}"
                                    .formatted(
                                            message,
                                            Json.quote(type(failure.status())),
                                            Json.quote(failure.reason()));
                    case OPEN_INFERENCE -> "{\"error\":%s}".formatted(message);
                };
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** As OpenAI's clients tell errors apart. */
    private static String type(int status) {
        if (status >= 500) {
            return "server_error";
        }
        return switch (status) {
            case 401 -> "authentication_error";
            case 429 -> "rate_limit_error";
            default -> "invalid_request_error";
        };
    }
}
