package io.strider.ops;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Normalisations, plainly, in double arithmetic. Stateless. */
public final class PlainNormalization {
    private PlainNormalization() {}

    /**
     * y = (x − mean) / √(variance + epsilon) · scale + shift, with one of each a channel.
     *
     * @param x N×C×…
     * @param scale C elements, as the three after it
     */
    public static NdArray batch(
            NdArray x,
            NdArray scale,
            NdArray shift,
            NdArray mean,
            NdArray variance,
            double epsilon) {
        double[] values = x.toDoubles();
        int channels = Math.toIntExact(x.size(1));
        int inner = Math.toIntExact(PlainShapes.count(x.shape(), 2, x.rank()));
        for (int i = 0; i < values.length; i++) {
            int c = i / inner % channels;
            double deviation = Math.sqrt(variance.getDouble(c) + epsilon);
            values[i] =
                    (values[i] - mean.getDouble(c)) / deviation * scale.getDouble(c)
                            + shift.getDouble(c);
        }
        return NdArray.ofDoubles(x.type(), values, x.shape());
    }

    /**
     * Batch normalisation as in training: by the batch's own mean and variance, which also move the
     * running ones.
     *
     * @param momentum how much of the running mean and variance stays
     * @return y, the new running mean and the new running variance
     */
    public static List<NdArray> batchInTraining(
            NdArray x,
            NdArray scale,
            NdArray shift,
            NdArray mean,
            NdArray variance,
            double epsilon,
            double momentum) {
        boolean[] together = new boolean[x.rank()];
        for (int dim = 0; dim < x.rank(); dim++) {
            together[dim] = dim != 1;
        }
        PlainLines lines = new PlainLines(x.shape(), together);
        int channels = lines.starts.length;
        double[] means = new double[channels];
        double[] variances = new double[channels];
        double[] values = new double[lines.offsets.length];
        for (int c = 0; c < channels; c++) {
            PlainReduction.read(x, lines, c, values);
            means[c] = mean(values);
            variances[c] = variance(values, means[c]);
        }
        NdArray ownMean = NdArray.ofDoubles(ElementType.FLOAT64, means, channels);
        NdArray ownVariance = NdArray.ofDoubles(ElementType.FLOAT64, variances, channels);
        return List.of(
                batch(x, scale, shift, ownMean, ownVariance, epsilon),
                moved(mean, means, momentum),
                moved(variance, variances, momentum));
    }

    private static NdArray moved(NdArray running, double[] own, double momentum) {
        double[] values = running.toDoubles();
        for (int c = 0; c < values.length; c++) {
            values[c] = values[c] * momentum + own[c] * (1 - momentum);
        }
        return NdArray.ofDoubles(running.type(), values, running.shape());
    }

    private static double mean(double[] values) {
        return ReductionFunction.MEAN.reduce(values);
    }

    private static double variance(double[] values, double mean) {
        double sum = 0;
        for (double value : values) {
            sum += (value - mean) * (value - mean);
        }
        return sum / values.length;
    }

    /**
     * Each group of channels of each image on its own: y = (x − mean) / √(variance + epsilon) ·
     * scale + shift. With as many groups as channels it is instance normalisation.
     *
     * @param x N×C×…
     * @param scale one element a channel, or one a group
     * @param shift likewise
     */
    public static NdArray group(
            NdArray x, NdArray scale, NdArray shift, int groups, double epsilon) {
        double[] values = x.toDoubles();
        int channels = Math.toIntExact(x.size(1));
        int inner = Math.toIntExact(PlainShapes.count(x.shape(), 2, x.rank()));
        int grouped = channels / groups;
        double[] line = new double[Math.multiplyExact(grouped, inner)];
        for (int start = 0; start < values.length; start += line.length) {
            System.arraycopy(values, start, line, 0, line.length);
            double mean = mean(line);
            double deviation = Math.sqrt(variance(line, mean) + epsilon);
            for (int k = 0; k < line.length; k++) {
                int channel = (start + k) / inner % channels;
                int of = scale.count() == channels ? channel : channel / grouped;
                values[start + k] =
                        (line[k] - mean) / deviation * scale.getDouble(of) + shift.getDouble(of);
            }
        }
        return NdArray.ofDoubles(x.type(), values, x.shape());
    }

    /**
     * Over the dimensions from an axis on: y = (x − mean) / √(variance + epsilon) · scale + shift.
     *
     * @param scale broadcast to x
     * @param shift broadcast to x, or null for none
     * @param statistics type of the last two results
     * @return y, the means, and 1 / √(variance + epsilon); the latter with sizes of 1 from the axis
     *     on
     */
    public static List<NdArray> layer(
            NdArray x,
            NdArray scale,
            @Nullable NdArray shift,
            int axis,
            double epsilon,
            ElementType statistics) {
        long[] shape = x.shape();
        double[] values = x.toDoubles();
        double[] line = new double[Math.toIntExact(PlainShapes.count(shape, axis, shape.length))];
        int lines = Math.toIntExact(PlainShapes.count(shape, 0, axis));
        double[] means = new double[lines];
        double[] inverses = new double[lines];
        for (int i = 0; i < lines; i++) {
            System.arraycopy(values, i * line.length, line, 0, line.length);
            means[i] = mean(line);
            inverses[i] = 1 / Math.sqrt(variance(line, means[i]) + epsilon);
            for (int k = 0; k < line.length; k++) {
                values[i * line.length + k] = (line[k] - means[i]) * inverses[i];
            }
        }
        scaleAndShift(values, shape, scale, shift);
        for (int dim = axis; dim < shape.length; dim++) {
            shape[dim] = 1;
        }
        List<NdArray> results = new ArrayList<>();
        results.add(NdArray.ofDoubles(x.type(), values, x.shape()));
        results.add(NdArray.ofDoubles(statistics, means, shape));
        results.add(NdArray.ofDoubles(statistics, inverses, shape));
        return results;
    }

    private static void scaleAndShift(
            double[] values, long[] shape, NdArray scale, @Nullable NdArray shift) {
        int[] fromScale = Broadcasting.positions(scale.shape(), shape);
        int[] fromShift = shift == null ? fromScale : Broadcasting.positions(shift.shape(), shape);
        for (int i = 0; i < values.length; i++) {
            double added = shift == null ? 0 : shift.getDouble(fromShift[i]);
            values[i] = values[i] * scale.getDouble(fromScale[i]) + added;
        }
    }

    /**
     * Over the dimensions from an axis on: y = x / √(mean of x² + epsilon) · scale.
     *
     * @param scale broadcast to x
     */
    public static NdArray rootMeanSquare(NdArray x, NdArray scale, int axis, double epsilon) {
        long[] shape = x.shape();
        double[] values = x.toDoubles();
        int length = Math.toIntExact(PlainShapes.count(shape, axis, shape.length));
        for (int start = 0; start < values.length; start += length) {
            double sum = 0;
            for (int k = start; k < start + length; k++) {
                sum += values[k] * values[k];
            }
            double root = Math.sqrt(sum / length + epsilon);
            for (int k = start; k < start + length; k++) {
                values[k] /= root;
            }
        }
        scaleAndShift(values, shape, scale, null);
        return NdArray.ofDoubles(x.type(), values, shape);
    }

    /**
     * Across neighbouring channels: y = x / (bias + alpha / size · Σ x²)^beta, the sum over the
     * channels from ⌊(size − 1) / 2⌋ before to ⌈(size − 1) / 2⌉ behind, as far as there are.
     *
     * @param x N×C×…
     */
    public static NdArray localResponse(
            NdArray x, int size, double alpha, double beta, double bias) {
        double[] values = x.toDoubles();
        double[] results = new double[values.length];
        int channels = Math.toIntExact(x.size(1));
        int inner = Math.toIntExact(PlainShapes.count(x.shape(), 2, x.rank()));
        int before = (size - 1) / 2;
        for (int i = 0; i < values.length; i++) {
            int c = i / inner % channels;
            int first = Math.max(0, c - before);
            long last = Math.min(channels - 1, (long) c + (size - 1 - before));
            double sum = 0;
            for (int other = first; other <= last; other++) {
                double value = values[i + (other - c) * inner];
                sum += value * value;
            }
            results[i] = values[i] / Math.pow(bias + alpha / size * sum, beta);
        }
        return NdArray.ofDoubles(x.type(), results, x.shape());
    }

    /**
     * y = x / (Σ|x|ᵖ)^(1/p) along an axis; 0 where the sum is 0.
     *
     * @param p 1 or 2
     */
    public static NdArray lp(NdArray x, int axis, int p) {
        PlainLines lines = new PlainLines(x.shape(), PlainLines.only(axis, x.rank()));
        double[] results = new double[x.count()];
        double[] line = new double[lines.offsets.length];
        ReductionFunction function = p == 1 ? ReductionFunction.L1 : ReductionFunction.L2;
        for (int g = 0; g < lines.starts.length; g++) {
            PlainReduction.read(x, lines, g, line);
            double norm = function.reduce(line);
            for (int k = 0; k < line.length; k++) {
                results[lines.starts[g] + lines.offsets[k]] = norm == 0 ? 0 : line[k] / norm;
            }
        }
        return NdArray.ofDoubles(x.type(), results, x.shape());
    }

    /**
     * y = (x − mean) / (deviation + 10⁻⁹) over some dimensions.
     *
     * @param together which ones, as many as x has
     */
    public static NdArray meanVariance(NdArray x, boolean[] together) {
        PlainLines lines = new PlainLines(x.shape(), together);
        double[] results = new double[x.count()];
        double[] line = new double[lines.offsets.length];
        for (int g = 0; g < lines.starts.length; g++) {
            PlainReduction.read(x, lines, g, line);
            double mean = mean(line);
            double deviation = Math.sqrt(variance(line, mean)) + 1e-9;
            for (int k = 0; k < line.length; k++) {
                results[lines.starts[g] + lines.offsets[k]] = (line[k] - mean) / deviation;
            }
        }
        return NdArray.ofDoubles(x.type(), results, x.shape());
    }
}
