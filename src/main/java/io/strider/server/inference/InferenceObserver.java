package io.strider.server.inference;

/**
 * Is told what happens inside {@link Models}, for metrics and logs. Called by the threads that do
 * the work, several at a time: implementations are thread-safe, quick, and do not throw. All times
 * are in nanoseconds.
 */
public interface InferenceObserver {
    /** Nobody. */
    InferenceObserver NOBODY = new InferenceObserver() {};

    /** Stands for a model that there is not. */
    String UNKNOWN = "unknown";

    /**
     * A picture was decoded and brought to the model's size.
     *
     * @param waitNanos until a decoder was free
     * @param decodeNanos how long it took
     */
    default void decoded(String model, long waitNanos, long decodeNanos) {}

    /**
     * A picture or a row of tensors left the queue to be computed.
     *
     * @param queueNanos how long it was there
     */
    default void dequeued(String model, long queueNanos) {}

    /**
     * A batch was computed, or failed.
     *
     * @param items pictures or rows
     * @param computeNanos how long it took
     */
    default void computed(String model, int items, long computeNanos) {}

    /**
     * A request, or a picture of one, was refused.
     *
     * @param model its name; {@link #UNKNOWN} if there is none of that name
     */
    default void refused(String model, RefusedException.Reason reason) {}

    /** A batch failed for a reason that is no refusal, which its callers are told as well. */
    default void failed(String model, Throwable failure) {}

    /** Models were loaded anew and now serve. */
    default void replaced(ModelDescription model) {}
}
