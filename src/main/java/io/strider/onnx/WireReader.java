package io.strider.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Walks through the fields of nested protocol buffer messages. It knows where it is, for messages
 * to the user, and takes no length on trust: each is held against what remains of the message
 * around it, and what it makes is charged to a {@link ReadBudget} first.
 *
 * <p>Stricter than protocol buffers ask for: a known field of another wire type is refused, not
 * skipped, and so are groups, which ONNX does not have.
 *
 * <p>For one thread. Source: the encoding's description at protobuf.dev.
 */
final class WireReader {
    /** Wire types. */
    static final int VARINT = 0;

    static final int FIXED64 = 1;
    static final int LENGTH_DELIMITED = 2;
    static final int FIXED32 = 5;

    /** No record, list and map entry that one message becomes takes more than this. */
    private static final long BYTES_PER_MESSAGE = 512;

    /** A string's object, its array's header and its place in a list or map. */
    private static final long BYTES_PER_TEXT = 128;

    private static final int BUFFER = 4096;

    /** Payloads up to here go on the heap: a call of the system costs more than to copy them. */
    private static final int FEW = 2048;

    /** Objects around a payload on the heap. */
    private static final long BYTES_PER_PAYLOAD = 96;

    private final String source;
    private final ModelBytes bytes;
    private final CodedInputStream input;
    private final ReadBudget budget;
    private final Deque<Place> places = new ArrayDeque<>();
    private int field;
    private int wireType;

    /** One message on the way from the file to here. */
    private static final class Place {
        final String kind;
        final int index;
        @Nullable String name;

        Place(String kind, int index) {
            this.kind = kind;
            this.index = index;
        }

        @Override
        public String toString() {
            String numbered = index < 0 ? kind : kind + " " + index;
            return name == null ? numbered : numbered + " " + Quoted.of(name);
        }
    }

    /**
     * What reads the fields of one message.
     *
     * @param <T> what it makes of them
     */
    @FunctionalInterface
    interface Fields<T> {
        T read() throws IOException;
    }

    /**
     * @param source what messages call the file
     * @param bytes the whole message, at most 2³¹ − 1 bytes
     */
    WireReader(String source, ModelBytes bytes, ReadBudget budget) {
        this.source = source;
        this.bytes = bytes;
        this.budget = budget;
        this.input = CodedInputStream.newInstance(bytes.stream(), BUFFER);
    }

    /**
     * Reads everything.
     *
     * @throws OnnxFormatException also for what the parser of protocol buffers refuses
     */
    <T> T whole(Fields<T> fields) throws IOException {
        try {
            input.pushLimit(Math.toIntExact(bytes.size()));
            return fields.read();
        } catch (InvalidProtocolBufferException malformed) {
            throw refused(
                    "no well-formed protocol buffer: a field is broken or ends early", malformed);
        }
    }

    /**
     * Goes to the next field of this message.
     *
     * @return false at the message's end
     */
    boolean next() throws IOException {
        int tag = input.readTag();
        if (tag == 0) {
            return false;
        }
        field = tag >>> 3;
        wireType = tag & 7;
        return true;
    }

    /** The number of the current field. */
    int field() {
        return field;
    }

    /** Whether the current field is a length and bytes, as packed lists are. */
    boolean isLengthDelimited() {
        return wireType == LENGTH_DELIMITED;
    }

    /** Reads the current field, an integer. */
    long integer() throws IOException {
        expect(VARINT);
        return input.readRawVarint64();
    }

    /** Reads the current field, four bytes, as a float. */
    float float32() throws IOException {
        expect(FIXED32);
        return input.readFloat();
    }

    /** Reads the current field, four bytes, as they are. */
    int fixed32() throws IOException {
        expect(FIXED32);
        return input.readFixed32();
    }

    /** Reads the current field, eight bytes, as they are. */
    long fixed64() throws IOException {
        expect(FIXED64);
        return input.readFixed64();
    }

    /** The bytes of the current field: a few on the heap, many off it; read-only. */
    MemorySegment payload() throws IOException {
        int length = length();
        if (length <= FEW) {
            charge(BYTES_PER_PAYLOAD + length);
            return MemorySegment.ofArray(input.readRawBytes(length)).asReadOnly();
        }
        long start = input.getTotalBytesRead();
        input.skipRawBytes(length);
        return bytes.run(start, length);
    }

    /** Reads the current field, a text, and checks that it is UTF-8. */
    String text(String what) throws IOException {
        int length = length();
        charge(BYTES_PER_TEXT + 2L * length);
        byte[] encoded = input.readRawBytes(length);
        String text = new String(encoded, StandardCharsets.UTF_8);
        // Only what decodes to the replacement character can have been malformed.
        if (text.indexOf('\uFFFD') < 0) {
            return text;
        }
        charge(3L * length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(encoded)).toString();
        } catch (CharacterCodingException malformed) {
            throw refused("%s: %s (expected: UTF-8)".formatted(what, Quoted.of(text)), malformed);
        }
    }

    /** Reads the current field, a message. */
    <T> T message(String kind, Fields<T> fields) throws IOException {
        return message(kind, -1, fields);
    }

    /**
     * Reads the current field, a message.
     *
     * @param kind what messages to the user call it
     * @param index the how many-th of its list, or -1 if it is no list's
     */
    <T> T message(String kind, int index, Fields<T> fields) throws IOException {
        int length = length();
        charge(BYTES_PER_MESSAGE);
        // Not taken off when reading fails: the place is what the message tells.
        places.addLast(new Place(kind, index));
        int outer = input.pushLimit(length);
        T value = fields.read();
        if (input.getBytesUntilLimit() != 0) {
            throw refused("message: ends before its length");
        }
        input.popLimit(outer);
        places.removeLast();
        return value;
    }

    /**
     * Gives the message that is being read its name, for messages to the user. The outermost has
     * that of the file.
     */
    void named(String name) {
        Place place = places.peekLast();
        if (place != null) {
            place.name = name;
        }
    }

    /** Passes over the current field. */
    void skip() throws IOException {
        switch (wireType) {
            case VARINT -> input.readRawVarint64();
            case FIXED64 -> input.skipRawBytes(Long.BYTES);
            case FIXED32 -> input.skipRawBytes(Integer.BYTES);
            case LENGTH_DELIMITED -> input.skipRawBytes(length());
            default ->
                    throw refused(
                            "field %d: wire type %d (expected: 0, 1, 2 or 5)"
                                    .formatted(field, wireType));
        }
    }

    /** Charges heap memory before it is allocated. */
    void charge(long heapBytes) throws OnnxFormatException {
        if (!budget.takeObjects(heapBytes)) {
            throw refused(
                    "names, nodes and lists: more than %d bytes in memory (expected: at most that, the limit)"
                            .formatted(budget.limits().objectBytes()));
        }
    }

    /** Charges off-heap memory before it is allocated. */
    void chargeData(long bytes) throws OnnxFormatException {
        if (!budget.takeData(bytes)) {
            throw refused(
                    "elements: %d bytes more (expected: at most %d in all, the limit)"
                            .formatted(bytes, budget.limits().dataBytes()));
        }
    }

    /**
     * An exception that says where.
     *
     * @param rule the name, the value and what was expected
     */
    OnnxFormatException refused(String rule) {
        return new OnnxFormatException(at(rule));
    }

    /** As {@link #refused(String)}, with what lies beneath. */
    OnnxFormatException refused(String rule, Throwable cause) {
        return new OnnxFormatException(at(rule), cause);
    }

    private String at(String rule) {
        StringBuilder text = new StringBuilder(source).append(": ");
        for (Iterator<Place> place = places.iterator(); place.hasNext(); ) {
            text.append(place.next()).append(place.hasNext() ? ", " : ": ");
        }
        return text.append(rule)
                .append(" [byte ")
                .append(input.getTotalBytesRead())
                .append("]")
                .toString();
    }

    private int length() throws IOException {
        expect(LENGTH_DELIMITED);
        long length = input.readRawVarint64();
        int remaining = input.getBytesUntilLimit();
        if (length < 0 || length > remaining) {
            throw refused(
                    "field %d: length %s (expected: at most %d, what remains of the message)"
                            .formatted(field, Long.toUnsignedString(length), remaining));
        }
        return (int) length;
    }

    private void expect(int expected) throws OnnxFormatException {
        if (wireType != expected) {
            throw refused(
                    "field %d: wire type %d (expected: %d)".formatted(field, wireType, expected));
        }
    }
}
