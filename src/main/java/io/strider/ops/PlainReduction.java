package io.strider.ops;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;

/** Reductions, the place of extrema and softmax, plainly. Stateless. */
public final class PlainReduction {
    private PlainReduction() {}

    /**
     * Reduces some dimensions.
     *
     * @param reduced which ones, as many as x has
     * @param shape of the result; as many elements as the other dimensions have
     */
    public static NdArray reduce(
            ReductionFunction function, NdArray x, boolean[] reduced, long[] shape) {
        PlainLines lines = new PlainLines(x.shape(), reduced);
        int groups = lines.starts.length;
        if (!x.type().isFloating() && function.isWhole()) {
            long[] results = new long[groups];
            long[] values = new long[lines.offsets.length];
            for (int g = 0; g < groups; g++) {
                for (int k = 0; k < values.length; k++) {
                    values[k] = x.getLong(lines.starts[g] + lines.offsets[k]);
                }
                results[g] = function.reduce(values, x.type());
            }
            return NdArray.ofLongs(x.type(), results, shape);
        }
        double[] results = new double[groups];
        double[] values = new double[lines.offsets.length];
        for (int g = 0; g < groups; g++) {
            read(x, lines, g, values);
            results[g] = function.reduce(values);
        }
        return x.type().isFloating()
                ? NdArray.ofDoubles(x.type(), results, shape)
                : NdArray.ofDoubles(ElementType.FLOAT64, results, shape).cast(x.type());
    }

    static void read(NdArray x, PlainLines lines, int group, double[] values) {
        for (int k = 0; k < values.length; k++) {
            values[k] = x.getDouble(lines.starts[group] + lines.offsets[k]);
        }
    }

    /**
     * The index along an axis of the largest or smallest element; NaN counts as either.
     *
     * @param axis a dimension whose size is not 0
     * @param largest whether the largest is sought
     * @param last whether the last of several is given, otherwise the first
     * @param shape of the result; as many elements as the other dimensions have
     */
    public static NdArray extremum(
            NdArray x, int axis, boolean largest, boolean last, long[] shape) {
        PlainLines lines = new PlainLines(x.shape(), PlainLines.only(axis, x.rank()));
        long[] places = new long[lines.starts.length];
        for (int g = 0; g < places.length; g++) {
            int best = 0;
            for (int k = 1; k < lines.offsets.length; k++) {
                int order =
                        compare(
                                x,
                                lines.starts[g] + lines.offsets[k],
                                lines.starts[g] + lines.offsets[best],
                                largest);
                if (order > 0 || (order == 0 && last)) {
                    best = k;
                }
            }
            places[g] = best;
        }
        return NdArray.ofLongs(ElementType.INT64, places, shape);
    }

    /** Above 0 if the element at {@code a} is the better one. */
    private static int compare(NdArray x, int a, int b, boolean largest) {
        int order;
        if (x.type().isFloating()) {
            double first = x.getDouble(a);
            double second = x.getDouble(b);
            if (Double.isNaN(first) || Double.isNaN(second)) {
                return Boolean.compare(Double.isNaN(first), Double.isNaN(second));
            }
            order = first == second ? 0 : first > second ? 1 : -1;
        } else if (x.type() == ElementType.UINT64) {
            order = Long.compareUnsigned(x.getLong(a), x.getLong(b));
        } else {
            order = Long.compare(x.getLong(a), x.getLong(b));
        }
        return largest ? order : -order;
    }

    /**
     * e^(x − m) / Σ e^(x − m), m the largest of the group, or the logarithm of that.
     *
     * @param together which dimensions a group spans, as many as x has
     * @param logarithm whether the logarithm is given
     */
    public static NdArray softmax(NdArray x, boolean[] together, boolean logarithm) {
        PlainLines lines = new PlainLines(x.shape(), together);
        double[] results = new double[x.count()];
        double[] values = new double[lines.offsets.length];
        for (int g = 0; g < lines.starts.length && values.length > 0; g++) {
            read(x, lines, g, values);
            double largest = ReductionFunction.MAXIMUM.reduce(values);
            double sum = 0;
            for (double value : values) {
                sum += Math.exp(value - largest);
            }
            for (int k = 0; k < values.length; k++) {
                double above = values[k] - largest;
                results[lines.starts[g] + lines.offsets[k]] =
                        logarithm ? above - Math.log(sum) : Math.exp(above) / sum;
            }
        }
        return NdArray.ofDoubles(x.type(), results, x.shape());
    }

    /**
     * 1 at the first of the largest elements of a group, 0 elsewhere.
     *
     * @param together which dimensions a group spans, as many as x has
     */
    public static NdArray hardmax(NdArray x, boolean[] together) {
        PlainLines lines = new PlainLines(x.shape(), together);
        double[] results = new double[x.count()];
        for (int start : lines.starts) {
            int best = 0;
            for (int k = 1; k < lines.offsets.length; k++) {
                int order = compare(x, start + lines.offsets[k], start + lines.offsets[best], true);
                best = order > 0 ? k : best;
            }
            if (lines.offsets.length > 0) {
                results[start + lines.offsets[best]] = 1;
            }
        }
        return NdArray.ofDoubles(x.type(), results, x.shape());
    }
}
