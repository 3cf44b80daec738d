package io.strider.onnx;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor of an ONNX file: element type, sizes, and the elements as the file holds them.
 *
 * <p>The elements lie in memory of the arena that the file was read into, or on the heap if they
 * are few: little-endian, row-major, at any address, not to be written. Whether they are as many as
 * the sizes say has been checked.
 *
 * @param name may be empty, except an initializer's
 * @param elementTypeCode the code of an {@link OnnxElementType}, never a string's
 * @param dims the sizes, none negative, at most eight
 * @param data the elements
 */
@SuppressWarnings("ArrayRecordComponent") // cloned on the way out; compared by nobody
record OnnxTensor(String name, int elementTypeCode, long[] dims, MemorySegment data) {
    private static final ValueLayout.OfShort SHORT =
            JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The sizes; a new array. */
    @Override
    public long[] dims() {
        return dims.clone();
    }

    /**
     * What the elements are.
     *
     * @throws OnnxFormatException if {@link io.strider.tensor} has no such type
     */
    ElementType elementType() throws OnnxFormatException {
        OnnxElementType type = OnnxElementType.ofCode(elementTypeCode);
        ElementType elementType = type == null ? null : type.elementType();
        if (elementType == null) {
            throw refused("cannot be computed with");
        }
        return elementType;
    }

    /** How many elements there are. */
    long count() {
        // Cannot overflow: checked when the file was read.
        long count = 1;
        for (long size : dims) {
            count *= size;
        }
        return count;
    }

    /**
     * The elements on the heap, eight bytes each.
     *
     * @throws OnnxFormatException if {@link NdArray} has no such type, or cannot hold as many
     * @throws IllegalStateException if the arena is closed
     */
    NdArray toArray() throws OnnxFormatException {
        ElementType type = elementType();
        int count = Math.toIntExact(Math.min(count(), Integer.MAX_VALUE));
        if (count > Integer.MAX_VALUE - 8) {
            throw refused("has too many elements (expected: at most 2147483639)");
        }
        if (type == ElementType.FLOAT32) {
            float[] values = new float[count];
            MemorySegment.copy(data, FLOAT, 0, values, 0, count);
            return NdArray.ofFloats(values, dims);
        }
        if (type.isInteger() && type.bytes() == 1) {
            return NdArray.ofBytes(type, data.toArray(JAVA_BYTE), dims);
        }
        if (type.isFloating()) {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = floating(type, i);
            }
            return NdArray.ofDoubles(type, values, dims);
        }
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = whole(type, i);
        }
        return NdArray.ofLongs(type, values, dims);
    }

    /**
     * The elements as a row-major float32 tensor: those of float32 in place and read-only if they
     * lie off the heap at a multiple of four bytes on a little-endian machine, otherwise a copy;
     * those of other floating-point types rounded.
     *
     * @param arena where a copy goes; the memory in place lives as long as the arena of the file
     * @throws OnnxFormatException if the elements are no floating-point numbers
     * @throws IllegalStateException if an arena is closed
     */
    Tensor toTensor(Arena arena) throws OnnxFormatException {
        ElementType type = elementType();
        if (!type.isFloating()) {
            throw refused("is no tensor of floating-point numbers (expected: one)");
        }
        boolean native32 =
                type == ElementType.FLOAT32 && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        if (native32 && data.isNative() && data.address() % Float.BYTES == 0) {
            return Tensor.wrap(data, dims);
        }
        Tensor tensor = Tensor.zeros(arena, dims);
        MemorySegment target = tensor.segment();
        if (native32) {
            MemorySegment.copy(data, 0, target, 0, data.byteSize());
            return tensor;
        }
        long count = count();
        for (long i = 0; i < count; i++) {
            target.setAtIndex(JAVA_FLOAT, i, (float) floating(type, i));
        }
        return tensor;
    }

    private double floating(ElementType type, long index) {
        long offset = index * type.bytes();
        return switch (type) {
            case FLOAT32 -> data.get(FLOAT, offset);
            case FLOAT64 -> data.get(DOUBLE, offset);
            case FLOAT16 -> Float.float16ToFloat(data.get(SHORT, offset));
            default -> Float.intBitsToFloat(data.get(SHORT, offset) << 16);
        };
    }

    /** Signs are left to {@link NdArray#ofLongs}, which keeps as many bits as the type has. */
    private long whole(ElementType type, long index) {
        long offset = index * type.bytes();
        return switch (type.bytes()) {
            case Byte.BYTES -> data.get(JAVA_BYTE, offset);
            case Short.BYTES -> data.get(SHORT, offset);
            case Integer.BYTES -> data.get(INT, offset);
            default -> data.get(LONG, offset);
        };
    }

    private OnnxFormatException refused(String rule) {
        return new OnnxFormatException("tensor %s: %s %s".formatted(Quoted.of(name), kind(), rule));
    }

    private String kind() {
        return OnnxElementType.describe(elementTypeCode) + Arrays.toString(dims);
    }

    /** Name, type and sizes. */
    @Override
    public String toString() {
        return name + ": " + kind();
    }
}
