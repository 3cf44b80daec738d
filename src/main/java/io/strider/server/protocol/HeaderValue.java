package io.strider.server.protocol;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A header's value with parameters, such as {@code multipart/form-data; boundary="x"}. Immutable.
 *
 * @param value what stands before the first semicolon, in lower case
 * @param parameters by their names in lower case
 */
record HeaderValue(String value, Map<String, String> parameters) {
    private static final int MAX_PARAMETERS = 16;

    HeaderValue {
        parameters = Map.copyOf(parameters);
    }

    /** The value as it is written; empty if there is none, or it is not of this form. */
    static Optional<HeaderValue> parse(@Nullable String text) {
        return text == null ? Optional.empty() : new Reader(text).read();
    }

    /** Reads a value from left to right. */
    private static final class Reader {
        private final String text;
        private int position;

        Reader(String text) {
            this.text = text;
        }

        Optional<HeaderValue> read() {
            String value = until(";").strip().toLowerCase(Locale.ROOT);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            Map<String, String> parameters = new HashMap<>();
            while (position < text.length()) {
                position++; // the semicolon
                String name = until("=;").strip().toLowerCase(Locale.ROOT);
                if (name.isEmpty() && !at('=')) {
                    continue; // a semicolon too many does no harm
                }
                if (!at('=') || parameters.size() == MAX_PARAMETERS) {
                    return Optional.empty();
                }
                position++;
                String parameter = parameter();
                if (parameter == null || parameters.put(name, parameter) != null) {
                    return Optional.empty();
                }
            }
            return Optional.of(new HeaderValue(value, parameters));
        }

        private @Nullable String parameter() {
            while (at(' ') || at('\t')) {
                position++;
            }
            if (!at('"')) {
                return until(";").strip();
            }
            position++;
            StringBuilder quoted = new StringBuilder();
            while (!at('"')) {
                // A browser's file name may hold backslashes that escape nothing.
                if (at('\\') && (next('"') || next('\\'))) {
                    position++;
                }
                if (position >= text.length()) {
                    return null;
                }
                quoted.append(text.charAt(position++));
            }
            position++;
            return until(";").isBlank() ? quoted.toString() : null;
        }

        private boolean at(char expected) {
            return position < text.length() && text.charAt(position) == expected;
        }

        private boolean next(char expected) {
            return position + 1 < text.length() && text.charAt(position + 1) == expected;
        }

        /** What stands before the first of these characters; all that is left if none comes. */
        private String until(String ends) {
            int start = position;
            while (position < text.length() && ends.indexOf(text.charAt(position)) < 0) {
                position++;
            }
            return text.substring(start, position);
        }
    }
}
