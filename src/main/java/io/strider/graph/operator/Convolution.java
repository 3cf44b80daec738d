package io.strider.graph.operator;

import io.strider.conv.Activation;
import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainConvolution;
import io.strider.ops.WindowAxis;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = activation((x ∗ weight) · scale + bias + residual) in any number of spatial dimensions.
 *
 * <p>Inputs: x N×C×spatial sizes; weight O×C/groups×taps; bias O, may be absent; residual of y's
 * shape, and scale O, may be absent, which only fusion adds. All of one floating-point type.
 * Output: y N×O×windows.
 *
 * @param window how it slides; an absent kernel is that of the weights
 * @param groups a divisor of C and O
 * @param activation what is applied last; {@link Activation#NONE} but for fusion
 */
public record Convolution(SlidingWindow window, long groups, Activation activation)
        implements Operator {
    /** Index of the input that is added before the activation. */
    public static final int RESIDUAL = 3;

    /** Index of the factors of the outputs, by which the weights are multiplied beforehand. */
    public static final int SCALE = 4;

    /** Without activation. */
    public Convolution(SlidingWindow window, long groups) {
        this(window, groups, Activation.NONE);
    }

    /** The same followed by an activation, in place of its own. */
    public Convolution withActivation(Activation other) {
        return new Convolution(window, groups, other);
    }

    @Override
    public String name() {
        return "Conv";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType x = OperandChecks.floating(inputs, 0, "X");
        TensorType weight = OperandChecks.required(inputs, 1, "W");
        OperandChecks.rank(x, "X", 3, "N×C and at least one spatial size");
        OperandChecks.sameType(weight, "W", x.type());
        if (weight.rank() != x.rank()) {
            throw new IllegalArgumentException(
                    "W: %s (expected: as many dimensions as X, %s)".formatted(weight, x));
        }
        long channels = x.shape()[1];
        long outputs = weight.shape()[0];
        requireGroups(groups, channels, "channels of X");
        requireGroups(groups, outputs, "outputs of W");
        if (weight.shape()[1] != channels / groups) {
            throw new IllegalArgumentException(
                    "W: shape %s (expected: second size %d, the %d channels of X in %d groups)"
                            .formatted(
                                    Arrays.toString(weight.shape()),
                                    channels / groups,
                                    channels,
                                    groups));
        }
        if (inputs.has(2)) {
            OperandChecks.sameType(inputs.type(2), "B", x.type());
            OperandChecks.shape(inputs.type(2), "B", outputs);
        }
        long[] shape = x.shape().clone();
        shape[1] = outputs;
        List<WindowAxis> axes = axes(x, weight);
        for (int dim = 0; dim < axes.size(); dim++) {
            shape[2 + dim] = axes.get(dim).output();
        }
        if (inputs.has(RESIDUAL)) {
            OperandChecks.sameType(inputs.type(RESIDUAL), "residual", x.type());
            OperandChecks.shape(inputs.type(RESIDUAL), "residual", shape);
        }
        if (inputs.has(SCALE)) {
            OperandChecks.sameType(inputs.type(SCALE), "scale", x.type());
            OperandChecks.shape(inputs.type(SCALE), "scale", outputs);
        }
        return List.of(OperandChecks.output(x.type(), shape));
    }

    static void requireGroups(long groups, long channels, String what) {
        if (groups < 1 || channels % groups != 0) {
            throw new IllegalArgumentException(
                    "group: %d (expected: >= 1, a divisor of the %d %s)"
                            .formatted(groups, channels, what));
        }
    }

    /** The axes of the window; checks its numbers. */
    List<WindowAxis> axes(TensorType x, TensorType weight) {
        long[] taps = OperandChecks.spatial(weight);
        window.requireKernel(taps);
        return window.axes(OperandChecks.spatial(x), taps);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        NdArray weight = scaled(Objects.requireNonNull(inputs.get(1)), inputs);
        NdArray bias = inputs.size() > 2 ? inputs.get(2) : null;
        NdArray residual = inputs.size() > RESIDUAL ? inputs.get(RESIDUAL) : null;
        List<WindowAxis> axes =
                axes(
                        new TensorType(x.type(), x.shape()),
                        new TensorType(weight.type(), weight.shape()));
        return List.of(
                PlainConvolution.convolve(
                        x,
                        weight,
                        bias,
                        groups,
                        axes,
                        (sum, index) ->
                                activated(
                                        residual == null ? sum : sum + residual.getDouble(index))));
    }

    /** The weights times the factors of their outputs. */
    private static NdArray scaled(NdArray weight, List<@Nullable NdArray> inputs) {
        NdArray scale = inputs.size() > SCALE ? inputs.get(SCALE) : null;
        if (scale == null) {
            return weight;
        }
        double[] values = weight.toDoubles();
        int each = scale.count() == 0 ? 0 : values.length / scale.count();
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale.getDouble(i / each);
        }
        return NdArray.ofDoubles(weight.type(), values, weight.shape());
    }

    /** The activation in double, which {@link Activation#apply} has in float only. */
    private double activated(double value) {
        return switch (activation) {
            case Activation.Clamp(float low, float high) -> Math.min(Math.max(value, low), high);
            case Activation.Smooth.SILU -> value / (1 + Math.exp(-value));
            case Activation.Smooth.HARD_SWISH -> value * Math.min(Math.max(value + 3, 0), 6) / 6;
        };
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        return ConvolutionKernel.prepare(this, request);
    }
}
