package io.strider.server.load;

import java.nio.charset.StandardCharsets;

/**
 * An answer of HTTP.
 *
 * @param status its status
 * @param body its beginning, as many bytes as were to be kept
 */
public record HttpAnswer(int status, String body) {
    static HttpAnswer of(int status, byte[] kept, int length) {
        return new HttpAnswer(status, new String(kept, 0, length, StandardCharsets.UTF_8));
    }
}
