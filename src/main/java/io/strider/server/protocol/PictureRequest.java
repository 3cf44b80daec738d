package io.strider.server.protocol;

import static io.strider.server.protocol.JsonInput.refused;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to embed or compare pictures. Immutable but for the pictures' bytes, which nobody may
 * write to.
 *
 * @param model which to use; null for the default model
 * @param single whether the body is a picture, which is answered without a list
 * @param names the files' names, one a picture, empty where there is none
 * @param pictures files of pictures, at least one
 */
public record PictureRequest(
        @Nullable String model, boolean single, List<String> names, List<byte[]> pictures) {
    /** The longest name of a model. */
    static final int MAX_MODEL_NAME = 256;

    /** How many fields of text a form may have beside its pictures. */
    private static final int MAX_FIELDS = 8;

    /** Copies the lists. */
    public PictureRequest {
        names = List.copyOf(names);
        pictures = List.copyOf(pictures);
    }

    /**
     * Reads a request.
     *
     * @param encoding how the body holds its pictures
     * @param contentType the header, which names a form's boundary
     * @param model as the request's address names it; null if it does not
     * @param body a picture is not copied out of it if it is one
     * @param maxPictures the most pictures that are read
     * @throws RefusedException if the body is not of its form, holds no picture or too many, or
     *     names another model than the address
     */
    public static PictureRequest read(
            PictureEncoding encoding,
            @Nullable String contentType,
            @Nullable String model,
            byte[] body,
            int maxPictures)
            throws RefusedException {
        PictureRequest request =
                switch (encoding) {
                    case ONE_PICTURE -> new PictureRequest(model, true, List.of(""), List.of(body));
                    case FORM -> form(contentType, body, maxPictures).withModel(model);
                    case JSON -> json(body, maxPictures).withModel(model);
                };
        if (body.length == 0) {
            throw refused("body: empty (expected: a picture)");
        }
        if (request.pictures.isEmpty()) {
            throw refused(
                    "%s: no picture (expected: 1 to %d)"
                            .formatted(
                                    encoding == PictureEncoding.JSON ? "images" : "body",
                                    maxPictures));
        }
        return request;
    }

    private PictureRequest withModel(@Nullable String other) throws RefusedException {
        if (other != null && model != null && !other.equals(model)) {
            throw refused(
                    "model: %s in the body and %s in the address (expected: one)"
                            .formatted(JsonInput.shown(model), JsonInput.shown(other)));
        }
        return new PictureRequest(other == null ? model : other, single, names, pictures);
    }

    private static PictureRequest form(@Nullable String contentType, byte[] body, int maxPictures)
            throws RefusedException {
        String boundary =
                HeaderValue.parse(contentType)
                        .map(value -> value.parameters().get("boundary"))
                        .orElse(null);
        String model = null;
        List<String> names = new ArrayList<>();
        List<byte[]> pictures = new ArrayList<>();
        for (FormPart part : Multipart.parse(body, boundary, maxPictures + MAX_FIELDS)) {
            if (part.isFile()) {
                checkRoom(pictures.size(), maxPictures);
                names.add(part.file());
                pictures.add(part.bytes(body));
            } else if (!part.name().equals("model")) {
                throw refused(
                        "field \"%s\": unknown (expected: files, and a field \"model\")"
                                .formatted(JsonInput.shown(part.name())));
            } else if (model != null) {
                throw refused("field \"model\": given twice (expected: once)");
            } else {
                model = modelName(part, body);
            }
        }
        return new PictureRequest(model, false, names, pictures);
    }

    private static String modelName(FormPart part, byte[] body) throws RefusedException {
        int length = part.end() - part.start();
        if (length == 0 || length > MAX_MODEL_NAME) {
            throw refused(
                    "field \"model\": %d bytes (expected: 1 to %d)"
                            .formatted(length, MAX_MODEL_NAME));
        }
        return new String(body, part.start(), length, StandardCharsets.UTF_8);
    }

    private static PictureRequest json(byte[] body, int maxPictures) throws RefusedException {
        @Nullable String[] model = {null};
        List<byte[]> pictures = new ArrayList<>();
        JsonInput.readObject(
                body,
                body.length,
                (name, value) -> {
                    switch (name) {
                        case "model" -> model[0] = optionalModel(value);
                        case "images" -> readPictures("images", value, maxPictures, pictures);
                        default ->
                                throw refused(
                                        "\"%s\": unknown (expected: model, images)"
                                                .formatted(JsonInput.shown(name)));
                    }
                });
        return new PictureRequest(
                model[0], false, Collections.nCopies(pictures.size(), ""), pictures);
    }

    /** A model's name, or null. */
    static @Nullable String optionalModel(JsonInput value) throws RefusedException {
        return value.isNull() ? null : value.text("model", MAX_MODEL_NAME);
    }

    /** Reads an array of pictures in base64 into a list. */
    static void readPictures(String path, JsonInput value, int most, List<byte[]> pictures)
            throws RefusedException {
        value.array(
                path,
                (index, element) -> {
                    checkRoom(index, most);
                    pictures.add(element.picture("%s[%d]".formatted(path, index)));
                });
    }

    private static void checkRoom(int pictures, int most) throws RefusedException {
        if (pictures == most) {
            throw new RefusedException(
                    Reason.TOO_LARGE,
                    "pictures: more than %d (expected: at most %d)".formatted(most, most));
        }
    }

    /** What a message calls a picture: its number from 0, and its name if it has one. */
    String shown(int index) {
        String name = names.get(index);
        return name.isEmpty()
                ? "picture %d".formatted(index)
                : "picture %d (%s)".formatted(index, JsonInput.shown(name));
    }
}
