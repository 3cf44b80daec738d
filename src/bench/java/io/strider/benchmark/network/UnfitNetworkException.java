package io.strider.benchmark.network;

/** A network cannot be measured as asked, through no fault of an engine: a fixed batch, say. */
final class UnfitNetworkException extends Exception {
    private static final long serialVersionUID = 1;

    UnfitNetworkException(String message) {
        super(message);
    }
}
