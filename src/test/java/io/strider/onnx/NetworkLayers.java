package io.strider.onnx;

import static io.strider.onnx.OnnxBuilder.integer;
import static io.strider.onnx.OnnxBuilder.ints;
import static io.strider.onnx.OnnxBuilder.number;
import static io.strider.onnx.OnnxBuilder.tensor;

import io.strider.onnx.OnnxBuilder.Attribute;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes the layers of a network one after the other as ONNX nodes, as PyTorch exports them in
 * inference mode, batch normalisations left in.
 *
 * <p>Weights are normal with He's variance, 2 / (taps · input channels of a group), from a seed. So
 * that values keep their size through any depth, as in a trained network, every layer also works
 * out the mean and variance of its channels, taking what it reads as independent and normal; batch
 * normalisations take their running statistics from that, a little off. Without the means a deep
 * network of random weights gives nearly the same output for any picture.
 *
 * <p>Used by one thread, for one network.
 */
final class NetworkLayers {
    /** Deviation of what is left of a mean on purpose, as a share of the values' deviation. */
    private static final double SHIFT = 0.2;

    private final OnnxBuilder builder = new OnnxBuilder();
    private final SplittableRandom random;
    private long parameters;
    private long multiplications;
    private int values;

    NetworkLayers(long seed) {
        random = new SplittableRandom(seed);
    }

    /**
     * What flows from one layer to the next.
     *
     * @param name of the ONNX value
     * @param height of its pictures
     * @param width of its pictures
     * @param mean of each channel, by the estimate
     * @param variance of each channel, by the estimate
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Features(String name, int height, int width, double[] mean, double[] variance) {
        int channels() {
            return mean.length;
        }

        Features with(String otherName, int otherHeight, int otherWidth) {
            return new Features(otherName, otherHeight, otherWidth, mean, variance);
        }
    }

    /** A square window, moved alike along both axes. */
    record Window(int kernel, int stride, int padding) {
        static final Window POINT = new Window(1, 1, 0);
        static final Window THREE = new Window(3, 1, 1);

        static Window three(int stride) {
            return new Window(3, stride, 1);
        }

        int outputs(int size) {
            return (size + 2 * padding - kernel) / stride + 1;
        }

        /** As many as there are when the last window may hang over. */
        int outputsRoundedUp(int size) {
            int outputs = Math.ceilDiv(size + 2 * padding - kernel, stride) + 1;
            return (outputs - 1) * stride >= size + padding ? outputs - 1 : outputs;
        }
    }

    /** Weights and biases, but no running statistics: what is usually given as a network's size. */
    long parameters() {
        return parameters;
    }

    /** Multiply-adds of the convolutions and the last layer, for one picture. */
    long multiplications() {
        return multiplications;
    }

    /** The network's input: batch × channels × height × width, standard normal. */
    Features input(int channels, int height, int width) {
        builder.input("input", "batch", channels, height, width);
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        return new Features("input", height, width, new double[channels], ones);
    }

    /** A convolution without bias. */
    Features conv(String name, Features in, int out, Window window, int groups) {
        return conv(name, in, out, window, groups, false);
    }

    /** A convolution with a bias that takes away its output's mean. */
    Features convWithBias(String name, Features in, int out, Window window) {
        return conv(name, in, out, window, 1, true);
    }

    private Features conv(
            String name, Features in, int out, Window window, int groups, boolean bias) {
        int kernel = window.kernel();
        int perGroup = in.channels() / groups;
        int fan = perGroup * kernel * kernel;
        double[] mean = new double[out];
        double[] variance = new double[out];
        ByteBuffer weights = littleEndian((long) out * fan);
        for (int o = 0; o < out; o++) {
            int first = o / (out / groups) * perGroup;
            fill(
                    weights,
                    in,
                    first,
                    perGroup,
                    kernel * kernel,
                    Math.sqrt(2.0 / fan),
                    o,
                    mean,
                    variance);
        }
        parameter(name + ".weight", weights, out, perGroup, kernel, kernel);
        List<String> inputs = new ArrayList<>(List.of(in.name(), name + ".weight"));
        if (bias) {
            inputs.add(name + ".bias");
            parameter(name + ".bias", centring(mean, variance));
        }
        int height = window.outputs(in.height());
        int width = window.outputs(in.width());
        multiplications += (long) out * fan * height * width;
        String output =
                node(
                        "Conv",
                        inputs,
                        ints("dilations", 1, 1),
                        integer("group", groups),
                        ints("kernel_shape", both(kernel)),
                        ints("pads", around(window.padding())),
                        ints("strides", both(window.stride())));
        return new Features(output, height, width, mean, variance);
    }

    /** The weights of one output channel, and what they make of the mean and the variance. */
    private void fill(
            ByteBuffer weights,
            Features in,
            int first,
            int count,
            int taps,
            double scale,
            int output,
            double[] mean,
            double[] variance) {
        for (int i = first; i < first + count; i++) {
            for (int tap = 0; tap < taps; tap++) {
                float weight = (float) (scale * random.nextGaussian());
                weights.putFloat(weight);
                mean[output] += weight * in.mean()[i];
                variance[output] += (double) weight * weight * in.variance()[i];
            }
        }
    }

    /** Takes the means away, but for a little. */
    private float[] centring(double[] mean, double[] variance) {
        float[] bias = new float[mean.length];
        for (int c = 0; c < bias.length; c++) {
            double kept = SHIFT * Math.sqrt(variance[c]) * random.nextGaussian();
            bias[c] = (float) (kept - mean[c]);
            mean[c] = kept;
        }
        return bias;
    }

    /**
     * A batch normalisation.
     *
     * @param scale of its output, near its standard deviation: less than 1 for what is added to a
     *     shortcut
     */
    Features batchNorm(String name, Features in, double scale) {
        int channels = in.channels();
        float[] weight = new float[channels];
        float[] bias = new float[channels];
        float[] runningMean = new float[channels];
        float[] runningVariance = new float[channels];
        double[] mean = new double[channels];
        double[] variance = new double[channels];
        for (int c = 0; c < channels; c++) {
            double deviation = Math.sqrt(in.variance()[c]);
            weight[c] = (float) (scale * random.nextDouble(0.7, 1.3));
            bias[c] = (float) (scale * SHIFT * random.nextGaussian());
            runningMean[c] = (float) (in.mean()[c] + 0.1 * deviation * random.nextGaussian());
            runningVariance[c] = (float) (in.variance()[c] * random.nextDouble(0.7, 1.4) + 1e-3);
            double factor = weight[c] / Math.sqrt(runningVariance[c]);
            mean[c] = (in.mean()[c] - runningMean[c]) * factor + bias[c];
            variance[c] = in.variance()[c] * factor * factor;
        }
        parameter(name + ".weight", weight);
        parameter(name + ".bias", bias);
        builder.initializer(name + ".running_mean", runningMean, channels);
        builder.initializer(name + ".running_var", runningVariance, channels);
        String output =
                node(
                        "BatchNormalization",
                        List.of(
                                in.name(),
                                name + ".weight",
                                name + ".bias",
                                name + ".running_mean",
                                name + ".running_var"),
                        number("epsilon", 1e-5f),
                        number("momentum", 0.9f),
                        integer("training_mode", 0));
        return new Features(output, in.height(), in.width(), mean, variance);
    }

    Features relu(Features in) {
        return rectified(in, node("Relu", List.of(in.name())));
    }

    /** {@code Clip} from 0 to 6, its bounds constants as in PyTorch's ReLU6. */
    Features relu6(Features in) {
        String least = constant(0);
        String most = constant(6);
        return rectified(in, node("Clip", List.of(in.name(), least, most)));
    }

    /** Mean and variance of max(x, 0) for a normal x. */
    private static Features rectified(Features in, String output) {
        double[] mean = new double[in.channels()];
        double[] variance = new double[in.channels()];
        for (int c = 0; c < mean.length; c++) {
            double m = in.mean()[c];
            double s = Math.sqrt(in.variance()[c]);
            double t = m / s;
            double density = Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI);
            double below = 1 / (1 + Math.exp(-1.5976 * t - 0.07056 * t * t * t));
            mean[c] = m * below + s * density;
            double square = (m * m + s * s) * below + m * s * density;
            variance[c] = Math.max(square - mean[c] * mean[c], 1e-3 * s * s);
        }
        return new Features(output, in.height(), in.width(), mean, variance);
    }

    Features add(Features a, Features b) {
        double[] mean = new double[a.channels()];
        double[] variance = new double[a.channels()];
        for (int c = 0; c < mean.length; c++) {
            mean[c] = a.mean()[c] + b.mean()[c];
            variance[c] = a.variance()[c] + b.variance()[c];
        }
        String output = node("Add", List.of(a.name(), b.name()));
        return new Features(output, a.height(), a.width(), mean, variance);
    }

    /** Joined along the channels; one alone is a node too, as PyTorch exports it. */
    Features concat(List<Features> parts) {
        String output =
                node("Concat", parts.stream().map(Features::name).toList(), integer("axis", 1));
        double[] mean = parts.stream().flatMapToDouble(p -> Arrays.stream(p.mean())).toArray();
        double[] variance =
                parts.stream().flatMapToDouble(p -> Arrays.stream(p.variance())).toArray();
        return new Features(
                output, parts.getFirst().height(), parts.getFirst().width(), mean, variance);
    }

    /** The two halves of the channels. */
    List<Features> halves(Features in) {
        int half = in.channels() / 2;
        String sizes = name("Split");
        builder.initializer(sizes, new long[] {half, half}, 2);
        String first = name("Split");
        String second = name("Split");
        builder.node(
                "Split", List.of(in.name(), sizes), List.of(first, second), integer("axis", 1));
        return List.of(part(in, first, 0, half), part(in, second, half, in.channels()));
    }

    private static Features part(Features in, String name, int from, int to) {
        return new Features(
                name,
                in.height(),
                in.width(),
                Arrays.copyOfRange(in.mean(), from, to),
                Arrays.copyOfRange(in.variance(), from, to));
    }

    /** Channels dealt out to groups: a reshape, a transposition, a reshape. */
    Features shuffle(Features in, int groups) {
        int perGroup = in.channels() / groups;
        String split = reshape(in.name(), -1, groups, perGroup, in.height(), in.width());
        String turned = node("Transpose", List.of(split), ints("perm", 0, 2, 1, 3, 4));
        String output = reshape(turned, -1, in.channels(), in.height(), in.width());
        double[] mean = new double[in.channels()];
        double[] variance = new double[in.channels()];
        for (int c = 0; c < mean.length; c++) {
            int from = c % groups * perGroup + c / groups;
            mean[c] = in.mean()[from];
            variance[c] = in.variance()[from];
        }
        return new Features(output, in.height(), in.width(), mean, variance);
    }

    private String reshape(String input, long... shape) {
        String sizes = name("Reshape");
        builder.initializer(sizes, shape, shape.length);
        return node("Reshape", List.of(input, sizes), integer("allowzero", 0));
    }

    /** The estimate is that of the largest of about four independent values. */
    Features maxPool(Features in, Window window, boolean roundUp) {
        String output =
                node(
                        "MaxPool",
                        List.of(in.name()),
                        integer("ceil_mode", roundUp ? 1 : 0),
                        ints("dilations", 1, 1),
                        ints("kernel_shape", both(window.kernel())),
                        ints("pads", around(window.padding())),
                        ints("strides", both(window.stride())));
        double[] mean = new double[in.channels()];
        double[] variance = new double[in.channels()];
        for (int c = 0; c < mean.length; c++) {
            mean[c] = in.mean()[c] + Math.sqrt(in.variance()[c]);
            variance[c] = in.variance()[c] / 2;
        }
        int height = roundUp ? window.outputsRoundedUp(in.height()) : window.outputs(in.height());
        int width = roundUp ? window.outputsRoundedUp(in.width()) : window.outputs(in.width());
        return new Features(output, height, width, mean, variance);
    }

    /** Means of 2×2 pixels. */
    Features averagePool(Features in) {
        Window window = new Window(2, 2, 0);
        String output =
                node(
                        "AveragePool",
                        List.of(in.name()),
                        integer("ceil_mode", 0),
                        integer("count_include_pad", 1),
                        ints("kernel_shape", both(2)),
                        ints("pads", around(0)),
                        ints("strides", both(2)));
        double[] variance = Arrays.stream(in.variance()).map(v -> v / 2).toArray();
        return new Features(
                output,
                window.outputs(in.height()),
                window.outputs(in.width()),
                in.mean(),
                variance);
    }

    /** The mean of every channel, as N×C×1×1. */
    Features globalAverage(Features in) {
        return in.with(node("GlobalAveragePool", List.of(in.name())), 1, 1);
    }

    /** The mean of every channel, as N×C. */
    Features meanOfPixels(Features in) {
        return in.with(
                node("ReduceMean", List.of(in.name()), ints("axes", 2, 3), integer("keepdims", 0)),
                1,
                1);
    }

    Features flatten(Features in) {
        return in.with(node("Flatten", List.of(in.name()), integer("axis", 1)), 1, 1);
    }

    /** A fully connected layer on N×C. */
    Features linear(String name, Features in, int out) {
        double[] mean = new double[out];
        double[] variance = new double[out];
        ByteBuffer weights = littleEndian((long) out * in.channels());
        double scale = Math.sqrt(2.0 / in.channels());
        for (int o = 0; o < out; o++) {
            fill(weights, in, 0, in.channels(), 1, scale, o, mean, variance);
        }
        parameter(name + ".weight", weights, out, in.channels());
        parameter(name + ".bias", centring(mean, variance));
        multiplications += (long) out * in.channels();
        String output =
                node(
                        "Gemm",
                        List.of(in.name(), name + ".weight", name + ".bias"),
                        number("alpha", 1f),
                        number("beta", 1f),
                        integer("transB", 1));
        return new Features(output, 1, 1, mean, variance);
    }

    /** Ends the network with {@code output}. */
    OnnxBuilder finish(Features output) {
        return builder.output(output.name());
    }

    private String node(String operator, List<String> inputs, Attribute... attributes) {
        String output = name(operator);
        builder.node(operator, inputs, List.of(output), attributes);
        return output;
    }

    private String constant(float value) {
        return node(
                "Constant",
                List.of(),
                tensor("value", OnnxBuilder.tensor("", new float[] {value})));
    }

    private String name(String operator) {
        return operator + "_" + values++;
    }

    private void parameter(String name, float[] values) {
        parameters += values.length;
        builder.initializer(name, values, values.length);
    }

    private void parameter(String name, ByteBuffer values, long... shape) {
        parameters += values.capacity() / Float.BYTES;
        builder.initializer(name, OnnxBuilder.FLOAT, values.array(), shape);
    }

    private static ByteBuffer littleEndian(long floats) {
        return ByteBuffer.allocate(Math.toIntExact(floats * Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private static long[] both(int value) {
        return new long[] {value, value};
    }

    private static long[] around(int padding) {
        return new long[] {padding, padding, padding, padding};
    }
}
