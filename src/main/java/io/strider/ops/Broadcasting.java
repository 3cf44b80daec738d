package io.strider.ops;

import io.strider.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * NumPy's broadcasting: shapes are aligned at their last dimensions, missing ones count as 1, and a
 * size of 1 is repeated to the size of the others.
 */
public final class Broadcasting {
    private Broadcasting() {}

    /**
     * The shape that operands of these shapes have together.
     *
     * @param shapes at least one
     * @throws IllegalArgumentException if two sizes differ and neither is 1
     */
    public static long[] shape(List<long[]> shapes) {
        int rank = 0;
        for (long[] shape : shapes) {
            rank = Math.max(rank, shape.length);
        }
        long[] together = new long[rank];
        Arrays.fill(together, 1);
        for (long[] shape : shapes) {
            for (int dim = 0; dim < shape.length; dim++) {
                int at = rank - shape.length + dim;
                if (shape[dim] != 1 && together[at] != 1 && shape[dim] != together[at]) {
                    throw new IllegalArgumentException(
                            "shapes: %s (expected: sizes alike or 1, from the last on)"
                                    .formatted(shapes.stream().map(Arrays::toString).toList()));
                }
                together[at] = together[at] == 1 ? shape[dim] : together[at];
            }
        }
        return together;
    }

    /** Whether an operand of shape {@code from} can be repeated to shape {@code to}. */
    public static boolean fits(long[] from, long[] to) {
        int missing = to.length - from.length;
        if (missing < 0) {
            return false;
        }
        for (int dim = 0; dim < from.length; dim++) {
            if (from[dim] != 1 && from[dim] != to[missing + dim]) {
                return false;
            }
        }
        return true;
    }

    /**
     * For each element of shape {@code to}, in row-major order, which element of a row-major array
     * of shape {@code from} stands there. Both have fewer than 2³¹ elements.
     */
    static int[] positions(long[] from, long[] to) {
        int rank = to.length;
        long[] strides = new long[rank];
        long stride = 1;
        for (int dim = from.length - 1; dim >= 0; dim--) {
            strides[rank - from.length + dim] = from[dim] == 1 ? 0 : stride;
            stride *= from[dim];
        }
        return positions(strides, to, 0);
    }

    /** The same for any strides. */
    private static int[] positions(long[] strides, long[] to, long first) {
        int[] positions = new int[Math.toIntExact(PlainShapes.count(to))];
        long[] index = new long[to.length];
        long position = first;
        for (int i = 0; i < positions.length; i++) {
            positions[i] = (int) position;
            for (int dim = to.length - 1; dim >= 0; dim--) {
                position += strides[dim];
                if (++index[dim] < to[dim]) {
                    break;
                }
                position -= index[dim] * strides[dim];
                index[dim] = 0;
            }
        }
        return positions;
    }

    /** The strides of a tensor repeated to a shape: 0 where it is. */
    static long[] strides(Tensor tensor, long[] to) {
        int missing = to.length - tensor.rank();
        long[] strides = new long[to.length];
        for (int dim = missing; dim < to.length; dim++) {
            int own = dim - missing;
            strides[dim] = tensor.size(own) == 1 ? 0 : tensor.stride(own);
        }
        return strides;
    }
}
