package io.strider.server.inference;

import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The models of a server, as its endpoints see them. Every call waits until its result is there or
 * it is refused; being interrupted takes it out of the queue. Thread-safe.
 */
public interface Inference {
    /** What is served, the default model first. */
    List<ModelDescription> models();

    /**
     * One of the models.
     *
     * @param name null for the default model
     * @throws RefusedException if there is no such model
     */
    ModelDescription model(@Nullable String name) throws RefusedException;

    /**
     * The vectors of pictures.
     *
     * @param model null for the default model
     * @param pictures files of pictures, not modified
     * @return what became of each: one that is bad does not spoil its neighbours
     * @throws RefusedException if the request as a whole is refused
     * @throws InterruptedException if this thread is interrupted; nothing stays in the queue
     */
    EmbeddedPictures embed(@Nullable String model, List<byte[]> pictures, Call call)
            throws RefusedException, InterruptedException;

    /**
     * Runs a network on tensors.
     *
     * @param model null for the default model
     * @param inputs a value for each input
     * @param outputs the names of the outputs asked for; all of them if empty
     * @return the outputs asked for
     * @throws RefusedException if inputs are missing, unknown or of other types than the model's,
     *     or the request as a whole is refused
     * @throws InterruptedException if this thread is interrupted; nothing stays in the queue
     */
    Map<String, NdArray> infer(
            @Nullable String model, Map<String, NdArray> inputs, List<String> outputs, Call call)
            throws RefusedException, InterruptedException;
}
