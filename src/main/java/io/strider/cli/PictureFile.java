package io.strider.cli;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.StringJoiner;

/**
 * A picture to be embedded.
 *
 * @param path where it is
 * @param name what results call it: the path, as it was given or found
 */
record PictureFile(Path path, String name) {
    private static final char UNKNOWN = '\ufffd';

    /** Names the path. */
    PictureFile(Path path) {
        this(path, name(path));
    }

    /**
     * What a file was when it was read, so that a later run knows whether it is still the same.
     *
     * @param bytes its size
     * @param modified its time of modification, in milliseconds
     */
    record Stamp(long bytes, long modified) {}

    /**
     * What the file is now.
     *
     * @throws IOException if there is none
     */
    Stamp stamp() throws IOException {
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        return new Stamp(now.size(), now.lastModifiedTime().toMillis());
    }

    /**
     * A text of its own for each file, also where the names hold bytes that are no text.
     *
     * @return the name, mostly
     */
    String key() {
        return name.indexOf(UNKNOWN) < 0 ? name : name + "\n" + path.toUri().getRawPath();
    }

    /**
     * The path as text. Without a locale Java takes names for ASCII and shows question marks; the
     * bytes are still there, and mostly UTF-8.
     */
    static String name(Path path) {
        String text = path.toString();
        if (text.indexOf(UNKNOWN) < 0) {
            return text;
        }
        StringJoiner names = new StringJoiner("/", path.isAbsolute() ? "/" : "", "");
        for (Path part : path) {
            names.add(decoded(part));
        }
        return names.toString();
    }

    private static String decoded(Path part) {
        String text = part.toString();
        if (text.indexOf(UNKNOWN) < 0) {
            return text;
        }
        // The URI has the bytes, those beyond ASCII as %xx; a plus sign stands for itself there.
        String raw = Path.of("/").resolve(part).toUri().getRawPath().substring(1);
        byte[] bytes =
                URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.ISO_8859_1)
                        .getBytes(StandardCharsets.ISO_8859_1);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            return text;
        }
    }
}
