package io.strider.graph.operator;

import io.strider.conv.Activation;
import io.strider.conv.Conv2d;
import io.strider.conv.Padding;
import io.strider.conv.PreparedConv2d;
import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.TensorType;
import io.strider.ops.Operation;
import io.strider.ops.WindowAxis;
import io.strider.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link Convolution} with one or two spatial dimensions through {@link PreparedConv2d}; one
 * dimension is a picture of height 1. Weights that are computed while the network runs go through
 * {@link Conv2d} as they come, in the calling thread.
 */
final class ConvolutionKernel implements Kernel {
    /** Output positions below which the number of pictures decides how to compute. */
    private static final long SMALL_PICTURE = 100;

    /** Pictures from which on small ones are prepared for many. */
    private static final long MANY_PICTURES = 4;

    private final Conv2d convolution;
    private final @Nullable PreparedConv2d prepared;
    private final Activation activation;
    private final long multiplications;

    private ConvolutionKernel(
            Conv2d convolution,
            @Nullable PreparedConv2d prepared,
            Activation activation,
            long multiplications) {
        this.convolution = convolution;
        this.prepared = prepared;
        this.activation = activation;
        this.multiplications = multiplications;
    }

    /** What of a convolution is the same for all batches; the key of its prepared weights. */
    private record Sizes(long channels, long height, long width, boolean many) {}

    static @Nullable Kernel prepare(Convolution operator, KernelRequest request) {
        Inputs inputs = request.inputs();
        TensorType x = inputs.type(0);
        TensorType weight = inputs.type(1);
        if (!request.isFloat32() || x.rank() > 4 || !isComputable(x, weight)) {
            return null;
        }
        List<WindowAxis> axes = operator.axes(x, weight);
        Conv2d convolution = convolution(axes, operator.groups(), request.strictNumerics());
        long positions = request.outputs().get(0).elementCount();
        long products = weight.elementCount() / weight.shape()[0];
        boolean scaled = inputs.has(Convolution.SCALE);
        boolean constant =
                request.isConstant(1)
                        && (!inputs.has(2) || request.isConstant(2))
                        && (!scaled || request.isConstant(Convolution.SCALE));
        if (scaled && !constant) {
            return null;
        }
        PreparedConv2d prepared = null;
        if (constant) {
            long[] picture = pictureShape(x);
            Sizes sizes =
                    new Sizes(
                            picture[1],
                            picture[2],
                            picture[3],
                            isMany(picture[0], request.outputs().get(0)));
            prepared =
                    request.shared(
                            sizes,
                            PreparedConv2d.class,
                            () -> prepared(convolution, picture, operator.activation(), request));
        }
        return new ConvolutionKernel(
                convolution, prepared, operator.activation(), positions * products);
    }

    private static PreparedConv2d prepared(
            Conv2d convolution, long[] picture, Activation activation, KernelRequest request) {
        Tensor weight = request.constant(1);
        Tensor bias = request.inputs().has(2) ? request.constant(2) : null;
        Tensor scale =
                request.inputs().has(Convolution.SCALE)
                        ? request.constant(Convolution.SCALE)
                        : null;
        return convolution.prepare(
                picture, picture(weight), scale, bias, activation, request.arena());
    }

    private static boolean isMany(long batch, TensorType output) {
        long positions = 1;
        for (int dim = 2; dim < output.rank(); dim++) {
            positions *= output.shape()[dim];
        }
        return positions < SMALL_PICTURE && batch >= MANY_PICTURES;
    }

    /** Whether no size but the batch is 0. */
    static boolean isComputable(TensorType x, TensorType weight) {
        for (int dim = 1; dim < x.rank(); dim++) {
            if (x.shape()[dim] == 0) {
                return false;
            }
        }
        return weight.elementCount() > 0;
    }

    /** A convolution with these axes, two or one of them. */
    static Conv2d convolution(List<WindowAxis> axes, long groups, boolean strict) {
        WindowAxis width = axes.get(axes.size() - 1);
        WindowAxis height =
                axes.size() == 2 ? axes.get(0) : WindowAxis.padded(1, 1, 1, 1, 0, 0, false);
        return Conv2d.builder()
                .stride(height.stride(), width.stride())
                .dilation(height.dilation(), width.dilation())
                .padding(Padding.of(height.before(), width.before(), height.after(), width.after()))
                .groups(groups)
                .strictNumerics(strict)
                .build();
    }

    /** N×C×H×W as it is, N×C×W as N×C×1×W. */
    static Tensor picture(Tensor tensor) {
        return tensor.rank() == 3 ? tensor.unsqueeze(2) : tensor;
    }

    private static long[] pictureShape(TensorType type) {
        long[] shape = type.shape();
        return type.rank() == 3 ? new long[] {shape[0], shape[1], 1, shape[2]} : shape.clone();
    }

    @Override
    public Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs) {
        Tensor x = picture(Objects.requireNonNull(inputs.get(0)));
        Tensor residual = optional(inputs, Convolution.RESIDUAL);
        Tensor y = picture(outputs.get(0));
        if (y.elementCount() == 0) {
            return workers -> {};
        }
        PreparedConv2d quick = prepared;
        if (quick != null) {
            return workers -> {
                if (workers == null) {
                    quick.run(x, residual, y);
                } else {
                    quick.run(workers, x, residual, y);
                }
            };
        }
        Tensor weight = picture(Objects.requireNonNull(inputs.get(1)));
        Tensor givenBias = inputs.size() > 2 ? inputs.get(2) : null;
        boolean finished = residual == null && activation.equals(Activation.NONE);
        return workers -> {
            convolution.forward(x, weight, givenBias, y);
            if (!finished) {
                finish(y, residual);
            }
        };
    }

    private static @Nullable Tensor optional(List<@Nullable Tensor> inputs, int index) {
        Tensor tensor = index < inputs.size() ? inputs.get(index) : null;
        return tensor == null ? null : picture(tensor);
    }

    /** y = activation(y + residual). */
    private void finish(Tensor y, @Nullable Tensor residual) {
        for (long n = 0; n < y.size(0); n++) {
            for (long h = 0; h < y.size(2); h++) {
                for (long w = 0; w < y.size(3); w++) {
                    for (long c = 0; c < y.size(1); c++) {
                        float sum = y.get(n, c, h, w);
                        if (residual != null) {
                            sum += residual.get(n, c, h, w);
                        }
                        y.set(activation.apply(sum), n, c, h, w);
                    }
                }
            }
        }
    }

    @Override
    public String description() {
        return prepared == null
                ? "weights not constant"
                : prepared.algorithm().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public long multiplications() {
        return multiplications;
    }
}
