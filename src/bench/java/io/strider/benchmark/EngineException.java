package io.strider.benchmark;

/** An engine failed; the message is a line that says how. */
public final class EngineException extends Exception {
    private static final long serialVersionUID = 1;

    /** With that line. */
    public EngineException(String message) {
        super(message);
    }
}
