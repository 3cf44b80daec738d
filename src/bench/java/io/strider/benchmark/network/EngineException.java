package io.strider.benchmark.network;

/** An engine failed; the message is a line that says how. */
final class EngineException extends Exception {
    private static final long serialVersionUID = 1;

    EngineException(String message) {
        super(message);
    }
}
