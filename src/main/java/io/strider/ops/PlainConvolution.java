package io.strider.ops;

import io.strider.tensor.NdArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions in any number of dimensions and their adjoints by their definitions, on arrays of
 * floating-point numbers, each sum in double. Stateless.
 */
public final class PlainConvolution {
    private PlainConvolution() {}

    /**
     * What a convolution's sums become before they are rounded to the output's type.
     *
     * @see #convolve
     */
    @FunctionalInterface
    public interface Finish {
        /** The output for a sum, which stands at {@code index} of the output in row-major order. */
        double apply(double sum, int index);
    }

    /**
     * y[n, o, p] = finish(bias[o] + Σ x[n, c, at(p, t)] · weight[o, c, t]) over the channels c of
     * o's group and the taps t that lie on the input.
     *
     * @param x N×C×spatial sizes, floating-point
     * @param weight O×C/groups×taps
     * @param bias O, or null for none
     * @param groups a divisor of C and O
     * @param axes of the spatial sizes
     * @return N×O×windows, of the type of x
     */
    public static NdArray convolve(
            NdArray x,
            NdArray weight,
            @Nullable NdArray bias,
            long groups,
            List<WindowAxis> axes,
            Finish finish) {
        WindowTaps window = new WindowTaps(axes);
        int batch = (int) x.size(0);
        int inputs = (int) x.size(1);
        int outputs = (int) weight.size(0);
        int perGroup = (int) weight.size(1);
        int outputsPerGroup = (int) (outputs / groups);
        int windows = window.windows();
        int kernel = kernel(weight);
        long[] shape = WindowTaps.outputShape(axes, batch, outputs);
        double[] y = new double[ElementCounts.length("output", shape)];
        double[] from = x.toDoubles();
        double[] by = weight.toDoubles();
        for (int p = 0; p < windows; p++) {
            window.locate(p);
            for (int row = 0; row < batch * outputs; row++) {
                int n = row / outputs;
                int o = row % outputs;
                int firstInput = n * inputs + o / outputsPerGroup * perGroup;
                double sum = bias == null ? 0 : bias.getDouble(o);
                for (int c = 0; c < perGroup; c++) {
                    int plane = (firstInput + c) * window.positions();
                    int weights = (o * perGroup + c) * kernel;
                    for (int t = 0; t < window.count(); t++) {
                        sum += from[plane + window.element(t)] * by[weights + window.tap(t)];
                    }
                }
                int at = row * windows + p;
                y[at] = finish.apply(sum, at);
            }
        }
        return NdArray.ofDoubles(x.type(), y, shape);
    }

    /**
     * The adjoint of a convolution without bias, and a bias: y[n, m, at(p, t)] = bias[m] + Σ x[n,
     * c, p] · weight[c, m, t] over the channels c of m's group and all windows p and taps t that
     * fall there.
     *
     * @param x N×C×windows, floating-point
     * @param weight C×M/groups×taps
     * @param bias M, or null for none
     * @param groups a divisor of C
     * @param axes whose inputs are the spatial sizes of y and whose outputs are those of x
     * @return N×M×spatial sizes, of the type of x
     */
    public static NdArray transposed(
            NdArray x, NdArray weight, @Nullable NdArray bias, long groups, List<WindowAxis> axes) {
        WindowTaps window = new WindowTaps(axes);
        int batch = (int) x.size(0);
        int inputs = (int) x.size(1);
        int perGroup = (int) weight.size(1);
        int outputs = (int) (perGroup * groups);
        int inputsPerGroup = (int) (inputs / groups);
        int windows = window.windows();
        int kernel = kernel(weight);
        long[] shape = WindowTaps.inputShape(axes, batch, outputs);
        double[] y = new double[ElementCounts.length("output", shape)];
        if (bias != null) {
            for (int i = 0; i < y.length; i++) {
                y[i] = bias.getDouble(i / window.positions() % outputs);
            }
        }
        double[] from = x.toDoubles();
        double[] by = weight.toDoubles();
        for (int p = 0; p < windows; p++) {
            window.locate(p);
            for (int row = 0; row < batch * inputs; row++) {
                int n = row / inputs;
                int c = row % inputs;
                int firstOutput = n * outputs + c / inputsPerGroup * perGroup;
                double factor = from[row * windows + p];
                for (int m = 0; m < perGroup; m++) {
                    int plane = (firstOutput + m) * window.positions();
                    int weights = (c * perGroup + m) * kernel;
                    for (int t = 0; t < window.count(); t++) {
                        y[plane + window.element(t)] += factor * by[weights + window.tap(t)];
                    }
                }
            }
        }
        return NdArray.ofDoubles(x.type(), y, shape);
    }

    /**
     * The sum of patches where they overlap (col2im): y[n, c, at(p, t)] = Σ x[n, c·taps + t, p].
     *
     * @param x N×(C·taps)×windows, floating-point or whole numbers
     * @param channels C
     * @param axes whose inputs are the spatial sizes of y
     * @return N×C×spatial sizes, of the type of x
     */
    public static NdArray fold(NdArray x, long channels, List<WindowAxis> axes) {
        WindowTaps window = new WindowTaps(axes);
        int batch = (int) x.size(0);
        int windows = window.windows();
        long[] shape = WindowTaps.inputShape(axes, batch, channels);
        int length = ElementCounts.length("output", shape);
        int planes = window.positions() == 0 ? 0 : length / window.positions();
        int kernel = planes == 0 ? 0 : (int) (x.size(1) / channels);
        boolean floating = x.type().isFloating();
        double[] sums = new double[floating ? length : 0];
        long[] wholeSums = new long[floating ? 0 : length];
        for (int p = 0; p < windows && planes > 0; p++) {
            window.locate(p);
            for (int plane = 0; plane < planes; plane++) {
                for (int t = 0; t < window.count(); t++) {
                    int to = plane * window.positions() + window.element(t);
                    int from = (plane * kernel + window.tap(t)) * windows + p;
                    if (floating) {
                        sums[to] += x.getDouble(from);
                    } else {
                        wholeSums[to] += x.getLong(from);
                    }
                }
            }
        }
        return floating
                ? NdArray.ofDoubles(x.type(), sums, shape)
                : NdArray.ofLongs(x.type(), wholeSums, shape);
    }

    private static int kernel(NdArray weight) {
        long[] shape = weight.shape();
        shape[0] = 1;
        shape[1] = 1;
        return ElementCounts.length("weight", shape);
    }
}
