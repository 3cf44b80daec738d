package io.strider.embedding;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a model's metadata or its {@code preprocessor_config.json} ask for something that
 * cannot be done. The message names the entry, its value and the rule.
 */
public sealed class PreprocessingFormatException extends IOException
        permits MissingPreprocessingException {
    @Serial private static final long serialVersionUID = 1L;

    /** Made by the readers of this package. */
    PreprocessingFormatException(String message) {
        super(message);
    }

    /** With the exception that found it. */
    PreprocessingFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
