package io.strider.embedding;

import java.util.Arrays;
import java.util.Locale;

/** Refusals in one form: the argument, its value and the rule. */
final class Checks {
    private Checks() {}

    /** An exception whose message is formatted with {@code %s}. */
    static IllegalArgumentException refused(String format, Object... values) {
        return new IllegalArgumentException(text(format, values));
    }

    /** A formatted text; arrays of numbers are spelt out. */
    static String text(String format, Object... values) {
        Object[] readable = new Object[values.length];
        Arrays.setAll(
                readable, i -> values[i] instanceof long[] a ? Arrays.toString(a) : values[i]);
        return String.format(Locale.ROOT, format, readable);
    }

    static void range(String argument, long value, long least, long most) {
        if (value < least || value > most) {
            throw refused("%s: %s (expected: %s to %s)", argument, value, least, most);
        }
    }

    /** Height and width of a picture: each at least 1, three bytes a pixel fit into an array. */
    static void size(String what, long height, long width) {
        range(what + " height", height, 1, DecodingLimits.MAX_SIDE);
        range(what + " width", width, 1, DecodingLimits.MAX_SIDE);
        if (height * width > Picture.MOST_PIXELS) {
            throw refused(
                    "%s: %s×%s (expected: at most %s pixels)",
                    what, height, width, Picture.MOST_PIXELS);
        }
    }
}
