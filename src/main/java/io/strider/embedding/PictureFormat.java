package io.strider.embedding;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The formats of pictures that are decoded. */
enum PictureFormat {
    JPEG,
    PNG,
    WEBP,
    GIF,
    BMP;

    /** The format that a file's first bytes tell of; null if they tell of none. */
    static @Nullable PictureFormat of(byte[] file) {
        if (has(file, 0, "\u00ff\u00d8\u00ff")) {
            return JPEG;
        }
        if (has(file, 0, PngDecoder.SIGNATURE)) {
            return PNG;
        }
        if (has(file, 0, "RIFF") && has(file, 8, "WEBP")) {
            return WEBP;
        }
        if (has(file, 0, "GIF87a") || has(file, 0, "GIF89a")) {
            return GIF;
        }
        return has(file, 0, "BM") ? BMP : null;
    }

    /** Whether the bytes there, if there are so many, are these characters. */
    static boolean has(byte[] file, long at, String characters) {
        byte[] expected = characters.getBytes(StandardCharsets.ISO_8859_1);
        if (at < 0 || at > file.length - expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (file[(int) at + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
