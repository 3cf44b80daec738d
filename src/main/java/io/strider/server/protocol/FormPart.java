package io.strider.server.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A part of a form: where its content stands in the body. Immutable.
 *
 * @param name the field's name
 * @param file the file's name; empty if the part is no file
 * @param type the media type in lower case, without parameters; empty if it says none
 * @param start where its content begins
 * @param end behind its content
 */
record FormPart(String name, String file, String type, int start, int end) {
    /** A copy of the content. */
    byte[] bytes(byte[] body) {
        return Arrays.copyOfRange(body, start, end);
    }

    /** The content as UTF-8. */
    String text(byte[] body) {
        return new String(body, start, end - start, StandardCharsets.UTF_8);
    }

    /** Whether this is a file, and not a field of text. */
    boolean isFile() {
        return !file.isEmpty()
                || type.startsWith("image/")
                || type.equals("application/octet-stream");
    }
}
