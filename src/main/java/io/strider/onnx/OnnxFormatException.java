package io.strider.onnx;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when the content of an ONNX file is malformed, contradicts itself, is of a kind that
 * cannot be read here, or is larger than the caller allows. The message names the file, the place
 * in it (graph, node, attribute, initializer, byte), what was found and what was expected.
 */
public final class OnnxFormatException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    /** Made by the readers of this package. */
    OnnxFormatException(String message) {
        super(message);
    }

    /** With what lies beneath, for whoever looks at the stack trace. */
    OnnxFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
