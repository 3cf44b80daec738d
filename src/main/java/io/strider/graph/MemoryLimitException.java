package io.strider.graph;

import java.io.Serial;

/**
 * Thrown when a run on inputs of some sizes would take more memory than its {@linkplain
 * Session.Builder#memoryLimit session may}. With smaller inputs the session goes on.
 */
public final class MemoryLimitException extends IllegalArgumentException {
    @Serial private static final long serialVersionUID = 1L;

    /** Made where runs are planned. */
    MemoryLimitException(String message) {
        super(message);
    }
}
