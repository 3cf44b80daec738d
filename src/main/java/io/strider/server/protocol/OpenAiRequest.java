package io.strider.server.protocol;

import static io.strider.server.protocol.JsonInput.refused;

import io.strider.server.inference.ModelDescription;
import io.strider.server.inference.RefusedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for embeddings as OpenAI's API words it; the inputs are pictures, each as base64 or as
 * a data URI. Immutable but for the pictures' bytes, which nobody may write to.
 *
 * @param model which to use; null for the default model
 * @param pictures files of pictures, at least one
 * @param base64 whether the vectors are asked for as base64 of float32, little-endian
 * @param dimensions how long the vectors are to be; 0 if the request does not say
 */
public record OpenAiRequest(
        @Nullable String model, List<byte[]> pictures, boolean base64, int dimensions) {
    private static final int MAX_FORMAT_NAME = 16;

    /** Copies the list. */
    public OpenAiRequest {
        pictures = List.copyOf(pictures);
    }

    /**
     * Reads a request. Fields that OpenAI may know and this server does not are ignored.
     *
     * @param maxPictures the most pictures that are read
     * @throws RefusedException if the body is not such a request, holds no picture or too many, or
     *     asks for text, tokens or a URL to be embedded
     */
    public static OpenAiRequest read(byte[] body, int maxPictures) throws RefusedException {
        Reader reader = new Reader(maxPictures);
        JsonInput.readObject(body, body.length, reader);
        if (reader.pictures.isEmpty()) {
            throw refused("input: no picture (expected: 1 to %d)".formatted(maxPictures));
        }
        return new OpenAiRequest(reader.model, reader.pictures, reader.base64, reader.dimensions);
    }

    /**
     * Checks the length that is asked for.
     *
     * @throws RefusedException if the model's vectors are known to have another
     */
    public void checkDimensions(ModelDescription description) throws RefusedException {
        int actual = description.dimensions().orElse(dimensions);
        if (dimensions != 0 && dimensions != actual) {
            throw refused(
                    "dimensions: %d (expected: %d, which %s gives; they are not cut)"
                            .formatted(dimensions, actual, description.name()));
        }
    }

    /** Collects the fields. */
    private static final class Reader implements JsonInput.Fields {
        private final int maxPictures;
        private final List<byte[]> pictures = new ArrayList<>();
        private @Nullable String model;
        private boolean base64;
        private int dimensions;

        Reader(int maxPictures) {
            this.maxPictures = maxPictures;
        }

        @Override
        public void read(String name, JsonInput value) throws RefusedException {
            switch (name) {
                case "input" -> readInput(value);
                case "model" -> model = PictureRequest.optionalModel(value);
                case "encoding_format" -> base64 = !value.isNull() && isBase64(value);
                case "dimensions" ->
                        dimensions =
                                value.isNull()
                                        ? 0
                                        : (int) value.whole("dimensions", 1, Integer.MAX_VALUE);
                default -> value.skip();
            }
        }

        private void readInput(JsonInput value) throws RefusedException {
            if (value.isArray()) {
                PictureRequest.readPictures("input", value, maxPictures, pictures);
            } else {
                pictures.add(value.picture("input"));
            }
        }

        private static boolean isBase64(JsonInput value) throws RefusedException {
            String format = value.text("encoding_format", MAX_FORMAT_NAME);
            return switch (format) {
                case "float" -> false;
                case "base64" -> true;
                default ->
                        throw refused(
                                "encoding_format: %s (expected: float or base64)"
                                        .formatted(format));
            };
        }
    }
}
