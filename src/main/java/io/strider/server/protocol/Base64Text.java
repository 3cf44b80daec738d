package io.strider.server.protocol;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import java.io.Writer;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A picture written as text: base64, or a data URI of it. Decodes as the text comes, so that its
 * megabytes are never held as a string.
 *
 * <p>Takes both alphabets, {@code +/} and {@code -_}, with or without padding, with white space
 * anywhere. What is wrong is remembered, and told by {@link #bytes}. For one thread.
 */
final class Base64Text extends Writer {
    private static final String SCHEME = "data:";
    private static final int MAX_HEADER = 256;
    private static final int WHITE = -1;
    private static final int PADDING = -2;
    private static final int FOREIGN = -3;
    private static final byte[] VALUES = values();

    /** The beginning, until it is clear whether it is a data URI; null behind it. */
    private @Nullable StringBuilder head = new StringBuilder();

    private byte[] bytes = {};
    private int count;

    /** Six bits of each character since the last three bytes. */
    private int bits;

    private int held;
    private int padding;
    private @Nullable String problem;

    private static byte[] values() {
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) FOREIGN);
        String letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        for (int i = 0; i < letters.length(); i++) {
            values[letters.charAt(i)] = (byte) i;
        }
        values['+'] = values['-'] = 62;
        values['/'] = values['_'] = 63;
        values['='] = PADDING;
        values[' '] = values['\t'] = values['\r'] = values['\n'] = WHITE;
        return values;
    }

    @Override
    public void write(char[] text, int start, int length) {
        int end = start + length;
        int at = start;
        while (head != null && at < end) {
            begin(head, text[at++]);
        }
        if (problem == null) {
            decode(text, at, end);
        }
    }

    /**
     * Takes a character of the beginning: five tell a data URI, which then goes on to its comma.
     */
    private void begin(StringBuilder beginning, char next) {
        beginning.append(next);
        if (beginning.length() < SCHEME.length()) {
            return;
        }
        String text = beginning.toString().toLowerCase(Locale.ROOT);
        if (!text.startsWith(SCHEME)) {
            endOfHead();
        } else if (next == ',') {
            head = null;
            if (!text.endsWith(";base64,")) {
                problem = "a data URI without base64 (expected: data:image/…;base64,…)";
            }
        } else if (text.length() == MAX_HEADER) {
            head = null;
            problem = "a data URI without a comma (expected: data:image/…;base64,…)";
        }
    }

    /** What was held back is base64. */
    private void endOfHead() {
        char[] text = String.valueOf(head).toCharArray();
        head = null;
        decode(text, 0, text.length);
    }

    private void decode(char[] text, int start, int end) {
        grow(end - start);
        for (int i = start; i < end; i++) {
            char c = text[i];
            int value = c < VALUES.length ? VALUES[c] : FOREIGN;
            if (value >= 0 && padding == 0) {
                bits = bits << 6 | value;
                if (++held == 4) {
                    bytes[count++] = (byte) (bits >> 16);
                    bytes[count++] = (byte) (bits >> 8);
                    bytes[count++] = (byte) bits;
                    held = 0;
                }
            } else if (value == PADDING) {
                padding++;
            } else if (value != WHITE) {
                problem = foreign(c);
                return;
            }
        }
    }

    private String foreign(char c) {
        if (c == ':') {
            return "a URL (expected: base64 or a data URI; this server fetches nothing)";
        }
        return c < VALUES.length && VALUES[c] >= 0
                ? "more behind the padding of its base64 (expected: its end)"
                : "not base64: character U+%04X behind %d bytes (expected: base64 or a data URI)"
                        .formatted((int) c, count);
    }

    /** Makes room for so many characters. */
    private void grow(int characters) {
        int needed = count + characters / 4 * 3 + 6;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, 2 * bytes.length));
        }
    }

    /**
     * What the text stands for, once all of it was written.
     *
     * @param name what the text is, for the message
     * @throws RefusedException if it is empty, or neither base64 nor a data URI of it
     */
    byte[] bytes(String name) throws RefusedException {
        if (head != null && problem == null) {
            if (String.valueOf(head).toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
                problem = "a data URI without a comma (expected: data:image/…;base64,…)";
            } else {
                endOfHead();
            }
        }
        if (problem == null) {
            finish();
        }
        if (problem != null) {
            throw new RefusedException(Reason.BAD_REQUEST, name + ": " + problem);
        }
        return bytes;
    }

    /** The last one or two bytes, of two or three characters. */
    private void finish() {
        if (held == 1 || (padding > 0 && (held == 0 || held + padding != 4))) {
            problem = "base64 that is cut short (expected: groups of four characters)";
            return;
        }
        if (held >= 2) {
            bits <<= 6 * (4 - held);
            bytes[count++] = (byte) (bits >> 16);
            if (held == 3) {
                bytes[count++] = (byte) (bits >> 8);
            }
        }
        held = 0;
        bytes = Arrays.copyOf(bytes, count);
        if (count == 0) {
            problem = "empty (expected: a picture)";
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
