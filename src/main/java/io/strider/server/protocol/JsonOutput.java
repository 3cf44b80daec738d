package io.strider.server.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Writes JSON into memory. */
final class JsonOutput {
    /** The media type. */
    static final String TYPE = "application/json";

    /** The most characters that a float32 takes, and its comma: {@code -1.17549435E-38,}. */
    static final int FLOAT_LENGTH = 16;

    private static final JsonFactory FACTORY =
            JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

    private JsonOutput() {}

    /**
     * An object.
     *
     * @param expected about how many bytes there will be
     * @param fields writes the fields
     */
    static byte[] object(int expected, Consumer<JsonGenerator> fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(expected);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            fields.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** A field with a text, whose broken characters, if it has any, become question marks. */
    static void text(JsonGenerator json, String name, String value) {
        json.writeStringProperty(name, new String(value.getBytes(UTF_8), UTF_8));
    }

    /** An array of the shortest decimals that give these float32 numbers again. */
    static void floats(JsonGenerator json, float[] values) {
        json.writeStartArray();
        for (float value : values) {
            number(json, value);
        }
        json.writeEndArray();
    }

    /** The shortest decimal that gives this float32 number again; null if it is not finite. */
    static void number(JsonGenerator json, float value) {
        if (Float.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }

    /** The shortest decimal that gives this float64 number again; null if it is not finite. */
    static void number(JsonGenerator json, double value) {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }
}
