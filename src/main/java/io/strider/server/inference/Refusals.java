package io.strider.server.inference;

import io.strider.embedding.ImageFormatException;
import io.strider.embedding.ImageTooLargeException;
import io.strider.graph.MemoryLimitException;
import io.strider.server.batching.Outcome;
import io.strider.server.inference.RefusedException.Reason;
import org.jspecify.annotations.Nullable;

/** Why an item without a result has none, in the words of the endpoints. */
final class Refusals {
    private Refusals() {}

    /**
     * The refusal that an outcome means.
     *
     * @param outcome not one that is {@link Outcome.Done}
     * @param what is refused, at the beginning of the message
     * @throws IllegalStateException if the outcome is nothing that the sender can act on
     */
    static RefusedException of(Outcome<?> outcome, String what) {
        return switch (outcome) {
            case Outcome.Failed<?>(Throwable cause) -> failed(cause, what);
            case Outcome.Expired<?> _ -> deadline(what);
            case Outcome.Cancelled<?> _, Outcome.GivenUp<?> _ ->
                    new RefusedException(
                            Reason.UNAVAILABLE, what + ": given up, as the server is ending");
            case Outcome.Done<?> _ -> throw new IllegalStateException(what + " is done");
        };
    }

    static RefusedException deadline(String what) {
        return new RefusedException(
                Reason.DEADLINE_PASSED, what + ": not computed before the request's deadline");
    }

    private static RefusedException failed(Throwable cause, String what) {
        Reason reason = reason(cause);
        if (reason == null) {
            throw new IllegalStateException(what + ": " + cause, cause);
        }
        return new RefusedException(
                reason,
                cause instanceof OutOfMemoryError
                        ? what + ": no memory for it now (expected: fewer or smaller requests)"
                        : named(String.valueOf(cause.getMessage()), what));
    }

    private static String named(String message, String what) {
        return message.startsWith(what) ? message : what + ": " + message;
    }

    /** What an exception means; null if it is nobody's fault but ours. */
    static @Nullable Reason reason(Throwable failure) {
        return switch (failure) {
            case OutOfMemoryError _, MemoryLimitException _ -> Reason.OUT_OF_MEMORY;
            case ImageTooLargeException large ->
                    large.getCause() instanceof OutOfMemoryError
                            ? Reason.OUT_OF_MEMORY
                            : Reason.TOO_LARGE;
            case ImageFormatException _ -> Reason.BAD_PICTURE;
            case IllegalArgumentException _ -> Reason.BAD_REQUEST;
            default -> null;
        };
    }
}
