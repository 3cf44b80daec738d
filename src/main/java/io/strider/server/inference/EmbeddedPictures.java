package io.strider.server.inference;

import java.util.List;

/**
 * The answer to a request with pictures.
 *
 * @param model which computed them
 * @param pictures what became of each, in the order of the request
 * @param decodeNanos how long decoding took, waiting for a decoder included, of the slowest picture
 * @param queueNanos how long the picture that waited longest waited for its batch to begin
 * @param computeNanos how long the slowest of the batches took
 */
public record EmbeddedPictures(
        ModelDescription model,
        List<Embedded> pictures,
        long decodeNanos,
        long queueNanos,
        long computeNanos) {
    /** Copies the list. */
    public EmbeddedPictures {
        pictures = List.copyOf(pictures);
    }
}
