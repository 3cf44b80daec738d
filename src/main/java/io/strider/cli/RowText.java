package io.strider.cli;

import java.util.Locale;

/**
 * Rows as text. Numbers are written so that reading them as float32 gives the same bits.
 *
 * <p>JSON is that of RFC 8259, CSV that of RFC 4180 but for its ends of lines.
 */
final class RowText {
    private RowText() {}

    /**
     * An object of a line; what is no finite number is {@code null}, as JSON has no word for it.
     */
    static String json(String name, float[] vector) {
        StringBuilder text = new StringBuilder(32 + name.length() + 12 * vector.length);
        text.append("{\"path\":\"");
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            switch (letter) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (letter < ' ' || letter == 0x7f || isLineBreak(letter)) {
                        text.append(unicode(letter));
                    } else {
                        text.append(letter);
                    }
                }
            }
        }
        text.append("\",\"embedding\":[");
        for (int i = 0; i < vector.length; i++) {
            text.append(i == 0 ? "" : ",");
            text.append(Float.isFinite(vector[i]) ? Float.toString(vector[i]) : "null");
        }
        return text.append("]}").toString();
    }

    /** {@code path,0,1,2}. */
    static String titles(int dimensions) {
        StringBuilder text = new StringBuilder("path");
        for (int i = 0; i < dimensions; i++) {
            text.append(',').append(i);
        }
        return text.toString();
    }

    /** The name, in quotes where it needs them, and the numbers. */
    static String csv(String name, float[] vector) {
        StringBuilder text = new StringBuilder(16 + name.length() + 12 * vector.length);
        boolean quoted = name.chars().anyMatch(letter -> letter == ',' || letter == '"');
        boolean broken = name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0;
        text.append(quoted || broken ? '"' + name.replace("\"", "\"\"") + '"' : name);
        for (float value : vector) {
            text.append(',').append(value);
        }
        return text.toString();
    }

    /**
     * A name for a file of lines: what ends a line is written as {@code \n}, {@code \r} or {@code
     * \}{@code u2028}, and so a backslash as two.
     */
    static String escaped(String name) {
        StringBuilder text = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            switch (letter) {
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                default -> text.append(isLineBreak(letter) ? unicode(letter) : letter);
            }
        }
        return text.toString();
    }

    private static boolean isLineBreak(char letter) {
        return letter == 0x0b
                || letter == 0x0c
                || letter == 0x85
                || letter == 0x2028
                || letter == 0x2029;
    }

    private static String unicode(char letter) {
        return String.format(Locale.ROOT, "\\u%04x", (int) letter);
    }
}
