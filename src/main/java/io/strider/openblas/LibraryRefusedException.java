package io.strider.openblas;

import java.io.Serial;

/**
 * Says why a candidate is not the library to load. The message is the reason alone, without the
 * path.
 */
final class LibraryRefusedException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    LibraryRefusedException(String reason) {
        super(reason);
    }

    LibraryRefusedException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
