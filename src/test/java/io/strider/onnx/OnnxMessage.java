package io.strider.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A protocol buffer message in the making: fields in the order in which they are added. Large
 * payloads are referenced, not copied, until the message is written.
 */
public final class OnnxMessage {
    private static final int SMALL = 64;

    private final List<byte[]> parts = new ArrayList<>();
    private long size;

    /** Writes something small. */
    private interface Encoding {
        void write(CodedOutputStream output) throws IOException;
    }

    private OnnxMessage encode(Encoding encoding) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream output = CodedOutputStream.newInstance(bytes, SMALL);
            encoding.write(output);
            output.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return raw(bytes.toByteArray());
    }

    /** Adds bytes as they are: whole fields, or what is meant to be none. */
    public OnnxMessage raw(byte[] bytes) {
        parts.add(bytes);
        size += bytes.length;
        return this;
    }

    /** Adds an integer. */
    public OnnxMessage integer(int field, long value) {
        return encode(output -> output.writeInt64(field, value));
    }

    /** Adds four bytes. */
    public OnnxMessage float32(int field, float value) {
        return encode(output -> output.writeFloat(field, value));
    }

    /** Adds eight bytes. */
    public OnnxMessage float64(int field, double value) {
        return encode(output -> output.writeDouble(field, value));
    }

    /** Adds a text. */
    public OnnxMessage text(int field, String value) {
        return encode(output -> output.writeString(field, value));
    }

    /** Adds bytes with their length. */
    public OnnxMessage bytes(int field, byte[] value) {
        header(field, value.length);
        return raw(value);
    }

    /** Adds a message with its length. */
    public OnnxMessage message(int field, OnnxMessage value) {
        header(field, value.size);
        value.parts.forEach(this::raw);
        return this;
    }

    /** Adds the beginning of a field of bytes, whatever follows. */
    public OnnxMessage header(int field, long length) {
        return encode(output -> {
            output.writeTag(field, 2);
            output.writeUInt64NoTag(length);
        });
    }

    /** Adds integers in one run. */
    public OnnxMessage packedIntegers(int field, long... values) {
        OnnxMessage run = new OnnxMessage();
        run.encode(output -> {
            for (long value : values) {
                output.writeInt64NoTag(value);
            }
        });
        return message(field, run);
    }

    /** Adds floats in one run. */
    public OnnxMessage packedFloats(int field, float... values) {
        return bytes(field, littleEndian(values));
    }

    /** Adds doubles in one run. */
    public OnnxMessage packedDoubles(int field, double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Double.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(values);
        return bytes(field, bytes.array());
    }

    static byte[] littleEndian(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return bytes.array();
    }

    /** Everything so far. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
        parts.forEach(bytes::put);
        return bytes.array();
    }

    /** Writes everything so far. */
    public void writeTo(OutputStream output) throws IOException {
        for (byte[] part : parts) {
            output.write(part);
        }
    }
}
