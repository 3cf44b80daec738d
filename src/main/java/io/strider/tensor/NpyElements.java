package io.strider.tensor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads elements of any type through one small buffer. */
final class NpyElements {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream input;
    private final NpyHeader header;
    private final ByteBuffer buffer;
    private long read;

    NpyElements(InputStream input, NpyHeader header) {
        this.input = input;
        this.header = header;
        int bytes = (int) Math.min(BUFFER_BYTES, header.dataBytes());
        this.buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads the next elements, not more than 64 KiB of them. */
    void read(float[] target, int count) throws IOException {
        fill(count);
        switch (header.type()) {
            case FLOAT32 -> buffer.asFloatBuffer().get(target, 0, count);
            case FLOAT64 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = (float) buffer.getDouble();
                }
            }
            case UINT8 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = buffer.get() & 0xff;
                }
            }
            default -> throw notFloats();
        }
    }

    /** Reads the next elements, not more than 64 KiB of them. */
    void read(double[] target, int at, int count) throws IOException {
        fill(count);
        switch (header.type()) {
            case FLOAT32 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = buffer.getFloat();
                }
            }
            case FLOAT64 -> buffer.asDoubleBuffer().get(target, at, count);
            case UINT8 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = buffer.get() & 0xff;
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = Float.float16ToFloat(buffer.getShort());
                }
            }
            default -> throw notFloats();
        }
    }

    /** Reads the next whole numbers or truths; types without a sign are cut to size later. */
    void read(long[] target, int at, int count) throws IOException {
        fill(count);
        for (int i = 0; i < count; i++) {
            target[at + i] =
                    switch (header.type().bytes) {
                        case Byte.BYTES -> buffer.get();
                        case Short.BYTES -> buffer.getShort();
                        case Integer.BYTES -> buffer.getInt();
                        default -> buffer.getLong();
                    };
        }
    }

    private IllegalStateException notFloats() {
        return new IllegalStateException("not read as floating-point: " + header.type());
    }

    private void fill(int count) throws IOException {
        int wanted = count * header.type().bytes;
        int got = input.readNBytes(buffer.array(), 0, wanted);
        read += got;
        if (got < wanted) {
            throw new NpyFormatException(
                    "ends after %d bytes of elements (expected: %d)"
                            .formatted(read, header.dataBytes()));
        }
        buffer.clear();
    }
}
