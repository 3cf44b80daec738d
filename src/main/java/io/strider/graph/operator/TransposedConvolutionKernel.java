package io.strider.graph.operator;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.conv.Conv2d;
import io.strider.conv.PreparedConv2d;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.TensorType;
import io.strider.ops.Operation;
import io.strider.ops.WindowAxis;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link TransposedConvolution} with one or two spatial dimensions and constant weights: the
 * gradient of a convolution by its input, prepared, and the bias added to it.
 */
final class TransposedConvolutionKernel implements Kernel {
    private final PreparedConv2d gradient;
    private final long multiplications;

    private TransposedConvolutionKernel(PreparedConv2d gradient, long multiplications) {
        this.gradient = gradient;
        this.multiplications = multiplications;
    }

    /** What is the same for all batches; the key of the prepared weights. */
    private record Sizes(List<WindowAxis> axes) {}

    static @Nullable Kernel prepare(TransposedConvolution operator, KernelRequest request) {
        TensorType x = request.inputs().type(0);
        TensorType weight = request.inputs().type(1);
        TensorType y = request.outputs().get(0);
        if (!request.isFloat32()
                || x.rank() > 4
                || !request.isConstant(1)
                || !ConvolutionKernel.isComputable(x, weight)) {
            return null;
        }
        List<WindowAxis> axes = operator.axes(x, weight);
        if (!axes.stream().allMatch(TransposedConvolutionKernel::isGradient)) {
            return null;
        }
        Conv2d convolution =
                ConvolutionKernel.convolution(axes, operator.groups(), request.strictNumerics());
        long[] outputs = y.shape();
        long[] picture =
                y.rank() == 3
                        ? new long[] {outputs[0], outputs[1], 1, outputs[2]}
                        : outputs.clone();
        PreparedConv2d gradient =
                request.shared(
                        new Sizes(axes),
                        PreparedConv2d.class,
                        () ->
                                convolution.prepareInputGradient(
                                        picture,
                                        ConvolutionKernel.picture(request.constant(1)),
                                        request.arena()));
        long products = weight.elementCount() / weight.shape()[0];
        return new TransposedConvolutionKernel(gradient, x.elementCount() * products);
    }

    /** Whether a convolution over y has exactly the windows of x, none left over. */
    private static boolean isGradient(WindowAxis axis) {
        long room = axis.input() + axis.before() + axis.after() - axis.extent();
        return room >= 0 && room / axis.stride() + 1 == axis.output();
    }

    @Override
    public Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs) {
        Tensor x = ConvolutionKernel.picture(Objects.requireNonNull(inputs.get(0)));
        Tensor y = ConvolutionKernel.picture(outputs.get(0));
        Tensor bias = inputs.size() > 2 ? inputs.get(2) : null;
        if (y.elementCount() == 0) {
            return workers -> {};
        }
        return workers -> {
            if (workers == null) {
                gradient.run(x, y);
            } else {
                gradient.run(workers, x, y);
            }
            if (bias != null) {
                add(bias, y);
            }
        };
    }

    /** y[n, c, h, w] += bias[c]. */
    private static void add(Tensor bias, Tensor y) {
        MemorySegment to = y.segment();
        MemorySegment from = bias.segment();
        long channels = y.size(1);
        long step = y.stride(1);
        for (long n = 0; n < y.size(0); n++) {
            for (long h = 0; h < y.size(2); h++) {
                for (long w = 0; w < y.size(3); w++) {
                    long at = y.offset() + n * y.stride(0) + h * y.stride(2) + w * y.stride(3);
                    for (long c = 0; c < channels; c++) {
                        long element = at + c * step;
                        float addend =
                                from.getAtIndex(JAVA_FLOAT, bias.offset() + c * bias.stride(0));
                        to.setAtIndex(
                                JAVA_FLOAT, element, to.getAtIndex(JAVA_FLOAT, element) + addend);
                    }
                }
            }
        }
    }

    @Override
    public String description() {
        return "gradient, " + gradient.algorithm().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public long multiplications() {
        return multiplications;
    }
}
