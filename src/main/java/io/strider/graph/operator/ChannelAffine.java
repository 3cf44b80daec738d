package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.ActivationFunction;
import io.strider.ops.BinaryFunction;
import io.strider.ops.Elementwise;
import io.strider.ops.PlainElementwise;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = min(max(x · scale + shift, low), high), with one scale and one shift a channel: a batch
 * normalisation with known statistics and the clamp behind it.
 *
 * <p>Inputs x (N×C×…, floating-point), scale and shift (of x's type, C elements each). Output y of
 * x's type and shape.
 *
 * @param low −∞ for no bound
 * @param high +∞ for no bound, not below {@code low}
 */
public record ChannelAffine(float low, float high) implements Operator {
    /** Checks the bounds. */
    public ChannelAffine {
        if (!(low <= high)) {
            throw OperandTypes.refused(
                    "low, high: %s, %s (expected: low <= high, neither NaN)", low, high);
        }
    }

    @Override
    public String name() {
        return "ChannelAffine";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 3, 3);
        TensorType x = OperandTypes.channels(inputs, 0);
        OperandTypes.vector(inputs, 1, "scale", x.type(), x.shape()[1]);
        OperandTypes.vector(inputs, 2, "shift", x.type(), x.shape()[1]);
        return List.of(x);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        NdArray scaled =
                PlainElementwise.combine(
                        BinaryFunction.MULTIPLY, x, channels(inputs.get(1), x.rank()));
        NdArray shifted =
                PlainElementwise.combine(
                        BinaryFunction.ADD, scaled, channels(inputs.get(2), x.rank()));
        return List.of(PlainElementwise.map(new ActivationFunction.Clamp(low, high), shifted));
    }

    /** C elements as C×1×…×1, which repeats to N×C×…. */
    private static NdArray channels(@Nullable NdArray values, int rank) {
        NdArray present = Objects.requireNonNull(values);
        long[] shape = new long[rank - 1];
        Arrays.fill(shape, 1);
        shape[0] = present.count();
        return present.reshape(shape);
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32()) {
            return null;
        }
        return new SimpleKernel(
                "affine",
                0,
                (inputs, outputs) ->
                        Elementwise.best()
                                .channelAffine(
                                        SimpleKernel.present(inputs, 0),
                                        SimpleKernel.present(inputs, 1),
                                        SimpleKernel.present(inputs, 2),
                                        low,
                                        high,
                                        outputs.getFirst()));
    }
}
