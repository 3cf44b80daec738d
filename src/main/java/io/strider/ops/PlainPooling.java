package io.strider.ops;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;

/**
 * Pooling in any number of dimensions by its definition, on arrays, each sum in double. Stateless.
 */
public final class PlainPooling {
    private PlainPooling() {}

    /** The order in which the elements of a picture are counted. */
    public enum Order {
        /** The last axis runs fastest. */
        ROW_MAJOR,
        /** The first spatial axis runs fastest. */
        COLUMN_MAJOR
    }

    /**
     * The greatest and where it stood.
     *
     * @param values the greatest element of each window
     * @param indices its number among all elements of the input, −1 if a window is all padding
     */
    public record Maxima(NdArray values, NdArray indices) {}

    /**
     * y[n, c, p] = max x[n, c, at(p, t)] over the taps t that lie on the input; NaN if one of them
     * is; the type's least value, −∞ for floating-point, if there are none. Of equal elements the
     * first counts.
     *
     * @param x N×C×spatial sizes
     * @param axes of the spatial sizes
     * @param order of the spatial sizes in the indices; batch and channels are always outermost
     */
    public static Maxima maximum(NdArray x, List<WindowAxis> axes, Order order) {
        WindowTaps window = new WindowTaps(axes);
        int planes = planes(x);
        int windows = window.windows();
        long[] shape = WindowTaps.outputShape(axes, x.size(0), x.size(1));
        int length = ElementCounts.length("output", shape);
        boolean floating = x.type().isFloating();
        double[] values = new double[floating ? length : 0];
        long[] wholeValues = new long[floating ? 0 : length];
        long[] indices = new long[length];
        Arrays.fill(values, Double.NEGATIVE_INFINITY);
        Arrays.fill(wholeValues, x.type().least());
        for (int p = 0; p < windows; p++) {
            window.locate(p);
            for (int plane = 0; plane < planes; plane++) {
                int first = plane * window.positions();
                int best = -1;
                for (int t = 0; t < window.count(); t++) {
                    int at = first + window.element(t);
                    if (best < 0 || isGreater(x, at, best)) {
                        best = at;
                    }
                }
                int to = plane * windows + p;
                if (best < 0) {
                    indices[to] = -1;
                    continue;
                }
                indices[to] = first + (long) number(best - first, axes, order);
                if (floating) {
                    values[to] = x.getDouble(best);
                } else {
                    wholeValues[to] = x.getLong(best);
                }
            }
        }
        NdArray maxima =
                floating
                        ? NdArray.ofDoubles(x.type(), values, shape)
                        : NdArray.ofLongs(x.type(), wholeValues, shape);
        return new Maxima(maxima, NdArray.ofLongs(ElementType.INT64, indices, shape));
    }

    private static boolean isGreater(NdArray x, int at, int best) {
        if (x.type().isFloating()) {
            double greatest = x.getDouble(best);
            double value = x.getDouble(at);
            return value > greatest || (Double.isNaN(value) && !Double.isNaN(greatest));
        }
        long greatest = x.getLong(best);
        long value = x.getLong(at);
        return x.type() == ElementType.UINT64
                ? Long.compareUnsigned(value, greatest) > 0
                : value > greatest;
    }

    private static int number(int element, List<WindowAxis> axes, Order order) {
        if (order == Order.ROW_MAJOR) {
            return element;
        }
        long rest = element;
        long number = 0;
        for (int dim = axes.size() - 1; dim >= 0; dim--) {
            long size = axes.get(dim).input();
            number = number * size + rest % size;
            rest /= size;
        }
        return (int) number;
    }

    /**
     * y[n, c, p] = Σ x[n, c, at(p, t)] / count over the taps t that lie on the input; 0 if there
     * are none.
     *
     * @param x N×C×spatial sizes, floating-point
     * @param axes of the spatial sizes
     * @param includePadding whether taps on the padding count too; those beyond it never do
     */
    public static NdArray average(NdArray x, List<WindowAxis> axes, boolean includePadding) {
        return pool(
                x,
                axes,
                (window, p, plane) -> {
                    double sum = 0;
                    for (int t = 0; t < window.count(); t++) {
                        sum += x.getDouble(plane + window.element(t));
                    }
                    return window.count() == 0
                            ? 0
                            : sum / (includePadding ? window.paddedCount(p) : window.count());
                });
    }

    /**
     * y[n, c, p] = (Σ |x[n, c, at(p, t)]|^power)^(1/power) over the taps t that lie on the input.
     *
     * @param x N×C×spatial sizes, floating-point
     * @param axes of the spatial sizes
     * @param power above 0
     */
    public static NdArray norm(NdArray x, List<WindowAxis> axes, double power) {
        return pool(
                x,
                axes,
                (window, p, plane) -> {
                    double sum = 0;
                    for (int t = 0; t < window.count(); t++) {
                        sum += Math.pow(Math.abs(x.getDouble(plane + window.element(t))), power);
                    }
                    return Math.pow(sum, 1 / power);
                });
    }

    /** What becomes of the elements under one window of one plane. */
    @FunctionalInterface
    private interface Reduction {
        double of(WindowTaps window, int p, int plane);
    }

    private static NdArray pool(NdArray x, List<WindowAxis> axes, Reduction reduction) {
        WindowTaps window = new WindowTaps(axes);
        int planes = planes(x);
        int windows = window.windows();
        long[] shape = WindowTaps.outputShape(axes, x.size(0), x.size(1));
        double[] y = new double[ElementCounts.length("output", shape)];
        for (int p = 0; p < windows; p++) {
            window.locate(p);
            for (int plane = 0; plane < planes; plane++) {
                y[plane * windows + p] = reduction.of(window, p, plane * window.positions());
            }
        }
        return NdArray.ofDoubles(x.type(), y, shape);
    }

    private static int planes(NdArray x) {
        return ElementCounts.length("input", x.size(0), x.size(1));
    }
}
