package io.strider.server.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** How a protocol words an error. */
enum ErrorForm {
    /** {@code {"error":{"message":…,"reason":…}}}. */
    STRIDER,
    /** {@code {"error":{"message":…,"type":…,"param":…,"code":…}}}. */
    OPENAI,
    /** {@code {"error":…}}. */
    OPEN_INFERENCE;

    /** Fields of a request for embeddings, as far as a refusal can be about one. */
    private static final List<String> PARAMETERS =
            List.of("input", "model", "encoding_format", "dimensions");

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
                            "{\"error\":{\"message\":%s,\"type\":%s,\"param\":%s,\"code\":%s}}"
                                    .formatted(
                                            message,
                                            Json.quote(type(failure.status())),
                                            parameter(failure.message()),
                                            Json.quote(code(failure.reason())));
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

    /** The code that OpenAI's clients know for a reason; the reason itself if they know none. */
    private static String code(String reason) {
        return switch (reason) {
            case "unknown_model" -> "model_not_found";
            case "queue_full" -> "rate_limit_exceeded";
            default -> reason;
        };
    }

    /** The field of the request that a message begins with, in JSON; null if it is about none. */
    private static String parameter(String message) {
        for (String name : PARAMETERS) {
            if (message.startsWith(name + ":") || message.startsWith(name + "[")) {
                return Json.quote(name);
            }
        }
        return "null";
    }
}
