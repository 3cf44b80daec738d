package io.strider.server.protocol;

import io.strider.server.inference.RefusedException;
import io.strider.server.inference.RefusedException.Reason;
import java.io.Writer;
import java.math.BigInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * A JSON object that is read field by field as it streams by. Each method reads the value that is
 * there now, and says in its message, under the name it is given, what was expected instead. For
 * one thread.
 */
final class JsonInput {
    /** Reading allocates at most this many times the body's length, and a megabyte. */
    static final int MEMORY_FACTOR = 24;

    private static final int MAX_NESTING = 32;
    private static final int MAX_NUMBER = 1000;
    private static final int MAX_NAME = 256;

    /** Names in a document, each of which takes memory while its object is open. */
    private static final int MAX_NAMES = 10_000;

    private static final int MAX_SHOWN = 64;

    /** Strings are as long as the body at most: pictures are. They are never read whole. */
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_NESTING)
                                    .maxNumberLength(MAX_NUMBER)
                                    .maxNameLength(MAX_NAME)
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    /** Reads the value of a field. */
    interface Fields {
        /** Must read or skip the value. */
        void read(String name, JsonInput value) throws RefusedException;
    }

    /** Reads an element of an array. */
    interface Elements {
        /** Must read or skip the element. */
        void read(int index, JsonInput element) throws RefusedException;
    }

    /** Reads a value. */
    interface Value {
        /** Must read the value. */
        void read(JsonInput value) throws RefusedException;
    }

    private final JsonParser parser;
    private int names;

    private JsonInput(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads the object that begins the body.
     *
     * @param length how many bytes of the body are JSON, all of which the object must take up
     * @throws RefusedException if it is not one object of JSON in UTF-8
     */
    static void readObject(byte[] body, int length, Fields fields) throws RefusedException {
        if (length == 0) {
            throw refused("body: empty (expected: a JSON object)");
        }
        for (int i = 0; i < Math.min(4, length); i++) {
            if (body[i] == 0 || (body[i] & 0xff) >= 0xfe) {
                throw refused("body: not UTF-8 (expected: JSON in UTF-8)");
            }
        }
        read(body, 0, length, input -> input.object("body", fields));
    }

    /** Reads a range of the body that holds one value. */
    static void read(byte[] body, int start, int end, Value value) throws RefusedException {
        try (JsonParser parser =
                FACTORY.createParser(ObjectReadContext.empty(), body, start, end - start)) {
            JsonInput input = new JsonInput(parser);
            parser.nextToken();
            value.read(input);
            if (parser.nextToken() != null) {
                throw refused("body: more behind its JSON (expected: its end)");
            }
        } catch (JacksonException malformed) {
            String why = String.valueOf(malformed.getOriginalMessage());
            throw refused(
                    "body: not valid JSON at byte %d: %s"
                            .formatted(
                                    malformed.getLocation() == null
                                            ? start
                                            : start + malformed.getLocation().getByteOffset(),
                                    why.substring(0, Math.min(why.length(), 4 * MAX_SHOWN))));
        }
    }

    /** Reads an object. */
    void object(String path, Fields fields) throws RefusedException {
        expect(path, JsonToken.START_OBJECT, "an object");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            countName();
            parser.nextToken();
            fields.read(name, this);
        }
    }

    /** Reads an array. */
    void array(String path, Elements elements) throws RefusedException {
        expect(path, JsonToken.START_ARRAY, "an array");
        for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
            elements.read(index, this);
        }
    }

    private void expect(String path, JsonToken token, String words) throws RefusedException {
        if (parser.currentToken() != token) {
            throw refused("%s: %s (expected: %s)".formatted(path, kind(), words));
        }
    }

    private void countName() throws RefusedException {
        if (++names > MAX_NAMES) {
            throw refused("body: more than %d names (expected: fewer)".formatted(MAX_NAMES));
        }
    }

    /** Whether the value is {@code null}. */
    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    /** Whether the value is a string. */
    boolean isText() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    /** Whether the value is an array. */
    boolean isArray() {
        return parser.currentToken() == JsonToken.START_ARRAY;
    }

    /** A string of 1 to so many characters. */
    String text(String path, int maxLength) throws RefusedException {
        expect(path, JsonToken.VALUE_STRING, "a string");
        ShortText text = new ShortText(maxLength);
        parser.readString(text);
        if (text.length == 0 || text.length > maxLength) {
            throw refused(
                    "%s: a string of %d characters (expected: 1 to %d)"
                            .formatted(path, text.length, maxLength));
        }
        return text.characters.toString();
    }

    /** The bytes of a picture, given as base64 or as a data URI. */
    byte[] picture(String path) throws RefusedException {
        expect(path, JsonToken.VALUE_STRING, "a picture as base64 or data URI, a string");
        Base64Text text = new Base64Text();
        parser.readString(text);
        return text.bytes(path);
    }

    /** A whole number in a range. */
    long whole(String path, long least, long greatest) throws RefusedException {
        BigInteger value = whole(path);
        if (value.bitLength() > 63 || value.longValue() < least || value.longValue() > greatest) {
            throw refused(
                    "%s: %s (expected: %d to %d)"
                            .formatted(path, shown(value.toString()), least, greatest));
        }
        return value.longValue();
    }

    /** A whole number of any size. */
    BigInteger whole(String path) throws RefusedException {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                    ? parser.getBigIntegerValue()
                    : BigInteger.valueOf(parser.getLongValue());
        }
        throw refused("%s: %s (expected: a whole number)".formatted(path, kind()));
    }

    /** A number, rounded to the nearest float32: infinite if it is larger than those. */
    float float32(String path) throws RefusedException {
        expectNumber(path);
        return parser.getFloatValue();
    }

    /** A number, rounded to the nearest float64: infinite if it is larger than those. */
    double float64(String path) throws RefusedException {
        expectNumber(path);
        return parser.getDoubleValue();
    }

    private void expectNumber(String path) throws RefusedException {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw refused("%s: %s (expected: a number)".formatted(path, kind()));
        }
    }

    /** Whether the value is true; 1 and 0 will do. */
    boolean truth(String path) throws RefusedException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        }
        if (token == JsonToken.VALUE_NUMBER_INT) {
            return whole(path, 0, 1) == 1;
        }
        throw refused("%s: %s (expected: true or false)".formatted(path, kind()));
    }

    /** Steps over the value; its names count. */
    void skip() throws RefusedException {
        int depth = 0;
        do {
            JsonToken token = parser.currentToken();
            if (token == JsonToken.PROPERTY_NAME) {
                countName();
            } else if (token != null && token.isStructStart()) {
                depth++;
            } else if (token != null && token.isStructEnd()) {
                depth--;
            }
        } while (depth > 0 && parser.nextToken() != null);
    }

    /** Where the value begins in the body. */
    int start() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Where what was read last ends in the body. */
    int end() {
        return (int) parser.currentLocation().getByteOffset();
    }

    private String kind() {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case null -> "nothing";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "a whole number";
            case VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE -> "true";
            case VALUE_FALSE -> "false";
            case VALUE_NULL -> "null";
            default -> "nothing";
        };
    }

    /** A sender's text as far as a message repeats it. */
    static String shown(String text) {
        if (text.length() <= MAX_SHOWN) {
            return text;
        }
        boolean halves = Character.isHighSurrogate(text.charAt(MAX_SHOWN - 1));
        return text.substring(0, halves ? MAX_SHOWN - 1 : MAX_SHOWN) + "…";
    }

    /** A request that is not what it should be. */
    static RefusedException refused(String message) {
        return new RefusedException(Reason.BAD_REQUEST, message);
    }

    /** The beginning of a string, and how long it is. */
    private static final class ShortText extends Writer {
        private final int most;
        private final StringBuilder characters = new StringBuilder();
        private long length;

        ShortText(int most) {
            this.most = most;
        }

        @Override
        public void write(char[] text, int start, int count) {
            length += count;
            characters.append(text, start, Math.min(count, most - characters.length()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
