package io.strider.server.http;

import io.helidon.http.HttpException;
import io.strider.server.inference.RefusedException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a request has no result.
 *
 * @param status of HTTP
 * @param reason a word for programs, the cause in logs and metrics
 * @param message for people
 * @param unexpected the cause if it is nobody's refusal but a fault of the server's, or null
 */
record Failure(int status, String reason, String message, @Nullable Throwable unexpected) {
    /** The client went away before its answer: nobody reads the answer, the log shows it. */
    static final Failure CLIENT_GONE =
            new Failure(499, "client_gone", "the client closed the connection", null);

    /** What a thrown exception means to the client. */
    static Failure of(Throwable thrown) {
        return switch (thrown) {
            case HttpRefusalException refusal ->
                    new Failure(refusal.status(), refusal.reason(), words(refusal), null);
            case RefusedException refused -> of(HttpRefusalException.of(refused));
            case OutOfMemoryError _ ->
                    new Failure(503, "out_of_memory", "memory is short (expected: later)", thrown);
            case InterruptedException _ ->
                    new Failure(503, "unavailable", "the server is ending", null);
            case HttpException refusal when refusal.status().code() < 500 ->
                    new Failure(
                            refusal.status().code(),
                            reason(refusal.status().code()),
                            words(refusal),
                            null);
            default -> fault(thrown);
        };
    }

    /** A fault of the server's: its log has the cause, the client does not. */
    static Failure fault(@Nullable Throwable cause) {
        return new Failure(
                500,
                "internal_error",
                "internal error; the server's log tells more of this request",
                cause);
    }

    /** The word for a status that Helidon chose. */
    static String reason(int status) {
        return switch (status) {
            case 403 -> "forbidden";
            case 404 -> "not_found";
            case 405 -> "method_not_allowed";
            case 408 -> "timeout";
            case 413 -> "too_large";
            case 414 -> "address_too_long";
            case 431 -> "headers_too_large";
            case 501 -> "not_implemented";
            case 503 -> "unavailable";
            case 505 -> "http_version_not_supported";
            default -> status < 500 ? "bad_request" : "internal_error";
        };
    }

    private static String words(Throwable refusal) {
        return Objects.requireNonNullElse(refusal.getMessage(), "refused");
    }

    /** Whether the same request may succeed a little later. */
    boolean passes() {
        return status == 429 || status == 503;
    }
}
