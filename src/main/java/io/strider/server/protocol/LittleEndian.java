package io.strider.server.protocol;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.strider.server.inference.RefusedException;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.nio.ByteBuffer;

/** Numbers as bytes, the lowest first, row-major and without gaps. */
final class LittleEndian {
    private LittleEndian() {}

    /** Rows of float32, one behind the other. */
    static byte[] bytes(float[]... rows) {
        int count = 0;
        for (float[] row : rows) {
            count = Math.addExact(count, row.length);
        }
        byte[] array = new byte[Math.multiplyExact(count, Float.BYTES)];
        ByteBuffer bytes = ByteBuffer.wrap(array).order(LITTLE_ENDIAN);
        for (float[] row : rows) {
            for (float value : row) {
                bytes.putFloat(value);
            }
        }
        return array;
    }

    /**
     * The elements of an array, each in its type's size.
     *
     * @throws ArithmeticException if they are more than an array of bytes holds
     */
    static byte[] bytes(NdArray values) {
        int count = values.count();
        ElementType type = values.type();
        byte[] array = new byte[Math.multiplyExact(count, type.bytes())];
        ByteBuffer bytes = ByteBuffer.wrap(array).order(LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            switch (type) {
                case FLOAT32 -> bytes.putFloat((float) values.getDouble(i));
                case FLOAT64 -> bytes.putDouble(values.getDouble(i));
                case FLOAT16 -> bytes.putShort(Float.floatToFloat16((float) values.getDouble(i)));
                case BFLOAT16 -> bytes.putShort(bfloat16((float) values.getDouble(i)));
                case INT8, UINT8, BOOL -> bytes.put((byte) values.getLong(i));
                case INT16, UINT16 -> bytes.putShort((short) values.getLong(i));
                case INT32, UINT32 -> bytes.putInt((int) values.getLong(i));
                case INT64, UINT64 -> bytes.putLong(values.getLong(i));
            }
        }
        return array;
    }

    private static short bfloat16(float value) {
        return (short) (Float.floatToRawIntBits(value) >>> 16);
    }

    /**
     * Reads an array.
     *
     * @param body where its bytes stand, as many as the shape needs
     * @throws RefusedException if a truth is neither 0 nor 1
     */
    static NdArray read(byte[] body, int start, ElementType type, int count, long... shape)
            throws RefusedException {
        ByteBuffer bytes = ByteBuffer.wrap(body, start, count * type.bytes()).order(LITTLE_ENDIAN);
        if (type == ElementType.FLOAT32) {
            float[] values = new float[count];
            bytes.asFloatBuffer().get(values);
            return NdArray.ofFloats(values, shape);
        }
        if (type.isFloating()) {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] =
                        switch (type) {
                            case FLOAT16 -> Float.float16ToFloat(bytes.getShort());
                            case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort() << 16);
                            default -> bytes.getDouble();
                        };
            }
            return NdArray.ofDoubles(type, values, shape);
        }
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] =
                    switch (type.bytes()) {
                        case 1 -> bytes.get();
                        case 2 -> bytes.getShort();
                        case 4 -> bytes.getInt();
                        default -> bytes.getLong();
                    };
            if (type == ElementType.BOOL && (values[i] & ~1) != 0) {
                throw JsonInput.refused(
                        "BOOL: byte %d at element %d (expected: 0 or 1)".formatted(values[i], i));
            }
        }
        return NdArray.ofLongs(type, values, shape);
    }
}
