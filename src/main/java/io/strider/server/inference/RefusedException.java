package io.strider.server.inference;

import java.util.Objects;

/** A request that is not answered with a result, for a reason its sender can act on. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    /** Why; each has one status of HTTP. */
    public enum Reason {
        /** The request says something that cannot be done, or is not what it should be. */
        BAD_REQUEST(400),
        /** Bytes that are no picture, or a damaged one. */
        BAD_PICTURE(400),
        /** No such model. */
        UNKNOWN_MODEL(404),
        /** More bytes, pixels or pictures than the limits allow. */
        TOO_LARGE(413),
        /** The queue is full: later. */
        QUEUE_FULL(429),
        /** Memory is short: later. */
        OUT_OF_MEMORY(503),
        /** The server is about to end, or not yet ready. */
        UNAVAILABLE(503),
        /** Its deadline passed before it was computed. */
        DEADLINE_PASSED(504);

        private final int status;

        Reason(int status) {
            this.status = status;
        }

        /** The status of HTTP. */
        public int status() {
            return status;
        }
    }

    private final Reason reason;

    /**
     * A refusal.
     *
     * @param message what is wrong and what is expected; shown to the sender
     */
    public RefusedException(Reason reason, String message) {
        super(Objects.requireNonNull(message, "message"));
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
