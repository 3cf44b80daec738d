package io.strider.tensor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A strict parser of the one Python literal that an {@code .npy} header holds:
 *
 * <pre>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</pre>
 *
 * The three keys may stand in any order, each once, and no others; strings may have either quote
 * and no escapes; blanks are free between words. There is no recursion and each character is looked
 * at once.
 */
final class NpyDictionary {
    private static final int LONGEST_QUOTE = 40;

    private final String text;
    private final boolean longSuffix;
    private int at;

    private @Nullable String descr;
    private @Nullable Boolean fortranOrder;
    private long @Nullable [] shape;

    private NpyDictionary(String text, boolean longSuffix) {
        this.text = text;
        this.longSuffix = longSuffix;
    }

    /**
     * @param longSuffix whether sizes may end with L, as Python 2 wrote them
     */
    static NpyDictionary parse(String text, boolean longSuffix) throws NpyFormatException {
        NpyDictionary dictionary = new NpyDictionary(text, longSuffix);
        dictionary.parse();
        return dictionary;
    }

    String descr() throws NpyFormatException {
        return present("descr", descr);
    }

    boolean fortranOrder() throws NpyFormatException {
        return present("fortran_order", fortranOrder);
    }

    long[] shape() throws NpyFormatException {
        return present("shape", shape);
    }

    private static <T> T present(String key, @Nullable T value) throws NpyFormatException {
        if (value == null) {
            throw new NpyFormatException(
                    "header: no key '"
                            + key
                            + "' (expected: 'descr', 'fortran_order' and 'shape')");
        }
        return value;
    }

    private void parse() throws NpyFormatException {
        expect('{');
        while (!accept('}')) {
            String key = string("a key");
            expect(':');
            value(key);
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skipBlanks();
        if (at < text.length()) {
            throw unexpected("nothing but blanks after }");
        }
    }

    private void value(String key) throws NpyFormatException {
        switch (key) {
            case "descr" -> {
                once(key, descr);
                descr = string("a simple type (structured ones cannot be read)");
            }
            case "fortran_order" -> {
                once(key, fortranOrder);
                fortranOrder = truth();
            }
            case "shape" -> {
                once(key, shape);
                shape = tuple();
            }
            default ->
                    throw new NpyFormatException(
                            "header: key '%s' (expected: 'descr', 'fortran_order' or 'shape')"
                                    .formatted(printable(key)));
        }
    }

    private static void once(String key, @Nullable Object before) throws NpyFormatException {
        if (before != null) {
            throw new NpyFormatException("header: key '" + key + "' twice (expected: once)");
        }
    }

    private String string(String what) throws NpyFormatException {
        skipBlanks();
        char quote = at < text.length() ? text.charAt(at) : 0;
        if (quote != '\'' && quote != '"') {
            throw unexpected(what + " in quotes");
        }
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != quote) {
            char inside = text.charAt(end);
            if (inside == '\\' || inside < ' ') {
                at = end;
                throw unexpected("a closing quote, and no escapes or control characters before it");
            }
            end++;
        }
        if (end == text.length()) {
            throw unexpected("a closing quote");
        }
        String value = text.substring(at + 1, end);
        at = end + 1;
        return value;
    }

    private boolean truth() throws NpyFormatException {
        skipBlanks();
        for (String word : new String[] {"True", "False"}) {
            if (text.startsWith(word, at)) {
                at += word.length();
                return word.equals("True");
            }
        }
        throw unexpected("True or False");
    }

    private long[] tuple() throws NpyFormatException {
        expect('(');
        long[] sizes = new long[Strides.MAX_RANK];
        int rank = 0;
        while (!accept(')')) {
            if (rank == sizes.length) {
                throw unexpected("at most " + Strides.MAX_RANK + " dimensions");
            }
            sizes[rank++] = size();
            boolean comma = accept(',');
            if (!comma) {
                expect(')');
                // To Python (3) is a number; only (3,) is a tuple.
                if (rank == 1) {
                    at--;
                    throw unexpected("a comma, as in (" + sizes[0] + ",)");
                }
                break;
            }
        }
        return Arrays.copyOf(sizes, rank);
    }

    private long size() throws NpyFormatException {
        skipBlanks();
        int start = at;
        long value = 0;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            int digit = text.charAt(at) - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                at = start;
                throw unexpected("a size below 2^63");
            }
            value = value * 10 + digit;
            at++;
        }
        boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
        if (at == start || leadingZero) {
            at = start;
            throw unexpected("a size, 0 or a positive whole number");
        }
        if (longSuffix && at < text.length() && text.charAt(at) == 'L') {
            at++;
        }
        return value;
    }

    private boolean accept(char wanted) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == wanted) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char wanted) throws NpyFormatException {
        if (!accept(wanted)) {
            throw unexpected(String.valueOf(wanted));
        }
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private NpyFormatException unexpected(String wanted) {
        String found = at == text.length() ? "the end" : "'" + printable(text.substring(at)) + "'";
        return new NpyFormatException(
                "header: %s at character %d (expected: %s)".formatted(found, at, wanted));
    }

    /** Short, and without anything that a terminal would obey. */
    static String printable(String found) {
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < found.length() && i < LONGEST_QUOTE; i++) {
            char character = found.charAt(i);
            safe.append(character >= ' ' && character < 0x7f ? character : '?');
        }
        return found.length() > LONGEST_QUOTE ? safe + "…" : safe.toString();
    }
}
