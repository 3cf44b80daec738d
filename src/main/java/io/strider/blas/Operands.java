package io.strider.blas;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The checks at the door, one place for every implementation. A vector of n elements is checked as
 * a matrix of n rows and one column with {@code |increment|} as its leading dimension, so that one
 * rule of range and one of overlap serve all. Nothing here allocates unless it throws; what throws
 * stands in methods of its own, so that the checks stay small enough to be inlined.
 */
final class Operands {
    private Operands() {}

    /** A size fits an {@code int}, because the library counts with that. */
    static void size(String name, long value) {
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw outside(name, value, ">= 0 and <= " + Integer.MAX_VALUE);
        }
    }

    static void increment(String name, long value) {
        if (value == 0 || value > Integer.MAX_VALUE || value < -Integer.MAX_VALUE) {
            throw outside(name, value, "not 0 and within +-" + Integer.MAX_VALUE);
        }
    }

    static void positiveIncrement(String name, long value) {
        if (value <= 0 || value > Integer.MAX_VALUE) {
            throw outside(name, value, "> 0 and <= " + Integer.MAX_VALUE);
        }
    }

    static void leadingDimension(String name, long value, long columns) {
        if (value < Math.max(1, columns) || value > Integer.MAX_VALUE) {
            throw outside(
                    name,
                    value,
                    ">= "
                            + Math.max(1, columns)
                            + ", the columns of the matrix as stored, and <= "
                            + Integer.MAX_VALUE);
        }
    }

    /**
     * A matrix that is read: native memory, aligned, alive, of this thread, and all of it inside.
     * Sizes and leading dimension have been checked, so the extent stays below 2⁶² elements.
     */
    static void readable(
            String name,
            MemorySegment segment,
            long offset,
            long rows,
            long columns,
            long leadingDimension,
            int elementBytes) {
        Objects.requireNonNull(segment, name);
        if (!segment.isNative()) {
            throw heap(name);
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw foreign(name);
        }
        if (!segment.scope().isAlive()) {
            throw closed(name);
        }
        if ((segment.address() & (elementBytes - 1)) != 0) {
            throw misaligned(name, segment, elementBytes);
        }
        long extent = extent(rows, columns, leadingDimension);
        long elements = segment.byteSize() / elementBytes;
        if (offset < 0 || offset > elements - extent) {
            throw beyond(name, offset, extent, elements);
        }
    }

    /** A matrix that is written: readable and not read-only. */
    static void writable(
            String name,
            MemorySegment segment,
            long offset,
            long rows,
            long columns,
            long leadingDimension,
            int elementBytes) {
        readable(name, segment, offset, rows, columns, leadingDimension, elementBytes);
        if (segment.isReadOnly()) {
            throw readOnly(name);
        }
    }

    /** Elements from the first to the last of a matrix, the gaps between its rows included. */
    static long extent(long rows, long columns, long leadingDimension) {
        return rows == 0 || columns == 0 ? 0 : (rows - 1) * leadingDimension + columns;
    }

    /**
     * The written matrix shares no element with the other. Exact for equal leading dimensions; for
     * unequal ones any overlap of the address ranges counts.
     */
    static void disjoint(
            String writtenName,
            MemorySegment written,
            long writtenOffset,
            long writtenRows,
            long writtenColumns,
            long writtenLeading,
            String otherName,
            MemorySegment other,
            long otherOffset,
            long otherRows,
            long otherColumns,
            long otherLeading,
            int elementBytes) {
        long writtenExtent = extent(writtenRows, writtenColumns, writtenLeading);
        long otherExtent = extent(otherRows, otherColumns, otherLeading);
        if (writtenExtent == 0 || otherExtent == 0) {
            return;
        }
        // Both are aligned to the element's size, so their distance is a whole number of elements.
        long distance =
                (other.address() - written.address()) / elementBytes + otherOffset - writtenOffset;
        if (distance >= writtenExtent || distance <= -otherExtent) {
            return;
        }
        if (writtenLeading == otherLeading
                && !share(
                        distance,
                        writtenLeading,
                        writtenRows,
                        writtenColumns,
                        otherRows,
                        otherColumns)) {
            return;
        }
        throw overlapping(writtenName, otherName);
    }

    /**
     * Whether two matrices of one leading dimension L, the second starting {@code distance}
     * elements after the first, have an element in common: whether there are a difference of rows r
     * and of columns c that both can reach with r·L + c = distance. As columns differ by less than
     * L, only two pairs come into question.
     */
    private static boolean share(
            long distance,
            long leading,
            long firstRows,
            long firstColumns,
            long secondRows,
            long secondColumns) {
        long row = Math.floorDiv(distance, leading);
        long column = Math.floorMod(distance, leading);
        return (column < firstColumns && row < firstRows && -row < secondRows)
                || (leading - column < secondColumns
                        && row + 1 < firstRows
                        && -(row + 1) < secondRows);
    }

    private static IllegalArgumentException outside(String name, long value, String rule) {
        return new IllegalArgumentException(name + ": " + value + " (expected: " + rule + ")");
    }

    private static IllegalArgumentException heap(String name) {
        return new IllegalArgumentException(
                name + ": a heap segment (expected: native memory, as from Arena.allocate)");
    }

    private static IllegalArgumentException readOnly(String name) {
        return new IllegalArgumentException(
                name + ": a read-only segment (expected: writable, as it receives the result)");
    }

    private static IllegalArgumentException misaligned(
            String name, MemorySegment segment, int elementBytes) {
        return new IllegalArgumentException(
                name
                        + ": address 0x"
                        + Long.toHexString(segment.address())
                        + " (expected: a multiple of "
                        + elementBytes
                        + ")");
    }

    private static IllegalArgumentException beyond(
            String name, long offset, long extent, long elements) {
        return new IllegalArgumentException(
                name
                        + "Offset: "
                        + offset
                        + ", with "
                        + extent
                        + " elements from there (expected: >= 0 and within the "
                        + elements
                        + " elements of "
                        + name
                        + ")");
    }

    private static IllegalArgumentException overlapping(String written, String other) {
        return new IllegalArgumentException(
                written
                        + ": overlaps "
                        + other
                        + " (expected: disjoint, as "
                        + written
                        + " is written)");
    }

    private static WrongThreadException foreign(String name) {
        return new WrongThreadException(
                name
                        + ": its arena is confined to another thread (expected: of this one, or shared)");
    }

    private static IllegalStateException closed(String name) {
        return new IllegalStateException(name + ": its arena is closed (expected: open)");
    }

    /** C = A·B, for either precision: sizes, leading dimensions, memory, and C apart from both. */
    static void product(
            Transpose transA,
            Transpose transB,
            long m,
            long n,
            long k,
            MemorySegment a,
            long aOffset,
            long lda,
            MemorySegment b,
            long bOffset,
            long ldb,
            MemorySegment c,
            long cOffset,
            long ldc,
            int bytes) {
        Objects.requireNonNull(transA, "transA");
        Objects.requireNonNull(transB, "transB");
        size("m", m);
        size("n", n);
        size("k", k);
        boolean turnedA = transA == Transpose.TRANSPOSE;
        boolean turnedB = transB == Transpose.TRANSPOSE;
        long aRows = turnedA ? k : m;
        long aColumns = turnedA ? m : k;
        long bRows = turnedB ? n : k;
        long bColumns = turnedB ? k : n;
        leadingDimension("lda", lda, aColumns);
        leadingDimension("ldb", ldb, bColumns);
        leadingDimension("ldc", ldc, n);
        readable("a", a, aOffset, aRows, aColumns, lda, bytes);
        readable("b", b, bOffset, bRows, bColumns, ldb, bytes);
        writable("c", c, cOffset, m, n, ldc, bytes);
        disjoint("c", c, cOffset, m, n, ldc, "a", a, aOffset, aRows, aColumns, lda, bytes);
        disjoint("c", c, cOffset, m, n, ldc, "b", b, bOffset, bRows, bColumns, ldb, bytes);
    }

    /** A float vector y that is written from x: sizes, increments, memory, and y apart from x. */
    static void update(
            long n,
            MemorySegment x,
            long xOffset,
            long incX,
            MemorySegment y,
            long yOffset,
            long incY) {
        size("n", n);
        increment("incX", incX);
        increment("incY", incY);
        long xStep = Math.abs(incX);
        long yStep = Math.abs(incY);
        readable("x", x, xOffset, n, 1, xStep, Float.BYTES);
        writable("y", y, yOffset, n, 1, yStep, Float.BYTES);
        disjoint("y", y, yOffset, n, 1, yStep, "x", x, xOffset, n, 1, xStep, Float.BYTES);
    }

    /** A float vector that is read by a reduction, which takes no negative increment. */
    static void vector(long n, MemorySegment x, long xOffset, long incX) {
        size("n", n);
        positiveIncrement("incX", incX);
        readable("x", x, xOffset, n, 1, incX, Float.BYTES);
    }
}
