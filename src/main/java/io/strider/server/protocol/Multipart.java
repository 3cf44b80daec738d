package io.strider.server.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a body of {@code multipart/form-data} (RFC 7578) into its parts. What stands before the
 * first boundary and behind the last is ignored, as RFC 2046 asks.
 */
final class Multipart {
    private static final int MAX_BOUNDARY = 70;
    private static final int MAX_HEADER_BYTES = 8192;
    private static final int MAX_HEADER_LINES = 16;
    private static final int MAX_NAME = 255;

    private final byte[] body;
    private final int maxParts;

    /** A line's end and the boundary: what no content holds. */
    private final byte[] delimiter;

    private int position;

    private Multipart(byte[] body, byte[] delimiter, int maxParts) {
        this.body = body;
        this.delimiter = delimiter;
        this.maxParts = maxParts;
    }

    /**
     * The parts, in order.
     *
     * @param body not copied
     * @param boundary as the content type names it; null if it does not
     * @throws RefusedException if the body is not of this form or has more parts
     */
    static List<FormPart> parse(byte[] body, @Nullable String boundary, int maxParts)
            throws RefusedException {
        if (boundary == null) {
            throw bad("Content-Type: multipart/form-data without a boundary (expected: one)");
        }
        if (boundary.isEmpty()
                || boundary.length() > MAX_BOUNDARY
                || !boundary.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            throw bad(
                    "boundary: %d characters (expected: 1 to %d of ASCII)"
                            .formatted(boundary.length(), MAX_BOUNDARY));
        }
        byte[] delimiter = ("\r\n--" + boundary).getBytes(ISO_8859_1);
        return new Multipart(body, delimiter, maxParts).parts();
    }

    private List<FormPart> parts() throws RefusedException {
        // The first boundary may stand at the very beginning, without the line's end before it.
        position = matches(body, 0, delimiter, 2) ? delimiter.length - 2 : behindDelimiter(0);
        List<FormPart> parts = new ArrayList<>();
        while (!isLast()) {
            if (parts.size() == maxParts) {
                throw new RefusedException(
                        Reason.TOO_LARGE,
                        "body: more than %d parts (expected: at most %d)"
                                .formatted(maxParts, maxParts));
            }
            parts.add(part());
        }
        return parts;
    }

    /** Steps over what follows a boundary; true if it was the last. */
    private boolean isLast() throws RefusedException {
        if (at(0, '-') && at(1, '-')) {
            return true;
        }
        while (at(0, ' ') || at(0, '\t')) {
            position++;
        }
        if (!at(0, '\r') || !at(1, '\n')) {
            throw bad(
                    "body: no line's end behind the boundary at byte %d (expected: CR LF or --)"
                            .formatted(position));
        }
        position += 2;
        return false;
    }

    private FormPart part() throws RefusedException {
        int headers = position;
        String disposition = null;
        String type = "";
        for (int lines = 0; ; lines++) {
            String line = headerLine(headers);
            if (line.isEmpty()) {
                break;
            }
            if (lines == MAX_HEADER_LINES) {
                throw bad(
                        "part at byte %d: more than %d headers (expected: fewer)"
                                .formatted(headers, MAX_HEADER_LINES));
            }
            int colon = line.indexOf(':');
            String name = line.substring(0, Math.max(0, colon)).strip().toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            switch (name) {
                case "content-disposition" -> disposition = value;
                case "content-type" ->
                        type = HeaderValue.parse(value).map(HeaderValue::value).orElse("");
                case "content-transfer-encoding" -> checkEncoding(value);
                case "" ->
                        throw bad(
                                "part at byte %d: a header without a name (expected: name: value)"
                                        .formatted(headers));
                default -> {} // others say nothing about the content
            }
        }
        int start = position;
        int behind = behindDelimiter(start);
        position = behind;
        return named(headers, disposition, type, start, behind - delimiter.length);
    }

    private static FormPart named(
            int headers, @Nullable String disposition, String type, int start, int end)
            throws RefusedException {
        HeaderValue value = HeaderValue.parse(disposition).orElse(null);
        String name = value == null ? null : value.parameters().get("name");
        if (value == null || !value.value().equals("form-data") || name == null) {
            throw bad(
                    "part at byte %d: no name (expected: Content-Disposition: form-data; name=\"…\")"
                            .formatted(headers));
        }
        String file = value.parameters().getOrDefault("filename", "");
        if (name.length() > MAX_NAME || file.length() > MAX_NAME) {
            throw bad(
                    "part at byte %d: a name of %d characters (expected: at most %d)"
                            .formatted(headers, Math.max(name.length(), file.length()), MAX_NAME));
        }
        return new FormPart(name, file, type, start, end);
    }

    private static void checkEncoding(String encoding) throws RefusedException {
        if (!List.of("binary", "8bit", "7bit").contains(encoding.toLowerCase(Locale.ROOT))) {
            throw bad(
                    "Content-Transfer-Encoding: %s (expected: binary)"
                            .formatted(JsonInput.shown(encoding)));
        }
    }

    /** The next line of a part's headers, which begin there; steps over it. */
    private String headerLine(int headers) throws RefusedException {
        int start = position;
        int most = Math.min(body.length, headers + MAX_HEADER_BYTES);
        for (int end = start; end < most - 1; end++) {
            if (body[end] == '\r' && body[end + 1] == '\n') {
                position = end + 2;
                return new String(body, start, end - start, UTF_8);
            }
        }
        throw bad(
                "part at byte %d: its headers do not end (expected: an empty line within %d bytes)"
                        .formatted(headers, MAX_HEADER_BYTES));
    }

    /** Where the next boundary from there on ends. */
    private int behindDelimiter(int from) throws RefusedException {
        for (int i = from; i <= body.length - delimiter.length; i++) {
            if (body[i] == '\r' && matches(body, i, delimiter, 0)) {
                return i + delimiter.length;
            }
        }
        throw bad(
                "body: ends at byte %d without its boundary (expected: --boundary--)"
                        .formatted(body.length));
    }

    private static boolean matches(byte[] body, int at, byte[] expected, int from) {
        int length = expected.length - from;
        if (body.length - at < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (body[at + i] != expected[from + i]) {
                return false;
            }
        }
        return true;
    }

    private boolean at(int ahead, char expected) {
        return position + ahead < body.length && body[position + ahead] == expected;
    }

    private static RefusedException bad(String message) {
        return new RefusedException(Reason.BAD_REQUEST, message);
    }
}
