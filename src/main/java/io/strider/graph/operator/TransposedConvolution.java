package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainConvolution;
import io.strider.ops.WindowAxis;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The adjoint of a convolution (ONNX's ConvTranspose): each element of x, times the weights, is
 * added to the outputs under its window, in any number of spatial dimensions.
 *
 * <p>Inputs: x N×C×windows; weight C×M/groups×taps; bias M, may be absent. All of one
 * floating-point type. Output: y N×M×spatial sizes, each stride · (windows − 1) + outputPadding +
 * extent − pads.
 *
 * @param window how it slides over y; an absent kernel is that of the weights
 * @param outputPadding added behind each dimension of y; empty for none
 * @param outputShape the spatial sizes of y, from which the padding follows; batch and channels may
 *     stand in front. Empty if they are to follow from the padding
 * @param groups a divisor of C
 */
public record TransposedConvolution(
        SlidingWindow window, List<Long> outputPadding, List<Long> outputShape, long groups)
        implements Operator {

    /** Keeps copies of the lists. */
    public TransposedConvolution {
        outputPadding = List.copyOf(outputPadding);
        outputShape = List.copyOf(outputShape);
    }

    @Override
    public String name() {
        return "ConvTranspose";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType x = OperandChecks.floating(inputs, 0, "X");
        TensorType weight = OperandChecks.required(inputs, 1, "W");
        OperandChecks.rank(x, "X", 3, "N×C and at least one spatial size");
        OperandChecks.sameType(weight, "W", x.type());
        if (weight.rank() != x.rank() || weight.shape()[0] != x.shape()[1]) {
            throw new IllegalArgumentException(
                    "W: shape %s (expected: as many dimensions as X, %s, the first its channels)"
                            .formatted(
                                    Arrays.toString(weight.shape()), Arrays.toString(x.shape())));
        }
        Convolution.requireGroups(groups, x.shape()[1], "channels of X");
        long outputs = OperandChecks.product("M", weight.shape()[1], groups);
        if (inputs.has(2)) {
            OperandChecks.sameType(inputs.type(2), "B", x.type());
            OperandChecks.shape(inputs.type(2), "B", outputs);
        }
        long[] shape = x.shape().clone();
        shape[1] = outputs;
        List<WindowAxis> axes = axes(x, weight);
        for (int dim = 0; dim < axes.size(); dim++) {
            shape[2 + dim] = axes.get(dim).input();
        }
        return List.of(OperandChecks.output(x.type(), shape));
    }

    /** The axes of the window over y: their inputs are y's sizes, their outputs those of x. */
    List<WindowAxis> axes(TensorType x, TensorType weight) {
        long[] windows = OperandChecks.spatial(x);
        long[] taps = OperandChecks.spatial(weight);
        window.requireKernel(taps);
        List<WindowAxis> axes = new ArrayList<>();
        for (int dim = 0; dim < windows.length; dim++) {
            try {
                axes.add(axis(windows[dim], taps[dim], dim, windows.length));
            } catch (ArithmeticException overflow) {
                throw new IllegalArgumentException(
                        "X, W: shapes %s and %s (expected: an output whose sizes fit a long)"
                                .formatted(
                                        Arrays.toString(x.shape()),
                                        Arrays.toString(weight.shape())),
                        overflow);
            }
        }
        return axes;
    }

    private WindowAxis axis(long windows, long taps, int dim, int rank) {
        long stride = window.stride(dim, rank);
        long dilation = window.dilation(dim, rank);
        // Checks their ranges; the sums below then cannot be led astray by negative numbers.
        long extent = new WindowAxis(0, taps, stride, dilation, 0, 0, windows).extent();
        long padding = SlidingWindow.number("output_padding", outputPadding, dim, rank, 0);
        if (padding < 0) {
            throw new IllegalArgumentException(
                    "output_padding: %s (expected: >= 0)".formatted(outputPadding));
        }
        if (windows == 0) {
            throw new IllegalArgumentException("X: spatial size 0 (expected: >= 1)");
        }
        long reach =
                Math.addExact(
                        Math.addExact(Math.multiplyExact(stride, windows - 1), extent), padding);
        long before;
        long after;
        long size;
        if (outputShape.isEmpty() && isExplicit()) {
            boolean given = window.padding() == AutoPadding.NOTSET;
            before = given ? window.padBefore(dim, rank) : 0;
            after = given ? window.padAfter(dim, rank) : 0;
            size = Math.subtractExact(Math.subtractExact(reach, before), after);
        } else {
            size = wantedSize(windows, stride, dim, rank);
            long total = Math.max(0, reach - size);
            boolean upper = window.padding() == AutoPadding.SAME_UPPER;
            before = upper ? total / 2 : total - total / 2;
            after = total - before;
        }
        if (size < 1) {
            throw new IllegalArgumentException(
                    "pads: %d and %d (expected: less than the %d elements that %d windows reach)"
                            .formatted(before, after, reach, windows));
        }
        return new WindowAxis(size, taps, stride, dilation, before, after, windows);
    }

    private boolean isExplicit() {
        return window.padding() == AutoPadding.NOTSET || window.padding() == AutoPadding.VALID;
    }

    private long wantedSize(long windows, long stride, int dim, int rank) {
        if (outputShape.isEmpty()) {
            return Math.multiplyExact(windows, stride);
        }
        // Batch and channels in front are not what ONNX says but what some exporters write.
        int extra = outputShape.size() == rank + 2 ? 2 : 0;
        long size = SlidingWindow.number("output_shape", outputShape, extra + dim, rank + extra, 0);
        if (size < 1) {
            throw new IllegalArgumentException(
                    "output_shape: %s (expected: sizes >= 1)".formatted(outputShape));
        }
        return size;
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        NdArray weight = Objects.requireNonNull(inputs.get(1));
        NdArray bias = inputs.size() > 2 ? inputs.get(2) : null;
        List<WindowAxis> axes =
                axes(
                        new TensorType(x.type(), x.shape()),
                        new TensorType(weight.type(), weight.shape()));
        return List.of(PlainConvolution.transposed(x, weight, bias, groups, axes));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        return TransposedConvolutionKernel.prepare(this, request);
    }
}
