package io.strider.ops;

import io.strider.ops.NormalizationOperation.Statistic;
import io.strider.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Binds quick float32 operations in which groups of elements meet: softmax, normalisations and
 * reductions. Tensors may have any strides. y may be the memory of x if it has its shape and
 * strides, otherwise it overlaps nothing.
 *
 * <p>Sums are accumulated in double. Stateless; shapes have been checked by the caller.
 */
public final class LineOperations {
    private LineOperations() {}

    /**
     * As {@link PlainReduction#softmax}. With m the largest of the line, shares are within 8 + |x −
     * m| units in the last place, or within 2⁻¹²⁶; logarithms within 2⁻²¹ · (1 + |x − m|).
     */
    public static Operation softmax(Tensor x, boolean[] together, boolean logarithm, Tensor y) {
        return new SoftmaxOperation(x, together, logarithm, y, Exponentials.best());
    }

    /** Whether {@link #reduction} can do it. */
    public static boolean supports(ReductionFunction function) {
        return ReductionOperation.supports(function);
    }

    /**
     * As {@link PlainReduction#reduce}.
     *
     * @param reduced which dimensions, as many as x has
     * @param y the result, with or without the reduced dimensions
     */
    public static Operation reduction(
            ReductionFunction function, Tensor x, boolean[] reduced, Tensor y) {
        Tensor kept = y;
        if (y.rank() < x.rank()) {
            for (int dim = 0; dim < x.rank(); dim++) {
                if (reduced[dim]) {
                    kept = kept.unsqueeze(dim);
                }
            }
        }
        return new ReductionOperation(function, x, reduced, kept);
    }

    /** As {@link PlainNormalization#layer} without its statistics. */
    public static Operation layer(
            Tensor x, Tensor scale, @Nullable Tensor shift, int axis, double epsilon, Tensor y) {
        return NormalizationOperation.of(
                x, from(axis, x.rank()), scale, shift, Statistic.DEVIATION, epsilon, y);
    }

    /** As {@link PlainNormalization#rootMeanSquare}. */
    public static Operation rootMeanSquare(
            Tensor x, Tensor scale, int axis, double epsilon, Tensor y) {
        return NormalizationOperation.of(
                x, from(axis, x.rank()), scale, null, Statistic.ROOT_MEAN_SQUARE, epsilon, y);
    }

    private static boolean[] from(int axis, int rank) {
        boolean[] together = new boolean[rank];
        for (int dim = axis; dim < rank; dim++) {
            together[dim] = true;
        }
        return together;
    }

    /** As {@link PlainNormalization#lp}. */
    public static Operation lp(Tensor x, int axis, int p, Tensor y) {
        boolean[] together = new boolean[x.rank()];
        together[axis] = true;
        Statistic statistic = p == 1 ? Statistic.SUM_OF_MAGNITUDES : Statistic.LENGTH;
        return NormalizationOperation.of(x, together, null, null, statistic, 0, y);
    }

    /** As {@link PlainNormalization#group}; x has at least one element. */
    public static Operation group(
            Tensor x, Tensor scale, Tensor shift, int groups, double epsilon, Tensor y) {
        int rank = x.rank() + 1;
        long[] shape = new long[rank];
        boolean[] together = new boolean[rank];
        long channels = x.size(1) / groups;
        shape[0] = x.size(0);
        shape[1] = groups;
        shape[2] = channels;
        for (int dim = 2; dim < rank; dim++) {
            together[dim] = true;
            shape[dim] = dim == 2 ? channels : x.size(dim - 1);
        }
        long[][] strides = {
            grouped(x, channels),
            grouped(y, channels),
            parameter(scale, groups, channels, rank),
            parameter(shift, groups, channels, rank)
        };
        Lines lines = new Lines(shape, together, strides, x, y, scale, shift);
        return new NormalizationOperation(lines, Statistic.DEVIATION, epsilon, true, true);
    }

    /** Strides with the channels taken apart into groups and channels of a group. */
    private static long[] grouped(Tensor tensor, long channels) {
        long[] strides = new long[tensor.rank() + 1];
        strides[0] = tensor.stride(0);
        strides[1] = tensor.stride(1) * channels;
        for (int dim = 2; dim < strides.length; dim++) {
            strides[dim] = tensor.stride(dim - 1);
        }
        return strides;
    }

    private static long[] parameter(Tensor values, int groups, long channels, int rank) {
        long[] strides = new long[rank];
        boolean oneAGroup = values.size(0) == groups && channels != 1;
        strides[1] = oneAGroup ? values.stride(0) : values.stride(0) * channels;
        strides[2] = oneAGroup ? 0 : values.stride(0);
        return strides;
    }

    /** The most channels that {@link #localResponse} takes. */
    public static int mostChannels() {
        return Blocks.SIZE;
    }

    /** As {@link PlainNormalization#localResponse}. */
    public static Operation localResponse(
            Tensor x, int size, double alpha, double beta, double bias, Tensor y) {
        return new LocalResponseOperation(x, size, alpha, beta, bias, y);
    }
}
