package io.strider.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Objects;

/**
 * An array of numbers of any {@link ElementType} on the Java heap, row-major: shapes, indices,
 * truths, and whatever else a network holds beside its float32 tensors.
 *
 * <p>Made for exactness and plain loops, not for speed: floating-point elements are told as {@code
 * double}, whole numbers and truths as {@code long}, each rounded or wrapped to its type when the
 * array is made. Those of float32 and of eight bits lie as densely as their types.
 *
 * <p>Immutable and thread-safe. Two are equal if type, shape and all elements are; NaN equals NaN.
 */
public final class NdArray {
    private static final double[] NO_DOUBLES = {};
    private static final long[] NO_LONGS = {};
    private static final float[] NO_FLOATS = {};
    private static final byte[] NO_BYTES = {};

    private final ElementType type;
    private final long[] shape;
    private final int count;

    /** The elements if the type is floating-point but not float32. */
    private final double[] doubles;

    /** The elements of float32. */
    private final float[] floats;

    /** The elements if the type is an integer of more than eight bits. */
    private final long[] longs;

    /** The elements of eight bits, truths among them. */
    private final byte[] bytes;

    private NdArray(ElementType type, long[] shape, int count, Object elements) {
        this.type = type;
        this.shape = shape;
        this.count = count;
        this.doubles = elements instanceof double[] array ? array : NO_DOUBLES;
        this.floats = elements instanceof float[] array ? array : NO_FLOATS;
        this.longs = elements instanceof long[] array ? array : NO_LONGS;
        this.bytes = elements instanceof byte[] array ? array : NO_BYTES;
    }

    private Object elements() {
        return isFloat32() ? floats : type.isFloating() ? doubles : isBytes() ? bytes : longs;
    }

    private boolean isFloat32() {
        return type == ElementType.FLOAT32;
    }

    private boolean isBytes() {
        return type.bytes() == 1;
    }

    /**
     * An array of a floating-point type.
     *
     * @param values the elements in row-major order, copied, each rounded to the type
     * @throws IllegalArgumentException for another type, a bad shape, or a length that is not the
     *     shape's element count
     */
    public static NdArray ofDoubles(ElementType type, double[] values, long... shape) {
        if (!type.isFloating()) {
            throw Arguments.refused("type: %s (expected: a floating-point type)", type);
        }
        long[] sizes = sizes(values.length, shape);
        if (type == ElementType.FLOAT32) {
            float[] narrowed = new float[values.length];
            for (int i = 0; i < narrowed.length; i++) {
                narrowed[i] = (float) values[i];
            }
            return new NdArray(type, sizes, values.length, narrowed);
        }
        double[] rounded = values.clone();
        if (type != ElementType.FLOAT64) {
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = type.round(rounded[i]);
            }
        }
        return new NdArray(type, sizes, values.length, rounded);
    }

    /**
     * An array of float32.
     *
     * @param values the elements in row-major order, copied
     * @throws IllegalArgumentException for a bad shape, or a length that is not the shape's element
     *     count
     */
    public static NdArray ofFloats(float[] values, long... shape) {
        long[] sizes = sizes(values.length, shape);
        return new NdArray(ElementType.FLOAT32, sizes, values.length, values.clone());
    }

    /**
     * An array of {@link ElementType#INT8} or {@link ElementType#UINT8}.
     *
     * @param values the elements' bits in row-major order, copied
     * @throws IllegalArgumentException for another type, a bad shape, or a length that is not the
     *     shape's element count
     */
    public static NdArray ofBytes(ElementType type, byte[] values, long... shape) {
        if (!type.isInteger() || type.bytes() != 1) {
            throw Arguments.refused("type: %s (expected: int8 or uint8)", type);
        }
        return new NdArray(type, sizes(values.length, shape), values.length, values.clone());
    }

    /**
     * An array of an integer type or of truths.
     *
     * @param values the elements in row-major order, copied, each cut to the type's bits; for
     *     {@link ElementType#BOOL} anything but 0 is 1
     * @throws IllegalArgumentException for another type, a bad shape, or a length that is not the
     *     shape's element count
     */
    public static NdArray ofLongs(ElementType type, long[] values, long... shape) {
        if (type.isFloating()) {
            throw Arguments.refused("type: %s (expected: an integer type or bool)", type);
        }
        long[] sizes = sizes(values.length, shape);
        if (type.bytes() == 1) {
            byte[] narrowed = new byte[values.length];
            for (int i = 0; i < narrowed.length; i++) {
                narrowed[i] = (byte) type.wrap(values[i]);
            }
            return new NdArray(type, sizes, values.length, narrowed);
        }
        long[] wrapped = values.clone();
        for (int i = 0; i < wrapped.length; i++) {
            wrapped[i] = type.wrap(wrapped[i]);
        }
        return new NdArray(type, sizes, values.length, wrapped);
    }

    /** Whole numbers in one dimension, such as a shape or a list of axes. */
    public static NdArray ofIndices(long... values) {
        return ofLongs(ElementType.INT64, values, values.length);
    }

    /** One number without dimensions, converted as by {@link #cast}. */
    public static NdArray scalar(ElementType type, double value) {
        return ofDoubles(ElementType.FLOAT64, new double[] {value}).cast(type);
    }

    /**
     * A copy of a tensor's elements, of type {@link ElementType#FLOAT32}.
     *
     * @throws IllegalArgumentException if there are 2³¹ elements or more
     * @throws IllegalStateException if the tensor's arena is closed
     */
    public static NdArray of(Tensor tensor) {
        float[] values = tensor.toArray();
        return new NdArray(ElementType.FLOAT32, tensor.shape(), values.length, values);
    }

    private static long[] sizes(int length, long[] shape) {
        long[] sizes = Strides.checkedShape(shape);
        long expected = Strides.elementCount(sizes);
        if (length != expected) {
            throw Arguments.refused(
                    "values: %s elements (expected: %s for shape %s)", length, expected, sizes);
        }
        return sizes;
    }

    /** What the elements are. */
    public ElementType type() {
        return type;
    }

    /** The number of dimensions. */
    public int rank() {
        return shape.length;
    }

    /** The sizes; a new array. */
    public long[] shape() {
        return shape.clone();
    }

    /**
     * The size of one dimension.
     *
     * @throws IllegalArgumentException if there is no such dimension
     */
    public long size(int dim) {
        return shape[Arguments.dimension("dim", dim, shape.length)];
    }

    /** How many elements there are. */
    public int count() {
        return count;
    }

    /**
     * An element as a double; {@link ElementType#UINT64} is read without a sign.
     *
     * @param index in row-major order
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public double getDouble(int index) {
        Objects.checkIndex(index, count);
        if (isFloat32()) {
            return floats[index];
        }
        if (type.isFloating()) {
            return doubles[index];
        }
        long value = whole(index);
        return type == ElementType.UINT64 && value < 0
                ? (value >>> 1 | (value & 1)) * 2.0
                : (double) value;
    }

    /**
     * An element as a long: fractions are cut off, what is too large becomes the nearest long, NaN
     * 0. For {@link ElementType#UINT64} the same bits.
     *
     * @param index in row-major order
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public long getLong(int index) {
        Objects.checkIndex(index, count);
        return isFloat32()
                ? (long) floats[index]
                : type.isFloating() ? (long) doubles[index] : whole(index);
    }

    /** An element that is no floating-point number. */
    private long whole(int index) {
        return !isBytes()
                ? longs[index]
                : type.isUnsigned() ? Byte.toUnsignedLong(bytes[index]) : bytes[index];
    }

    /** All elements as {@link #getDouble} gives them, in row-major order; a new array. */
    public double[] toDoubles() {
        if (type.isFloating() && !isFloat32()) {
            return doubles.clone();
        }
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = getDouble(i);
        }
        return values;
    }

    /** All elements as {@link #getLong} gives them, in row-major order; a new array. */
    public long[] toLongs() {
        if (!type.isFloating() && !isBytes()) {
            return longs.clone();
        }
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = getLong(i);
        }
        return values;
    }

    /**
     * All elements as float32, in row-major order: those of float32 as they are, others rounded; a
     * new array.
     */
    public float[] toFloats() {
        return isFloat32() ? floats.clone() : floats();
    }

    /**
     * An array of float32 with what a table holds for each element.
     *
     * @param table 256 values, at the elements' bits as an unsigned number
     * @throws IllegalArgumentException if the elements are not of eight bits, or the table has
     *     another length
     */
    public NdArray lookedUp(float[] table) {
        if (!isBytes()) {
            throw Arguments.refused("type: %s (expected: one of eight bits)", type);
        }
        if (table.length != 1 << Byte.SIZE) {
            throw Arguments.refused("table: %s values (expected: 256)", table.length);
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = table[bytes[i] & 0xff];
        }
        return new NdArray(ElementType.FLOAT32, shape, count, values);
    }

    /**
     * The same numbers in another type: rounded to nearest for a floating-point type; for an
     * integer type fractions are cut off and high bits dropped; for {@link ElementType#BOOL}
     * anything but 0 is 1, NaN too.
     */
    public NdArray cast(ElementType to) {
        if (to == type) {
            return this;
        }
        if (to.isFloating()) {
            return ofDoubles(to, toDoubles(), shape);
        }
        if (!type.isFloating()) {
            return ofLongs(to, toLongs(), shape);
        }
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            double value = getDouble(i);
            values[i] = to == ElementType.BOOL ? (value != 0 ? 1 : 0) : whole(value, to);
        }
        return ofLongs(to, values, shape);
    }

    private static long whole(double value, ElementType to) {
        boolean beyondLong = to == ElementType.UINT64 && value >= 0x1p63 && value < 0x1p64;
        return beyondLong ? new BigDecimal(value).toBigInteger().longValue() : (long) value;
    }

    /**
     * The same elements in another shape.
     *
     * @throws IllegalArgumentException for a bad shape or one of another element count
     */
    public NdArray reshape(long... newShape) {
        return new NdArray(type, sizes(count, newShape), count, elements());
    }

    /** A new row-major tensor of the elements, rounded to float32. */
    public Tensor toTensor(Arena arena) {
        return Tensor.of(arena, floats(), shape);
    }

    /**
     * Writes the elements, rounded to float32, into a tensor of the same shape.
     *
     * @throws IllegalArgumentException if the shape differs or the tensor cannot be written
     */
    public void copyTo(Tensor target) {
        target.copyFrom(Tensor.wrap(offHeap(floats()), shape));
    }

    /** The elements rounded to float32, not to be written. */
    private float[] floats() {
        if (isFloat32()) {
            return floats;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) getDouble(i);
        }
        return values;
    }

    private static MemorySegment offHeap(float[] values) {
        return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NdArray array
                && type == array.type
                && Arrays.equals(shape, array.shape)
                && Arrays.equals(doubles, array.doubles)
                && Arrays.equals(floats, array.floats)
                && Arrays.equals(longs, array.longs)
                && Arrays.equals(bytes, array.bytes);
    }

    @Override
    public int hashCode() {
        int elements =
                Arrays.hashCode(doubles)
                        + Arrays.hashCode(floats)
                        + Arrays.hashCode(longs)
                        + Arrays.hashCode(bytes);
        return 31 * (31 * type.hashCode() + Arrays.hashCode(shape)) + elements;
    }

    /** Type, shape and the first elements. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(type).append(Arrays.toString(shape)).append(" {");
        for (int i = 0; i < count; i++) {
            if (i == 16) {
                text.append(", …");
                break;
            }
            text.append(i == 0 ? "" : ", ");
            text.append(type.isFloating() ? String.valueOf(getDouble(i)) : unsigned(whole(i)));
        }
        return text.append('}').toString();
    }

    private String unsigned(long value) {
        return type == ElementType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
}
