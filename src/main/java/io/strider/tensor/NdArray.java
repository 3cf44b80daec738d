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
 * <p>Made for exactness and plain loops, not for speed: floating-point elements are kept as {@code
 * double}, whole numbers and truths as {@code long}, each rounded or wrapped to its type when the
 * array is made.
 *
 * <p>Immutable and thread-safe. Two are equal if type, shape and all elements are; NaN equals NaN.
 */
public final class NdArray {
    private static final double[] NO_DOUBLES = {};
    private static final long[] NO_LONGS = {};

    private final ElementType type;
    private final long[] shape;
    private final int count;

    /** The elements if the type is floating-point. */
    private final double[] doubles;

    /** The elements if it is not. */
    private final long[] longs;

    private NdArray(ElementType type, long[] shape, int count, double[] doubles, long[] longs) {
        this.type = type;
        this.shape = shape;
        this.count = count;
        this.doubles = doubles;
        this.longs = longs;
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
        double[] rounded = values.clone();
        if (type != ElementType.FLOAT64) {
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = type.round(rounded[i]);
            }
        }
        return new NdArray(type, sizes, values.length, rounded, NO_LONGS);
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
        long[] wrapped = values.clone();
        for (int i = 0; i < wrapped.length; i++) {
            wrapped[i] = type.wrap(wrapped[i]);
        }
        return new NdArray(type, sizes, values.length, NO_DOUBLES, wrapped);
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
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return new NdArray(ElementType.FLOAT32, tensor.shape(), values.length, doubles, NO_LONGS);
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
        if (type.isFloating()) {
            return doubles[index];
        }
        long value = longs[index];
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
        return type.isFloating() ? (long) doubles[index] : longs[index];
    }

    /** All elements as {@link #getDouble} gives them, in row-major order; a new array. */
    public double[] toDoubles() {
        if (type.isFloating()) {
            return doubles.clone();
        }
        double[] values = new double[count];
        Arrays.setAll(values, this::getDouble);
        return values;
    }

    /** All elements as {@link #getLong} gives them, in row-major order; a new array. */
    public long[] toLongs() {
        if (!type.isFloating()) {
            return longs.clone();
        }
        long[] values = new long[count];
        Arrays.setAll(values, this::getLong);
        return values;
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
            return ofLongs(to, longs, shape);
        }
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = to == ElementType.BOOL ? (doubles[i] != 0 ? 1 : 0) : whole(doubles[i], to);
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
        return new NdArray(type, sizes(count, newShape), count, doubles, longs);
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

    private float[] floats() {
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
                && Arrays.equals(longs, array.longs);
    }

    @Override
    public int hashCode() {
        int elements = Arrays.hashCode(doubles) + Arrays.hashCode(longs);
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
            text.append(type.isFloating() ? String.valueOf(doubles[i]) : unsigned(longs[i]));
        }
        return text.append('}').toString();
    }

    private String unsigned(long value) {
        return type == ElementType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
}
