package io.strider.tensor;

import static io.strider.tensor.Arguments.refused;
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
    private final Layout layout;

    /** For a layout that is proven to fit the segment. */
    private Tensor(MemorySegment segment, Layout layout) {
        this.segment = segment;
        this.layout = layout;
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

    /** Elements undefined. */
    static Tensor allocate(Arena arena, MemoryFormat format, long[] shape) {
        Objects.requireNonNull(arena, "arena");
        Objects.requireNonNull(format, "format");
        Layout layout = Layout.of(format, shape);
        long bytes = layout.elementCount * Float.BYTES;
        // Proven like any other segment, as the arena may be of the caller's own making.
        return within(arena.allocate(bytes, ALLOCATION_ALIGNMENT), layout);
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
            throw refused(
                    "values: %s elements (expected: %s for shape %s)", values.length, count, shape);
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
        return within(segment, Layout.of(MemoryFormat.CHANNELS_FIRST, shape));
    }

    /**
     * A row-major tensor over a direct buffer's elements between position and limit, shared.
     *
     * @param buffer direct and of the machine's byte order
     * @throws IllegalArgumentException for a heap buffer, the other byte order, too few elements or
     *     a bad shape
     */
    public static Tensor wrap(FloatBuffer buffer, long... shape) {
        Objects.requireNonNull(buffer, "buffer");
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
        Objects.requireNonNull(buffer, "buffer");
        return wrap(segmentOf(buffer, buffer.isDirect(), buffer.order()), shape);
    }

    private static MemorySegment segmentOf(Buffer buffer, boolean direct, ByteOrder order) {
        if (!direct) {
            throw refused("buffer: on the heap (expected: a direct buffer)");
        }
        if (order != ByteOrder.nativeOrder()) {
            throw refused("buffer: %s (expected: %s, native)", order, ByteOrder.nativeOrder());
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
        Layout layout = Layout.of(MemoryFormat.CHANNELS_FIRST, shape);
        long bytes = layout.elementCount * Float.BYTES;
        return within(InputFiles.map(path, byteOffset, bytes, arena), layout);
    }

    /** The only way from an unproven layout to a tensor. */
    private static Tensor within(MemorySegment segment, Layout layout) {
        if (!segment.isNative()) {
            throw refused("segment: on the heap (expected: native or mapped memory)");
        }
        if (segment.address() % Float.BYTES != 0) {
            throw refused(
                    "segment: address 0x%s (expected: a multiple of 4)",
                    Long.toHexString(segment.address()));
        }
        long available = segment.byteSize() / Float.BYTES;
        long room = layout.isEmpty() ? available : available - 1 - layout.span();
        if (layout.offset > room) {
            throw refused(
                    "segment: %s bytes (expected: room for shape %s with strides %s at offset %s)",
                    segment.byteSize(), layout.shape, layout.strides, layout.offset);
        }
        return new Tensor(segment, layout);
    }

    /** The number of dimensions, 0 to 8. */
    public int rank() {
        return layout.rank();
    }

    /** The size of one dimension. */
    public long size(int dim) {
        return layout.shape[Arguments.dimension("dim", dim, rank())];
    }

    /** The sizes of all dimensions, in an array of the caller's own. */
    public long[] shape() {
        return layout.shape.clone();
    }

    /** The distance, in elements, between neighbours along one dimension. */
    public long stride(int dim) {
        return layout.strides[Arguments.dimension("dim", dim, rank())];
    }

    /** The strides of all dimensions, in an array of the caller's own. */
    public long[] strides() {
        return layout.strides.clone();
    }

    /** The product of the sizes: 1 for rank 0, 0 if a size is 0. */
    public long elementCount() {
        return layout.elementCount;
    }

    /** The memory that this tensor views, whole: the first element is at index {@link #offset}. */
    public MemorySegment segment() {
        return segment;
    }

    /** The index in {@link #segment}, in elements, of element (0, …, 0). */
    public long offset() {
        return layout.offset;
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
        Objects.requireNonNull(format, "format");
        return Strides.isLaidOutAs(format, layout.shape, layout.strides);
    }

    /**
     * Whether two different indices may reach the same element, as after {@link #expand} or {@link
     * #unfold}. True also for interlocking strides that cannot cheaply be proven harmless; false is
     * certain.
     */
    public boolean overlapsItself() {
        return layout.mayOverlapItself;
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
        if (layout.isEmpty() || other.layout.isEmpty()) {
            return false;
        }
        long distance =
                other.segment.address() / Float.BYTES
                        + other.layout.offset
                        - (segment.address() / Float.BYTES + layout.offset);
        boolean rangesMeet = distance <= layout.span() && -distance <= other.layout.span();
        return rangesMeet && !Strides.interleaveApart(layout, other.layout, distance);
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
            throw refused("%s: read-only (expected: writable memory)", argument);
        }
        if (overlapsItself()) {
            throw refused(
                    "%s: shape %s with strides %s (expected: no two indices for one element)",
                    argument, layout.shape, layout.strides);
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
        return new Tensor(segment, layout.slice(dim, from, to, step));
    }

    /** A view without dimension {@code dim}, of which only one index is kept. */
    public Tensor select(int dim, long index) {
        return new Tensor(segment, layout.select(dim, index));
    }

    /**
     * A view with the dimensions in another order: dimension i of the result is {@code dims[i]} of
     * this.
     *
     * @throws IllegalArgumentException unless every dimension is named once
     */
    public Tensor permute(int... dims) {
        return new Tensor(segment, layout.permute(dims));
    }

    /** A view with two dimensions exchanged. */
    public Tensor transpose(int first, int second) {
        return new Tensor(segment, layout.transpose(first, second));
    }

    /**
     * A view with another shape and the same elements in the same row-major order.
     *
     * @throws IllegalArgumentException if the element counts differ, or if the strides do not allow
     *     it without a copy: then call {@link #contiguous(Arena)} first
     */
    public Tensor reshape(long... shape) {
        return new Tensor(segment, layout.reshape(shape));
    }

    /** A view without a dimension of size 1. */
    public Tensor squeeze(int dim) {
        return new Tensor(segment, layout.squeeze(dim));
    }

    /**
     * A view with a new dimension of size 1 before dimension {@code dim}; {@code rank()} appends
     * it.
     */
    public Tensor unsqueeze(int dim) {
        return new Tensor(segment, layout.unsqueeze(dim));
    }

    /**
     * A view that repeats dimensions of size 1, with stride 0, until they have the wanted sizes.
     * New dimensions may be prepended. The result overlaps itself and is meant to be read.
     *
     * @param shape at least as many sizes as this rank; the last ones equal those of this tensor,
     *     or those are 1
     */
    public Tensor expand(long... shape) {
        return new Tensor(segment, layout.expand(shape));
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
        return within(segment, Layout.of(shape, strides, storageOffset));
    }

    /**
     * A view of sliding windows along a dimension, as PyTorch's {@code unfold}: dimension {@code
     * dim} counts the windows, (size(dim) − size) / step + 1 of them, and a new last dimension of
     * {@code size} walks inside a window.
     *
     * @throws IllegalArgumentException unless 1 ≤ size ≤ size(dim) and step ≥ 1, and for rank 8
     */
    public Tensor unfold(int dim, long size, long step) {
        return new Tensor(segment, layout.unfold(dim, size, step));
    }

    /** A row-major copy. */
    public Tensor contiguous(Arena arena) {
        return contiguous(arena, MemoryFormat.CHANNELS_FIRST);
    }

    /** A copy whose elements lie in a format without gaps. */
    public Tensor contiguous(Arena arena, MemoryFormat format) {
        requireReadable("tensor");
        Tensor copy = allocate(arena, format, layout.shape);
        StridedCopy.copy(segment, layout, copy.segment, copy.layout);
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
        if (!Arrays.equals(layout.shape, source.layout.shape)) {
            throw refused("source: shape %s (expected: %s)", source.layout.shape, layout.shape);
        }
        source.requireReadable("source");
        requireWritable("tensor");
        if (overlaps(source)) {
            throw refused("source: overlaps the tensor (expected: memory of its own)");
        }
        StridedCopy.copy(source.segment, source.layout, segment, layout);
    }

    /** The element at an index, which has one entry for each dimension. */
    public float get(long... index) {
        return segment.getAtIndex(JAVA_FLOAT, layout.position(index));
    }

    /**
     * Sets the element at an index, which has one entry for each dimension. Where strides repeat
     * elements, all indices of the element see the change.
     */
    public void set(float value, long... index) {
        if (isReadOnly()) {
            throw refused("tensor: read-only (expected: writable memory)");
        }
        segment.setAtIndex(JAVA_FLOAT, layout.position(index), value);
    }

    /**
     * A copy of all elements in row-major order.
     *
     * @throws IllegalArgumentException if there are more than an array can hold
     */
    public float[] toArray() {
        requireReadable("tensor");
        long count = layout.elementCount;
        if (count > Integer.MAX_VALUE - 8) {
            throw refused("tensor: %s elements (expected: at most 2147483639, an array)", count);
        }
        float[] values = new float[(int) count];
        Layout rowMajor = Layout.of(MemoryFormat.CHANNELS_FIRST, layout.shape);
        StridedCopy.copy(segment, layout, MemorySegment.ofArray(values), rowMajor);
        return values;
    }

    /** Sets all elements to one value. */
    public void fill(float value) {
        requireWritable("tensor");
        StridedCopy.fill(segment, layout, value);
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
        Arguments.tolerance("absolute", absolute);
        Arguments.tolerance("relative", relative);
        requireReadable("tensor");
        other.requireReadable("other");
        return Arrays.equals(layout.shape, other.layout.shape)
                && StridedCopy.equalWithin(
                        segment, layout, other.segment, other.layout, absolute, relative);
    }

    /**
     * Shape, layout and values for people to read, the values shortened with … where there are more
     * than a thousand. Never fails: memory that cannot be read now is described instead.
     */
    @Override
    public String toString() {
        return TensorText.describe(this);
    }
}
