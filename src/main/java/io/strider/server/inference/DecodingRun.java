package io.strider.server.inference;

import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageFormatException;
import io.strider.embedding.Picture;
import io.strider.server.batching.Computation;
import java.util.List;

/**
 * Decodes pictures and brings them straight to their model's size, so that what waits to be
 * computed is small. Thread-safe.
 */
final class DecodingRun implements Computation<ServedModel, DecodingRun.Encoded, Picture> {
    private final ImageDecoder decoder;

    /**
     * A picture of a request.
     *
     * @param bytes its file; not modified
     * @param name what messages call it
     * @param room for its pixels
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Encoded(byte[] bytes, String name, PixelBudget.Room room) {}

    DecodingRun(ImageDecoder decoder) {
        this.decoder = decoder;
    }

    @Override
    public List<Picture> compute(ServedModel model, List<Encoded> items)
            throws ImageFormatException {
        Encoded encoded = items.getFirst(); // one at a time
        long kept = 0;
        encoded.room.begin();
        try {
            Picture decoded = decoder.decode(encoded.bytes, encoded.name, encoded.room);
            Picture fitted = model.preprocessing().fit(decoded);
            kept = (long) fitted.height() * fitted.width();
            return List.of(fitted);
        } finally {
            encoded.room.keep(kept);
        }
    }
}
