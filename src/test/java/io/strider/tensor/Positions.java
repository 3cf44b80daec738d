package io.strider.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * The slow twin of a tensor: for each index, in row-major order, the position in memory that it
 * should reach, found by moving indices about and never by strides.
 */
record Positions(long[] shape, long[] positions) {
    static Positions rowMajor(long... shape) {
        long[] positions = new long[(int) count(shape)];
        Arrays.setAll(positions, i -> i);
        return new Positions(shape, positions);
    }

    static long count(long[] shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** A tensor whose every element is its own position in memory. */
    static Tensor numbered(Arena arena, long... shape) {
        float[] values = new float[(int) count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return Tensor.of(arena, values, shape);
    }

    static long[] randomShape(Random random, int rank, int most) {
        long[] shape = new long[rank];
        Arrays.setAll(shape, dim -> 1 + random.nextInt(most));
        return shape;
    }

    long at(long[] index) {
        long flat = 0;
        for (int dim = 0; dim < shape.length; dim++) {
            flat = flat * shape[dim] + index[dim];
        }
        return positions[(int) flat];
    }

    /** The indices of a shape in row-major order. */
    static long[][] indices(long... shape) {
        long[][] all = new long[(int) count(shape)][shape.length];
        for (int flat = 0; flat < all.length; flat++) {
            long rest = flat;
            for (int dim = shape.length - 1; dim >= 0; dim--) {
                all[flat][dim] = rest % shape[dim];
                rest /= shape[dim];
            }
        }
        return all;
    }

    /** A view: each of its indices is told which index of this it stands for. */
    Positions view(long[] newShape, UnaryOperator<long[]> oldIndex) {
        long[][] indices = indices(newShape);
        long[] result = new long[indices.length];
        Arrays.setAll(result, i -> at(oldIndex.apply(indices[i].clone())));
        return new Positions(newShape, result);
    }

    static long[] with(long[] values, int dim, long value) {
        long[] result = values.clone();
        result[dim] = value;
        return result;
    }

    static long[] inserted(long[] values, int dim, long value) {
        long[] result = new long[values.length + 1];
        for (int i = 0; i < result.length; i++) {
            result[i] = i < dim ? values[i] : i == dim ? value : values[i - 1];
        }
        return result;
    }

    static long[] without(long[] values, int dim) {
        long[] result = new long[values.length - 1];
        for (int i = 0; i < result.length; i++) {
            result[i] = i < dim ? values[i] : values[i + 1];
        }
        return result;
    }

    /** Shape, strides and element access of a numbered tensor's view agree with this. */
    void assertDescribes(Tensor tensor, String context) {
        assertThat(tensor.shape()).as(context).containsExactly(shape);
        assertThat(tensor.elementCount()).as(context).isEqualTo(positions.length);
        long[] reached = new long[positions.length];
        float[] values = new float[positions.length];
        long[][] indices = indices(shape);
        for (int i = 0; i < reached.length; i++) {
            long position = tensor.offset();
            for (int dim = 0; dim < shape.length; dim++) {
                position += indices[i][dim] * tensor.stride(dim);
            }
            reached[i] = position;
            values[i] = tensor.get(indices[i]);
        }
        assertThat(reached).as(context).containsExactly(positions);
        float[] expected = new float[positions.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = positions[i];
        }
        assertThat(values).as(context).containsExactly(expected);
        assertThat(tensor.toArray()).as(context).containsExactly(expected);
    }
}
