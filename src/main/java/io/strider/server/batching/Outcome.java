package io.strider.server.batching;

/**
 * What became of an item. Immutable.
 *
 * @param <R> what becomes of an item if all goes well
 */
public sealed interface Outcome<R> {
    /**
     * It was computed.
     *
     * @param value the result
     * @param queueNanos from being submitted until its batch began
     * @param computeNanos how long its batch took
     * @param batch how many items were computed together
     */
    record Done<R>(R value, long queueNanos, long computeNanos, int batch) implements Outcome<R> {}

    /**
     * Computing it failed.
     *
     * @param cause why
     */
    record Failed<R>(Throwable cause) implements Outcome<R> {}

    /** Its deadline passed before it was computed. */
    record Expired<R>() implements Outcome<R> {}

    /** Its caller took it out of the queue. */
    record Cancelled<R>() implements Outcome<R> {}

    /** It was in the queue when the batcher {@linkplain Batcher#giveUp gave up}, or came later. */
    record GivenUp<R>() implements Outcome<R> {}
}
