package io.strider.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * A float32 tensor of rank 0 to 8: a strided view over a native {@link MemorySegment}.
 *
 * <p>Element (i₀, i₁, …) is the float at index {@code offset() + i₀·stride(0) + i₁·stride(1) + …}
 * of {@code segment()}. Offsets and strides count elements. That every such index lies inside the
 * segment is proven when the tensor is made, so that kernels need not check again.
 *
 * <p>A tensor never owns memory: the arena behind the segment does, and whoever opened it closes
 * it. Shape, strides and offset never change. Tensors may be used from many threads as far as their
 * arena allows; access to the elements is not synchronised. {@link #equals} and {@link #hashCode}
 * are those of identity: to compare values there is {@link #equalsWithin}.
 */
public final class Tensor {
    /** A cache line, so that rows of freshly allocated tensors suit vector loads. */
    private static final long ALLOCATION_ALIGNMENT = 64;

    private final MemorySegment segment;
    private final long offset;
    private final long[] shape;
    private final long[] strides;
    private final long elementCount;

    /** For arguments that are already proven: the arrays are kept, not copied. */
    private Tensor(MemorySegment segment, long offset, long[] shape, long[] strides) {
        this.segment = segment;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
        this.elementCount = Strides.elementCount(shape);
    }

    /**
     * Allocates a tensor of zeros in row-major order.
     *
     * @param arena where the memory comes from
     * @param shape the sizes, none negative; no sizes make a tensor of one element
     * @throws IllegalArgumentException if the rank is above 8, a size is negative or the byte count
     *     overflows
     */
    public static Tensor zeros(Arena arena, long... shape) {
        return zeros(arena, MemoryFormat.CHANNELS_FIRST, shape);
    }

    /**
     * Allocates a tensor of zeros.
     *
     * @param arena where the memory comes from
     * @param format how the elements lie in memory
     * @param shape the sizes in logical order, none negative
     * @throws IllegalArgumentException for a bad shape, or CHANNELS_LAST and a rank other than 4
     */
    public static Tensor zeros(Arena arena, MemoryFormat format, long... shape) {
        Tensor tensor = allocate(arena, format, shape);
        // The JDK's arenas give zeroed memory, but an arena of the caller's own may recycle.
        tensor.segment.fill((byte) 0);
        return tensor;
    }

    private static Tensor allocate(Arena arena, MemoryFormat format, long[] shape) {
        Objects.requireNonNull(arena, "arena");
        Objects.requireNonNull(format, "format");
        long[] sizes = Strides.checkedShape(shape);
        long[] strides = Strides.of(format, sizes);
        long bytes = Strides.elementCount(sizes) * Float.BYTES;
        return new Tensor(arena.allocate(bytes, ALLOCATION_ALIGNMENT), 0, sizes, strides);
    }

    /**
     * Allocates a row-major tensor and copies values into it.
     *
     * @param values the elements in row-major order; as many as the shape has
     * @throws IllegalArgumentException for a bad shape or a length that is not its element count
     */
    public static Tensor of(Arena arena, float[] values, long... shape) {
        Objects.requireNonNull(values, "values");
        long count = Strides.elementCount(Strides.checkedShape(shape));
        if (values.length != count) {
            throw new IllegalArgumentException(
                    "values: "
                            + values.length
                            + " elements (expected: "
                            + count
                            + " for shape "
                            + Arrays.toString(shape)
                            + ")");
        }
        Tensor tensor = allocate(arena, MemoryFormat.CHANNELS_FIRST, shape);
        MemorySegment.copy(values, 0, tensor.segment, JAVA_FLOAT, 0, values.length);
        return tensor;
    }

    /**
     * A row-major tensor over existing native memory, which is shared, not copied.
     *
     * @param segment native or mapped, its address a multiple of 4, at least as large as the shape
     *     needs
     * @throws IllegalArgumentException for a heap segment, an unaligned or a too small one, or a
     *     bad shape
     */
    public static Tensor wrap(MemorySegment segment, long... shape) {
        Objects.requireNonNull(segment, "segment");
        long[] sizes = Strides.checkedShape(shape);
        return within(segment, sizes, Strides.rowMajor(sizes), 0);
    }

    /**
     * A row-major tensor over a direct buffer's elements between position and limit, shared.
     *
     * @param buffer direct and of the machine's byte order
     * @throws IllegalArgumentException for a heap buffer, the other byte order, too few elements or
     *     a bad shape
     */
    public static Tensor wrap(FloatBuffer buffer, long... shape) {
        return wrap(segmentOf(buffer, buffer.isDirect(), buffer.order()), shape);
    }

    /**
     * A row-major tensor over a direct buffer's bytes between position and limit, shared.
     *
     * @param buffer direct, of the machine's byte order ({@code order(ByteOrder.nativeOrder())}),
     *     its position at an address that is a multiple of 4
     * @throws IllegalArgumentException for a heap buffer, the other byte order, an odd address, too
     *     few bytes or a bad shape
     */
    public static Tensor wrap(ByteBuffer buffer, long... shape) {
        return wrap(segmentOf(buffer, buffer.isDirect(), buffer.order()), shape);
    }

    private static MemorySegment segmentOf(Buffer buffer, boolean direct, ByteOrder order) {
        if (!direct) {
            throw new IllegalArgumentException("buffer: on the heap (expected: a direct buffer)");
        }
        if (order != ByteOrder.nativeOrder()) {
            throw new IllegalArgumentException(
                    "buffer: "
                            + order
                            + " (expected: native order, "
                            + ByteOrder.nativeOrder()
                            + ")");
        }
        return MemorySegment.ofBuffer(buffer);
    }

    /**
     * Maps raw float32 values of a file into memory, read-only and without copying.
     *
     * <p>The file must not be truncated while the mapping is in use: the operating system then
     * stops the process when native code touches the lost pages.
     *
     * @param path a regular file of values in the machine's byte order, row-major
     * @param byteOffset where the values begin, a multiple of 4
     * @param arena how long the mapping lives
     * @throws IllegalArgumentException for a bad shape or offset
     * @throws IOException if the path is no readable regular file or is too short
     */
    public static Tensor map(Path path, long byteOffset, Arena arena, long... shape)
            throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(arena, "arena");
        long[] sizes = Strides.checkedShape(shape);
        long bytes = Strides.elementCount(sizes) * Float.BYTES;
        return wrap(Files32.map(path, byteOffset, bytes, arena), sizes);
    }

    /** The only way from unproven strides to a tensor. */
    private static Tensor within(MemorySegment segment, long[] shape, long[] strides, long offset) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException(
                    "segment: on the heap (expected: native or mapped memory, as native code reads it)");
        }
        if (segment.address() % Float.BYTES != 0) {
            throw new IllegalArgumentException(
                    "segment: address 0x"
                            + Long.toHexString(segment.address())
                            + " (expected: a multiple of 4)");
        }
        long available = segment.byteSize() / Float.BYTES;
        long span = Strides.span(shape, strides);
        long needed = Strides.isEmpty(shape) ? 0 : span + 1;
        if (needed < 0 || offset > available - needed) {
            throw new IllegalArgumentException(
                    "segment: "
                            + segment.byteSize()
                            + " bytes, "
                            + available
                            + " elements (expected: "
                            + (offset == 0 ? "" : "offset " + offset + " + ")
                            + Long.toUnsignedString(needed)
                            + " elements for shape "
                            + Arrays.toString(shape)
                            + ", strides "
                            + Arrays.toString(strides)
                            + ")");
        }
        return new Tensor(segment, offset, shape, strides);
    }

    /** The number of dimensions, 0 to 8. */
    public int rank() {
        return shape.length;
    }

    /** The size of one dimension. */
    public long size(int dim) {
        return shape[checkDim("dim", dim, rank())];
    }

    /** The sizes of all dimensions, in an array of the caller's own. */
    public long[] shape() {
        return shape.clone();
    }

    /** The distance, in elements, between neighbours along one dimension. */
    public long stride(int dim) {
        return strides[checkDim("dim", dim, rank())];
    }

    /** The strides of all dimensions, in an array of the caller's own. */
    public long[] strides() {
        return strides.clone();
    }

    /** The product of the sizes: 1 for rank 0, 0 if a size is 0. */
    public long elementCount() {
        return elementCount;
    }

    /** The memory that this tensor views, whole: the first element is at index {@link #offset}. */
    public MemorySegment segment() {
        return segment;
    }

    /** The index in {@link #segment}, in elements, of element (0, …, 0). */
    public long offset() {
        return offset;
    }

    /** Whether the memory refuses to be written, as that of a mapped file does. */
    public boolean isReadOnly() {
        return segment.isReadOnly();
    }

    /**
     * Whether the elements lie row-major without gaps. Sizes of 1 have no say; empty tensors are.
     */
    public boolean isContiguous() {
        return isContiguous(MemoryFormat.CHANNELS_FIRST);
    }

    /**
     * Whether the elements lie in a format without gaps; never CHANNELS_LAST for ranks other than
     * 4.
     */
    public boolean isContiguous(MemoryFormat format) {
        return Strides.isLaidOutAs(Objects.requireNonNull(format, "format"), shape, strides);
    }

    /**
     * Whether two different indices may reach the same element, as after {@link #expand} or {@link
     * #unfold}. True also for interlocking strides that cannot cheaply be proven harmless; false is
     * certain.
     */
    public boolean overlapsItself() {
        return Strides.mayOverlapItself(shape, strides);
    }

    /**
     * Whether this tensor and another may share an element. Compared are the addresses from the
     * first to the last element; where those ranges meet, tensors that interleave (channel halves
     * of a channels-last tensor, blocks of columns, every second element) are still told apart when
     * a stride proves it. True where no proof is found; false is certain, save for two mappings of
     * one file, which have different addresses. Empty tensors overlap nothing.
     */
    public boolean overlaps(Tensor other) {
        Objects.requireNonNull(other, "other");
        if (elementCount == 0 || other.elementCount == 0) {
            return false;
        }
        long distance =
                other.segment.address() / Float.BYTES
                        + other.offset
                        - (segment.address() / Float.BYTES + offset);
        boolean apart =
                distance > Strides.span(shape, strides)
                        || -distance > Strides.span(other.shape, other.strides);
        return !apart
                && !Strides.interleaveApart(shape, strides, other.shape, other.strides, distance);
    }

    /**
     * Checks that the calling thread can read the elements now.
     *
     * @param argument the name that messages give to this tensor
     * @throws IllegalStateException if the arena has been closed
     * @throws WrongThreadException if the arena is confined to another thread
     */
    public void requireReadable(String argument) {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException(argument + ": its arena has been closed");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException(
                    argument
                            + ": its arena is confined to another thread than "
                            + Thread.currentThread());
        }
    }

    /**
     * Checks that the calling thread can write all elements now, each in its own place.
     *
     * @param argument the name that messages give to this tensor
     * @throws IllegalStateException if the arena has been closed
     * @throws WrongThreadException if the arena is confined to another thread
     * @throws IllegalArgumentException if the memory is read-only or the tensor {@linkplain
     *     #overlapsItself overlaps itself}
     */
    public void requireWritable(String argument) {
        requireReadable(argument);
        if (isReadOnly()) {
            throw new IllegalArgumentException(
                    argument + ": read-only (expected: writable memory)");
        }
        if (overlapsItself()) {
            throw new IllegalArgumentException(
                    argument
                            + ": shape "
                            + Arrays.toString(shape)
                            + " with strides "
                            + Arrays.toString(strides)
                            + " (expected: no two indices for one element)");
        }
    }

    /** A view of the indices {@code from} (inclusive) to {@code to} (exclusive) of a dimension. */
    public Tensor slice(int dim, long from, long to) {
        return slice(dim, from, to, 1);
    }

    /**
     * A view of every {@code step}-th index of a dimension, from {@code from} (inclusive) to {@code
     * to} (exclusive).
     *
     * @throws IllegalArgumentException unless 0 ≤ from ≤ to ≤ size(dim) and step ≥ 1
     */
    public Tensor slice(int dim, long from, long to, long step) {
        checkDim("dim", dim, rank());
        if (from < 0 || to < from || to > shape[dim]) {
            throw new IllegalArgumentException(
                    "from, to: "
                            + from
                            + ", "
                            + to
                            + " (expected: 0 <= from <= to <= "
                            + shape[dim]
                            + ", the size of dimension "
                            + dim
                            + ")");
        }
        checkPositive("step", step);
        long size = (to - from) / step + ((to - from) % step == 0 ? 0 : 1);
        return with(dim, from, size, step);
    }

    /** A view without dimension {@code dim}, of which only one index is kept. */
    public Tensor select(int dim, long index) {
        checkDim("dim", dim, rank());
        checkIndex(dim, index);
        return with(dim, index, 1, 1).squeeze(dim);
    }

    /**
     * Every step-th of one dimension. Empty views stay where they are, so that no offset leaves the
     * segment.
     */
    private Tensor with(int dim, long from, long size, long step) {
        long[] sizes = shape.clone();
        sizes[dim] = size;
        long[] steps = strides.clone();
        if (size > 1) {
            steps[dim] *= step;
        }
        long first = Strides.isEmpty(sizes) ? offset : offset + from * strides[dim];
        return new Tensor(segment, first, sizes, steps);
    }

    /**
     * A view with the dimensions in another order: dimension i of the result is {@code dims[i]} of
     * this.
     *
     * @throws IllegalArgumentException unless every dimension is named once
     */
    public Tensor permute(int... dims) {
        int rank = rank();
        long[] sizes = new long[rank];
        long[] steps = new long[rank];
        int seen = 0;
        for (int i = 0; i < Math.min(rank, dims.length); i++) {
            int dim = checkDim("dims[" + i + "]", dims[i], rank);
            seen |= 1 << dim;
            sizes[i] = shape[dim];
            steps[i] = strides[dim];
        }
        if (dims.length != rank || Integer.bitCount(seen) != rank) {
            throw new IllegalArgumentException(
                    "dims: "
                            + Arrays.toString(dims)
                            + " (expected: each of the "
                            + rank
                            + " dimensions once)");
        }
        return new Tensor(segment, offset, sizes, steps);
    }

    /** A view with two dimensions exchanged. */
    public Tensor transpose(int first, int second) {
        checkDim("first", first, rank());
        checkDim("second", second, rank());
        int[] dims = new int[rank()];
        Arrays.setAll(dims, i -> i == first ? second : i == second ? first : i);
        return permute(dims);
    }

    /**
     * A view with another shape and the same elements in the same row-major order.
     *
     * @throws IllegalArgumentException if the element counts differ, or if the strides do not allow
     *     it without a copy: then call {@link #contiguous(Arena)} first
     */
    public Tensor reshape(long... shape) {
        long[] sizes = Strides.checkedShape(shape);
        if (Strides.elementCount(sizes) != elementCount) {
            throw new IllegalArgumentException(
                    "shape: "
                            + Arrays.toString(sizes)
                            + " (expected: "
                            + elementCount
                            + " elements, as shape "
                            + Arrays.toString(this.shape)
                            + " has)");
        }
        long[] steps = Strides.reshape(this.shape, strides, sizes);
        if (steps == null) {
            throw new IllegalArgumentException(
                    "shape: "
                            + Arrays.toString(sizes)
                            + " is no view of shape "
                            + Arrays.toString(this.shape)
                            + " with strides "
                            + Arrays.toString(strides)
                            + " (call contiguous(arena) first)");
        }
        return new Tensor(segment, offset, sizes, steps);
    }

    /** A view without a dimension of size 1. */
    public Tensor squeeze(int dim) {
        checkDim("dim", dim, rank());
        if (shape[dim] != 1) {
            throw new IllegalArgumentException(
                    "dim: " + dim + " of size " + shape[dim] + " (expected: size 1)");
        }
        return new Tensor(segment, offset, without(shape, dim), without(strides, dim));
    }

    /**
     * A view with a new dimension of size 1 before dimension {@code dim}; {@code rank()} appends
     * it.
     */
    public Tensor unsqueeze(int dim) {
        checkDim("dim", dim, rank() + 1);
        checkRankBelowMaximum();
        long stride = dim < rank() ? strides[dim] * Math.max(shape[dim], 1) : 1;
        return new Tensor(segment, offset, inserted(shape, dim, 1), inserted(strides, dim, stride));
    }

    /**
     * A view that repeats dimensions of size 1, with stride 0, until they have the wanted sizes.
     * New dimensions may be prepended. The result overlaps itself and is meant to be read.
     *
     * @param shape at least as many sizes as this rank; the last ones equal those of this tensor,
     *     or those are 1
     */
    public Tensor expand(long... shape) {
        long[] sizes = Strides.checkedShape(shape);
        int added = sizes.length - rank();
        long[] steps = new long[sizes.length];
        boolean fits = added >= 0;
        for (int dim = added; fits && dim < sizes.length; dim++) {
            long size = this.shape[dim - added];
            fits = size == 1 || size == sizes[dim];
            steps[dim] = size == sizes[dim] ? strides[dim - added] : 0;
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "shape: "
                            + Arrays.toString(sizes)
                            + " (expected: an expansion of "
                            + Arrays.toString(this.shape)
                            + ", in which only sizes of 1 change and new dimensions stand in front)");
        }
        return new Tensor(segment, offset, sizes, steps);
    }

    /**
     * A view with any shape and strides over the whole {@link #segment}.
     *
     * @param strides in elements, none negative
     * @param storageOffset where element (0, …, 0) is in the segment, in elements; {@link #offset}
     *     is not added
     * @throws IllegalArgumentException if an element would lie outside the segment
     */
    public Tensor asStrided(long[] shape, long[] strides, long storageOffset) {
        long[] sizes = Strides.checkedShape(shape);
        long[] steps = strides.clone();
        if (steps.length != sizes.length) {
            throw new IllegalArgumentException(
                    "strides: "
                            + steps.length
                            + " for shape "
                            + Arrays.toString(sizes)
                            + " (expected: one for each dimension)");
        }
        for (int dim = 0; dim < steps.length; dim++) {
            if (steps[dim] < 0) {
                throw new IllegalArgumentException(
                        "strides[" + dim + "]: " + steps[dim] + " (expected: >= 0)");
            }
        }
        if (storageOffset < 0) {
            throw new IllegalArgumentException(
                    "storageOffset: " + storageOffset + " (expected: >= 0)");
        }
        return within(segment, sizes, steps, storageOffset);
    }

    /**
     * A view of sliding windows along a dimension, as PyTorch's {@code unfold}: dimension {@code
     * dim} counts the windows, (size(dim) − size) / step + 1 of them, and a new last dimension of
     * {@code size} walks inside a window.
     *
     * @throws IllegalArgumentException unless 1 ≤ size ≤ size(dim) and step ≥ 1, and for rank 8
     */
    public Tensor unfold(int dim, long size, long step) {
        checkDim("dim", dim, rank());
        if (size < 1 || size > shape[dim]) {
            throw new IllegalArgumentException(
                    "size: "
                            + size
                            + " (expected: 1 to "
                            + shape[dim]
                            + ", the size of dimension "
                            + dim
                            + ")");
        }
        checkPositive("step", step);
        checkRankBelowMaximum();
        Tensor windows = with(dim, 0, (shape[dim] - size) / step + 1, step);
        return new Tensor(
                segment,
                offset,
                inserted(windows.shape, rank(), size),
                inserted(windows.strides, rank(), strides[dim]));
    }

    /** A row-major copy. */
    public Tensor contiguous(Arena arena) {
        return contiguous(arena, MemoryFormat.CHANNELS_FIRST);
    }

    /** A copy whose elements lie in a format without gaps. */
    public Tensor contiguous(Arena arena, MemoryFormat format) {
        requireReadable("tensor");
        Tensor copy = allocate(arena, format, shape);
        StridedCopy.copy(this, copy);
        return copy;
    }

    /**
     * Overwrites all elements with those of a tensor of the same shape and any strides.
     *
     * @param source not modified
     * @throws IllegalArgumentException if the shapes differ, the tensors overlap, or this is not
     *     writable
     */
    public void copyFrom(Tensor source) {
        Objects.requireNonNull(source, "source");
        if (!Arrays.equals(shape, source.shape)) {
            throw new IllegalArgumentException(
                    "source: shape "
                            + Arrays.toString(source.shape)
                            + " (expected: "
                            + Arrays.toString(shape)
                            + ")");
        }
        source.requireReadable("source");
        requireWritable("tensor");
        if (overlaps(source)) {
            throw new IllegalArgumentException(
                    "source: overlaps the tensor it is copied to (expected: memory of its own)");
        }
        StridedCopy.copy(source, this);
    }

    /** The element at an index, which has one entry for each dimension. */
    public float get(long... index) {
        return segment.getAtIndex(JAVA_FLOAT, position(index));
    }

    /**
     * Sets the element at an index, which has one entry for each dimension. Where strides repeat
     * elements, all indices of the element see the change.
     */
    public void set(float value, long... index) {
        if (isReadOnly()) {
            throw new IllegalArgumentException("tensor: read-only (expected: writable memory)");
        }
        segment.setAtIndex(JAVA_FLOAT, position(index), value);
    }

    private long position(long[] index) {
        if (index.length != rank()) {
            throw new IllegalArgumentException(
                    "index: " + Arrays.toString(index) + " (expected: " + rank() + " entries)");
        }
        long position = offset;
        for (int dim = 0; dim < index.length; dim++) {
            position += checkIndex(dim, index[dim]) * strides[dim];
        }
        return position;
    }

    /**
     * A copy of all elements in row-major order.
     *
     * @throws IllegalArgumentException if there are more than an array can hold
     */
    public float[] toArray() {
        requireReadable("tensor");
        if (elementCount > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "tensor: "
                            + elementCount
                            + " elements (expected: at most 2147483639 for an array)");
        }
        return StridedCopy.toArray(this);
    }

    /** Sets all elements to one value. */
    public void fill(float value) {
        requireWritable("tensor");
        StridedCopy.fill(this, value);
    }

    /**
     * Whether another tensor has the same shape and, at every index, |a − b| ≤ absolute +
     * relative·|b|, computed in double. Infinities equal only themselves; NaN equals nothing, not
     * even NaN.
     *
     * @param other b, the expected values; strides and memory format may differ
     * @param absolute the tolerance for values near zero, finite, not negative
     * @param relative the tolerance as a fraction of |b|, finite, not negative
     */
    public boolean equalsWithin(Tensor other, double absolute, double relative) {
        Objects.requireNonNull(other, "other");
        checkTolerance("absolute", absolute);
        checkTolerance("relative", relative);
        requireReadable("tensor");
        other.requireReadable("other");
        return Arrays.equals(shape, other.shape)
                && StridedCopy.equalWithin(this, other, absolute, relative);
    }

    /**
     * Shape, layout and values for people to read, the values shortened with … where there are more
     * than a thousand. Never fails: memory that cannot be read now is described instead.
     */
    @Override
    public String toString() {
        return TensorText.describe(this);
    }

    private static void checkTolerance(String argument, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " (expected: finite, >= 0)");
        }
    }

    private long checkIndex(int dim, long index) {
        if (index < 0 || index >= shape[dim]) {
            throw new IllegalArgumentException(
                    "index: "
                            + index
                            + " (expected: 0 to "
                            + (shape[dim] - 1)
                            + " in dimension "
                            + dim
                            + ")");
        }
        return index;
    }

    private void checkRankBelowMaximum() {
        if (rank() == Strides.MAX_RANK) {
            throw new IllegalArgumentException(
                    "tensor: rank 8 (expected: at most 7, as a dimension is added)");
        }
    }

    private static int checkDim(String argument, int dim, int rank) {
        if (dim < 0 || dim >= rank) {
            throw new IllegalArgumentException(
                    argument
                            + ": "
                            + dim
                            + (rank == 0
                                    ? " (expected: no dimension, the rank is 0)"
                                    : " (expected: 0 to " + (rank - 1) + ")"));
        }
        return dim;
    }

    private static void checkPositive(String argument, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(argument + ": " + value + " (expected: >= 1)");
        }
    }

    private static long[] without(long[] values, int dim) {
        long[] result = new long[values.length - 1];
        System.arraycopy(values, 0, result, 0, dim);
        System.arraycopy(values, dim + 1, result, dim, result.length - dim);
        return result;
    }

    private static long[] inserted(long[] values, int dim, long value) {
        long[] result = new long[values.length + 1];
        System.arraycopy(values, 0, result, 0, dim);
        result[dim] = value;
        System.arraycopy(values, dim, result, dim + 1, values.length - dim);
        return result;
    }
}
