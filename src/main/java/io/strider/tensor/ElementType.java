package io.strider.tensor;

import java.util.Locale;

/**
 * The types that elements of an {@link NdArray} can have. {@link Tensor} is always {@link
 * #FLOAT32}.
 */
public enum ElementType {
    /** IEEE 754 binary32. */
    FLOAT32(Kind.FLOATING, 32),
    /** IEEE 754 binary64. */
    FLOAT64(Kind.FLOATING, 64),
    /** IEEE 754 binary16. */
    FLOAT16(Kind.FLOATING, 16),
    /** The upper half of a binary32. */
    BFLOAT16(Kind.FLOATING, 16),
    /** Signed, 8 bits. */
    INT8(Kind.SIGNED, 8),
    /** Signed, 16 bits. */
    INT16(Kind.SIGNED, 16),
    /** Signed, 32 bits. */
    INT32(Kind.SIGNED, 32),
    /** Signed, 64 bits. */
    INT64(Kind.SIGNED, 64),
    /** Unsigned, 8 bits. */
    UINT8(Kind.UNSIGNED, 8),
    /** Unsigned, 16 bits. */
    UINT16(Kind.UNSIGNED, 16),
    /** Unsigned, 32 bits. */
    UINT32(Kind.UNSIGNED, 32),
    /** Unsigned, 64 bits; held in a {@code long} of the same bits. */
    UINT64(Kind.UNSIGNED, 64),
    /** 0 or 1, a byte each. */
    BOOL(Kind.TRUTH, 8);

    private enum Kind {
        FLOATING,
        SIGNED,
        UNSIGNED,
        TRUTH
    }

    private final Kind kind;
    private final int bits;

    ElementType(Kind kind, int bits) {
        this.kind = kind;
        this.bits = bits;
    }

    /** Bytes of one element in a file. */
    public int bytes() {
        return bits / Byte.SIZE;
    }

    /** Whether elements are floating-point numbers. */
    public boolean isFloating() {
        return kind == Kind.FLOATING;
    }

    /** Whether elements are whole numbers; {@link #BOOL} is not. */
    public boolean isInteger() {
        return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
    }

    /** Whether elements are whole numbers without a sign. */
    public boolean isUnsigned() {
        return kind == Kind.UNSIGNED;
    }

    /** The nearest number of this floating-point type, ties to even. */
    double round(double value) {
        return switch (this) {
            case FLOAT32 -> (float) value;
            case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            case BFLOAT16 -> bfloat16((float) value);
            default -> value;
        };
    }

    private static float bfloat16(float value) {
        if (Float.isNaN(value)) {
            return value;
        }
        int bits = Float.floatToRawIntBits(value);
        int half = 0x7fff + ((bits >>> 16) & 1); // ties go to the even upper half
        return Float.intBitsToFloat((bits + half) & 0xffff0000);
    }

    /** The number of this integer type with the same low bits; for {@link #BOOL} 0 or 1. */
    long wrap(long value) {
        if (kind == Kind.TRUTH) {
            return value == 0 ? 0 : 1;
        }
        int unused = Long.SIZE - bits;
        return kind == Kind.SIGNED
                ? value << unused >> unused
                : unused == 0 ? value : value & (-1L >>> unused);
    }

    /** The least number of an integer type. */
    public long least() {
        return kind == Kind.SIGNED ? -1L << (bits - 1) : 0;
    }

    /** The greatest number of an integer type, for {@link #UINT64} as the bits of a long: −1. */
    public long greatest() {
        return switch (kind) {
            case SIGNED -> -1L >>> (Long.SIZE - bits + 1);
            case TRUTH -> 1;
            default -> -1L >>> (Long.SIZE - bits);
        };
    }

    /** In lower case, as NumPy and ONNX write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
