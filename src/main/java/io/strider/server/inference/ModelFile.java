package io.strider.server.inference;

import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a model comes from, and what requests call it.
 *
 * @param name 1 to 128 letters, digits, dots, hyphens and underscores of ASCII
 * @param path an ONNX file, read again each time the model is replaced; null for the packaged model
 */
public record ModelFile(String name, @Nullable Path path) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is empty, too long or has other characters
     */
    public ModelFile {
        Objects.requireNonNull(name, "name");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "model's name: \"%s\" (expected: 1 to 128 of A-Z a-z 0-9 . _ -)"
                            .formatted(name));
        }
    }

    /** The packaged model, which knows faces, as {@code faces}. */
    public static ModelFile packagedFaces() {
        return new ModelFile("faces", null);
    }

    /** For messages. */
    @Override
    public String toString() {
        return name + "=" + (path == null ? "(packaged)" : path);
    }
}
