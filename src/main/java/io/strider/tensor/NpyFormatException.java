package io.strider.tensor;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when the content of an {@code .npy} file is malformed, is of a kind that cannot be read
 * here, has another length than its header declares, or is larger than the caller allows. The
 * message says what was found and what was expected.
 */
public final class NpyFormatException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    /** Made by {@link Npy}. */
    NpyFormatException(String message) {
        super(message);
    }
}
