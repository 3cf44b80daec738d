package io.strider.onnx;

import io.strider.tensor.ElementType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** ONNX's element types with their codes (TensorProto.DataType). */
enum OnnxElementType {
    FLOAT32(1, 32, ElementType.FLOAT32),
    UINT8(2, 8, ElementType.UINT8),
    INT8(3, 8, ElementType.INT8),
    UINT16(4, 16, ElementType.UINT16),
    INT16(5, 16, ElementType.INT16),
    INT32(6, 32, ElementType.INT32),
    INT64(7, 64, ElementType.INT64),
    /** Elements of no fixed size, which are never read. */
    STRING(8, 0, null),
    BOOL(9, 8, ElementType.BOOL),
    FLOAT16(10, 16, ElementType.FLOAT16),
    FLOAT64(11, 64, ElementType.FLOAT64),
    UINT32(12, 32, ElementType.UINT32),
    UINT64(13, 64, ElementType.UINT64),
    COMPLEX64(14, 64, null),
    COMPLEX128(15, 128, null),
    BFLOAT16(16, 16, ElementType.BFLOAT16),
    FLOAT8E4M3FN(17, 8, null),
    FLOAT8E4M3FNUZ(18, 8, null),
    FLOAT8E5M2(19, 8, null),
    FLOAT8E5M2FNUZ(20, 8, null),
    UINT4(21, 4, null),
    INT4(22, 4, null),
    FLOAT4E2M1(23, 4, null),
    FLOAT8E8M0(24, 8, null);

    private final int code;
    private final int bits;
    private final @Nullable ElementType elementType;

    OnnxElementType(int code, int bits, @Nullable ElementType elementType) {
        this.code = code;
        this.bits = bits;
        this.elementType = elementType;
    }

    /** The type of a code, or null if there is none. */
    static @Nullable OnnxElementType ofCode(int code) {
        // The codes are dense from 1 on.
        return code >= 1 && code <= values().length ? values()[code - 1] : null;
    }

    /** The type's name, or {@code type 99} for a code that has none. */
    static String describe(int code) {
        OnnxElementType type = ofCode(code);
        return type == null ? "type " + code : type.toString();
    }

    int code() {
        return code;
    }

    /** Bits of one element. */
    int bits() {
        return bits;
    }

    /** The same type in {@link io.strider.tensor}, or null if that cannot hold it. */
    @Nullable ElementType elementType() {
        return elementType;
    }

    /**
     * Bytes of {@code count} elements; those of four bits lie two in a byte.
     *
     * @throws ArithmeticException if that overflows
     */
    long bytesOf(long count) {
        return bits < Byte.SIZE
                ? Math.ceilDiv(count, Byte.SIZE / bits)
                : Math.multiplyExact(count, (long) bits / Byte.SIZE);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
