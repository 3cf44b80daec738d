package io.strider.server.http;

import io.strider.server.inference.RefusedException;
import java.util.Locale;
import java.util.Objects;

/**
 * A request that is refused for a reason of HTTP's own: its path, its method, its type, its key,
 * its size. Services throw it, or a {@link RefusedException}, and the shell answers in the form of
 * the protocol that the path belongs to.
 */
final class HttpRefusalException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String reason;

    /**
     * A refusal.
     *
     * @param status of HTTP, 400 to 599
     * @param reason a word for programs, such as {@code not_found}
     * @param message what is wrong and what is expected; shown to the sender
     */
    HttpRefusalException(int status, String reason, String message) {
        super(Objects.requireNonNull(message, "message"));
        this.status = status;
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** The same refusal, in words of HTTP. */
    static HttpRefusalException of(RefusedException refused) {
        HttpRefusalException refusal =
                new HttpRefusalException(
                        refused.reason().status(),
                        refused.reason().name().toLowerCase(Locale.ROOT),
                        Objects.requireNonNull(refused.getMessage()));
        refusal.initCause(refused);
        return refusal;
    }

    /** A body of a type that the endpoint does not take. */
    static HttpRefusalException unsupportedType(String type, String expected) {
        return new HttpRefusalException(
                415,
                "unsupported_media_type",
                "Content-Type: " + type + " (expected: " + expected + ")");
    }

    /** A body of more bytes than the server takes. */
    static HttpRefusalException tooLarge(long mostBytes) {
        return new HttpRefusalException(
                413,
                "too_large",
                "body: too large (expected: at most %d bytes)".formatted(mostBytes));
    }

    int status() {
        return status;
    }

    /** A word for programs. */
    String reason() {
        return reason;
    }
}
