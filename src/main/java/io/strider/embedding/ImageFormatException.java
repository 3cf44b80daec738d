package io.strider.embedding;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when the bytes of a picture are malformed, end early, are of a kind that is not read here,
 * or describe more than the {@link DecodingLimits} allow. The message names the file, what was
 * found and what was expected.
 */
public sealed class ImageFormatException extends IOException permits ImageTooLargeException {
    @Serial private static final long serialVersionUID = 1L;

    /** Made by the decoders of this package. */
    ImageFormatException(String message) {
        super(message);
    }
}
