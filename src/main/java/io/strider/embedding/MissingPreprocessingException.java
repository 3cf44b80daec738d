package io.strider.embedding;

import java.io.Serial;

/** Thrown when nothing tells how pictures are to be prepared for a model. */
public final class MissingPreprocessingException extends PreprocessingFormatException {
    @Serial private static final long serialVersionUID = 1L;

    /** Made where a model is loaded. */
    MissingPreprocessingException(String message) {
        super(message);
    }
}
