package io.strider.server.protocol;

import io.strider.server.inference.Embedded;
import io.strider.server.inference.EmbeddedPictures;
import io.strider.server.inference.RefusedException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What {@code /embed} and {@code /compare} answer. */
public final class PictureAnswers {
    /** The media type of bare float32 numbers. */
    static final String BINARY = "application/octet-stream";

    /** Above this status a refusal is not the pictures' fault. */
    private static final int LAST_OF_PICTURES = 413;

    private PictureAnswers() {}

    /**
     * The vectors of a request's pictures: an object for a single picture, else one with a list, in
     * which what was refused stands as an error. If everything was, the status is that of the first
     * refusal.
     *
     * @param accept the header: {@code application/octet-stream} without JSON asks for rows of
     *     float32, little-endian, instead
     * @throws RefusedException if a single picture was refused, one of several that were asked for
     *     as bytes, or all of them for want of memory or time
     */
    public static Answer embed(
            PictureRequest request, EmbeddedPictures embedded, @Nullable String accept)
            throws RefusedException {
        List<Embedded> pictures = embedded.pictures();
        if (wantsBytes(accept)) {
            return rows(vectors(request, embedded));
        }
        if (request.single()) {
            return one(pictures.get(0).vector(), embedded);
        }
        int computed = 0;
        int numbers = 0;
        for (Embedded picture : pictures) {
            if (picture.refusal() == null) {
                computed++;
                numbers = picture.vector().length;
            }
        }
        RefusedException first = pictures.get(0).refusal();
        if (computed == 0 && first != null && first.reason().status() > LAST_OF_PICTURES) {
            throw named(request, 0, first);
        }
        int dimensions = numbers;
        RefusedException failure = computed == 0 ? first : null;
        byte[] body =
                JsonOutput.object(
                        512 + pictures.size() * (512 + dimensions * JsonOutput.FLOAT_LENGTH),
                        json -> several(json, request, embedded, dimensions, failure));
        int status = failure == null ? 200 : failure.reason().status();
        return new Answer(status, JsonOutput.TYPE, body, Map.of());
    }

    private static boolean wantsBytes(@Nullable String accept) {
        return accept != null
                && accept.toLowerCase(Locale.ROOT).contains(BINARY)
                && !accept.toLowerCase(Locale.ROOT).contains(JsonOutput.TYPE);
    }

    private static Answer one(float[] vector, EmbeddedPictures embedded) {
        return Answer.json(
                JsonOutput.object(
                        512 + vector.length * JsonOutput.FLOAT_LENGTH,
                        json -> {
                            json.writeStringProperty("model", embedded.model().name());
                            json.writeNumberProperty("dimensions", vector.length);
                            json.writeName("embedding");
                            JsonOutput.floats(json, vector);
                            timings(json, embedded);
                        }));
    }

    private static void several(
            JsonGenerator json,
            PictureRequest request,
            EmbeddedPictures embedded,
            int dimensions,
            @Nullable RefusedException failure) {
        json.writeStringProperty("model", embedded.model().name());
        if (failure == null) {
            json.writeNumberProperty("dimensions", dimensions);
        } else {
            error(json, failure);
        }
        json.writeArrayPropertyStart("embeddings");
        for (int i = 0; i < embedded.pictures().size(); i++) {
            Embedded picture = embedded.pictures().get(i);
            json.writeStartObject();
            if (!request.names().get(i).isEmpty()) {
                JsonOutput.text(json, "name", request.names().get(i));
            }
            try {
                float[] vector = picture.vector();
                json.writeName("embedding");
                JsonOutput.floats(json, vector);
            } catch (RefusedException refusal) {
                error(json, refusal);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        timings(json, embedded);
    }

    private static void error(JsonGenerator json, RefusedException refusal) {
        json.writeObjectPropertyStart("error");
        JsonOutput.text(json, "message", String.valueOf(refusal.getMessage()));
        JsonOutput.text(json, "reason", refusal.reason().name().toLowerCase(Locale.ROOT));
        json.writeEndObject();
    }

    private static void timings(JsonGenerator json, EmbeddedPictures embedded) {
        json.writeObjectPropertyStart("timings");
        json.writeNumberProperty("decode_ms", milliseconds(embedded.decodeNanos()));
        json.writeNumberProperty("queue_ms", milliseconds(embedded.queueNanos()));
        json.writeNumberProperty("compute_ms", milliseconds(embedded.computeNanos()));
        json.writeEndObject();
    }

    /** Milliseconds, to the microsecond. */
    private static double milliseconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0;
    }

    private static Answer rows(float[][] vectors) {
        byte[] bytes = LittleEndian.bytes(vectors);
        String dimensions = String.valueOf(vectors[0].length);
        return new Answer(200, BINARY, bytes, Map.of("X-Dimensions", dimensions));
    }

    /**
     * The cosines of all pairs of pictures, as a matrix.
     *
     * @throws RefusedException if there is only one picture, or one was refused; which it is stands
     *     in the message
     */
    public static Answer compare(PictureRequest request, EmbeddedPictures embedded)
            throws RefusedException {
        checkComparable(request);
        float[][] vectors = vectors(request, embedded);
        return Answer.json(
                JsonOutput.object(
                        512 + vectors.length * (64 + vectors.length * JsonOutput.FLOAT_LENGTH),
                        json -> {
                            json.writeStringProperty("model", embedded.model().name());
                            json.writeArrayPropertyStart("names");
                            for (String name : request.names()) {
                                json.writeString(name.isEmpty() ? null : name);
                            }
                            json.writeEndArray();
                            json.writeArrayPropertyStart("similarity");
                            for (float[] row : vectors) {
                                cosines(json, row, vectors);
                            }
                            json.writeEndArray();
                            timings(json, embedded);
                        }));
    }

    /**
     * Checks that there is something to compare.
     *
     * @throws RefusedException if there is only one picture
     */
    public static void checkComparable(PictureRequest request) throws RefusedException {
        if (request.pictures().size() < 2) {
            throw JsonInput.refused("pictures: 1 (expected: at least 2 to compare)");
        }
    }

    private static void cosines(JsonGenerator json, float[] row, float[][] vectors) {
        json.writeStartArray();
        for (float[] vector : vectors) {
            JsonOutput.number(json, (float) cosine(row, vector));
        }
        json.writeEndArray();
    }

    /** Of vectors of length 1; rounding may not take it out of its range. */
    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return Math.clamp(sum, -1, 1);
    }

    /** All vectors, which are equally long. */
    private static float[][] vectors(PictureRequest request, EmbeddedPictures embedded)
            throws RefusedException {
        float[][] vectors = new float[embedded.pictures().size()][];
        for (int i = 0; i < vectors.length; i++) {
            RefusedException refusal = embedded.pictures().get(i).refusal();
            if (refusal != null) {
                throw request.single() ? refusal : named(request, i, refusal);
            }
            vectors[i] = embedded.pictures().get(i).vector();
            if (vectors[i].length != vectors[0].length) {
                throw JsonInput.refused(
                        "%s: %d numbers (expected: %d, as of picture 0)"
                                .formatted(request.shown(i), vectors[i].length, vectors[0].length));
            }
        }
        return vectors;
    }

    private static RefusedException named(
            PictureRequest request, int index, RefusedException refusal) {
        return new RefusedException(
                refusal.reason(), "%s: %s".formatted(request.shown(index), refusal.getMessage()));
    }
}
