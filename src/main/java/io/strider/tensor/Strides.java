package io.strider.tensor;

import static io.strider.tensor.Arguments.refused;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic on shapes and strides. Every product is overflow-checked; nothing here touches
 * memory.
 */
final class Strides {
    static final int MAX_RANK = 8;

    private Strides() {}

    /**
     * A checked copy of a shape: rank at most 8, no negative size, a byte count that fits a long.
     */
    static long[] checkedShape(long... shape) {
        long[] copy = Objects.requireNonNull(shape, "shape").clone();
        if (copy.length > MAX_RANK) {
            throw refused("shape: rank %s (expected: at most %s)", copy.length, MAX_RANK);
        }
        for (int dim = 0; dim < copy.length; dim++) {
            if (copy[dim] < 0) {
                throw refused("shape[%s]: %s (expected: >= 0)", dim, copy[dim]);
            }
        }
        elementCount(copy);
        return copy;
    }

    /**
     * The product of the sizes. A size of 0 makes it 0, but the other sizes must still multiply to
     * a byte count below 2⁶³, as row-major strides are made of them.
     */
    static long elementCount(long[] shape) {
        long count = 1;
        boolean empty = false;
        try {
            for (long size : shape) {
                empty |= size == 0;
                count = Math.multiplyExact(count, Math.max(size, 1));
            }
            Math.multiplyExact(count, Float.BYTES);
        } catch (ArithmeticException overflow) {
            throw refused(
                    "shape: %s (expected: sizes whose product, in bytes, is below 2^63)", shape);
        }
        return empty ? 0 : count;
    }

    /** The strides of a freshly laid out tensor of a checked shape. */
    static long[] of(MemoryFormat format, long[] shape) {
        return switch (format) {
            case CHANNELS_FIRST -> rowMajor(shape);
            case CHANNELS_LAST -> {
                if (shape.length != 4) {
                    throw refused("format: CHANNELS_LAST for shape %s (expected: rank 4)", shape);
                }
                long channels = Math.max(shape[1], 1);
                long width = Math.max(shape[3], 1);
                long height = Math.max(shape[2], 1);
                yield new long[] {height * width * channels, 1, width * channels, channels};
            }
        };
    }

    static long[] rowMajor(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int dim = shape.length - 1; dim >= 0; dim--) {
            strides[dim] = stride;
            stride *= Math.max(shape[dim], 1);
        }
        return strides;
    }

    /** Whether the elements lie as {@link #of} would lay them out; sizes of 1 have no say. */
    static boolean isLaidOutAs(MemoryFormat format, long[] shape, long[] strides) {
        if (format == MemoryFormat.CHANNELS_LAST && shape.length != 4) {
            return false;
        }
        if (isEmpty(shape)) {
            return true;
        }
        long[] wanted = of(format, shape);
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] != 1 && strides[dim] != wanted[dim]) {
                return false;
            }
        }
        return true;
    }

    static boolean isEmpty(long[] shape) {
        for (long size : shape) {
            if (size == 0) {
                return true;
            }
        }
        return false;
    }

    /** The distance from the first element to the furthest one; sizes of 0 count as 1. */
    static long span(long[] shape, long[] strides) {
        long span = 0;
        try {
            for (int dim = 0; dim < shape.length; dim++) {
                long steps = Math.max(shape[dim], 1) - 1;
                span = Math.addExact(span, Math.multiplyExact(steps, strides[dim]));
            }
            return span;
        } catch (ArithmeticException overflow) {
            throw refused(
                    "strides: %s for shape %s (expected: offsets below 2^63)", strides, shape);
        }
    }

    /**
     * Whether two different indices may reach the same element. Sorted by stride, each dimension
     * must step over everything that the smaller ones span; where that fails the answer is true,
     * which errs on the careful side for interlocking strides such as shape (2, 3), strides (3, 2).
     */
    static boolean mayOverlapItself(long[] shape, long[] strides) {
        if (isEmpty(shape)) {
            return false;
        }
        int rank = shape.length;
        int[] byStride = new int[rank];
        int kept = 0;
        for (int dim = 0; dim < rank; dim++) {
            if (shape[dim] > 1) {
                int at = kept++;
                while (at > 0 && strides[byStride[at - 1]] > strides[dim]) {
                    byStride[at] = byStride[at - 1];
                    at--;
                }
                byStride[at] = dim;
            }
        }
        long spanned = 0;
        for (int i = 0; i < kept; i++) {
            int dim = byStride[i];
            if (strides[dim] <= spanned) {
                return true;
            }
            spanned += (shape[dim] - 1) * strides[dim];
        }
        return false;
    }

    /**
     * The strides that give a tensor another shape without moving elements, or null if there are
     * none. The dimensions fall into chunks that are contiguous in themselves, from the last to the
     * first; each chunk must be made of whole new dimensions. Both shapes have the same count.
     */
    static long @Nullable [] reshape(long[] shape, long[] strides, long[] wanted) {
        if (isEmpty(shape) || shape.length == 0) {
            return rowMajor(wanted);
        }
        long[] result = new long[wanted.length];
        int target = wanted.length - 1;
        long chunkStride = strides[shape.length - 1];
        long chunkCount = 1;
        long covered = 1;
        for (int dim = shape.length - 1; dim >= 0; dim--) {
            chunkCount *= shape[dim];
            boolean chunkEnds =
                    dim == 0
                            || (shape[dim - 1] != 1
                                    && strides[dim - 1] != chunkCount * chunkStride);
            if (!chunkEnds) {
                continue;
            }
            while (target >= 0 && (covered < chunkCount || wanted[target] == 1)) {
                result[target] = covered * chunkStride;
                covered *= wanted[target];
                target--;
            }
            if (covered != chunkCount) {
                return null;
            }
            if (dim > 0) {
                chunkStride = strides[dim - 1];
                chunkCount = 1;
                covered = 1;
            }
        }
        return target == -1 ? result : null;
    }

    /**
     * Whether two sets of offsets are proven apart by a modulus. Taken modulo one of the strides,
     * the dimensions whose strides it divides vanish and the others span an interval; if the
     * intervals are apart on that circle, so are the tensors. This tells the channel halves of a
     * channels-last tensor, the column blocks of a matrix, and even from odd elements.
     *
     * @param distance where the second tensor's first element lies relative to the first one's
     */
    static boolean interleaveApart(Layout first, Layout second, long distance) {
        return apartModuloAStride(first.strides, first, second, distance)
                || apartModuloAStride(second.strides, first, second, distance);
    }

    private static boolean apartModuloAStride(
            long[] moduli, Layout first, Layout second, long distance) {
        for (long modulus : moduli) {
            if (modulus > 1) {
                long shift = Math.floorMod(distance, modulus);
                if (spanModulo(first, modulus) < shift
                        && spanModulo(second, modulus) < modulus - shift) {
                    return true;
                }
            }
        }
        return false;
    }

    private static long spanModulo(Layout layout, long modulus) {
        long span = 0;
        for (int dim = 0; dim < layout.shape.length; dim++) {
            if (layout.strides[dim] % modulus != 0) {
                span += (layout.shape[dim] - 1) * layout.strides[dim];
            }
        }
        return span;
    }
}
