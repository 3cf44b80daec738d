package io.strider.embedding;

import java.io.Serial;

/** Thrown when a picture is larger than the {@link DecodingLimits} or the heap allow. */
public final class ImageTooLargeException extends ImageFormatException {
    @Serial private static final long serialVersionUID = 1L;

    /** Made by the decoders of this package. */
    ImageTooLargeException(String message) {
        super(message);
    }
}
