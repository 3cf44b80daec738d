package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.LineOperations;
import io.strider.ops.PlainNormalization;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Each group of channels of each image on its own: y = (x − mean) / √(variance + epsilon) · scale +
 * shift.
 *
 * <p>Inputs x (N×C×…, floating-point), scale and shift (of x's type, one element a channel, or one
 * a group where there are fewer groups than channels). Output y of x's type and shape.
 *
 * @param groups how many, a divisor of C; or {@link #EVERY_CHANNEL}
 * @param epsilon added to the variance
 */
public record GroupNormalization(long groups, double epsilon) implements Operator {
    /** As many groups as channels: instance normalisation. */
    public static final long EVERY_CHANNEL = 0;

    @Override
    public String name() {
        return groups == EVERY_CHANNEL ? "InstanceNormalization" : "GroupNormalization";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 3, 3);
        TensorType x = OperandTypes.channels(inputs, 0);
        long channels = x.shape()[1];
        if (groups < 0 || (groups > 0 && (groups > channels || channels % groups != 0))) {
            throw OperandTypes.refused(
                    "num_groups: %s (expected: a divisor of %s channels)", groups, channels);
        }
        TensorType scale = OperandTypes.like(inputs, 1, "scale", x.type());
        boolean each = groups == EVERY_CHANNEL || scale.elementCount() != groups;
        OperandTypes.vector(inputs, 1, "scale", x.type(), each ? channels : groups);
        OperandTypes.vector(inputs, 2, "shift", x.type(), scale.elementCount());
        return List.of(x);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        NdArray scale = Objects.requireNonNull(inputs.get(1));
        NdArray shift = Objects.requireNonNull(inputs.get(2));
        if (x.count() == 0) {
            return List.of(x);
        }
        int count = Math.toIntExact(groups == EVERY_CHANNEL ? x.size(1) : groups);
        return List.of(PlainNormalization.group(x, scale, shift, count, epsilon));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        TensorType x = request.inputs().type(0);
        if (!request.isFloat32() || x.elementCount() == 0) {
            return null;
        }
        int count = Math.toIntExact(groups == EVERY_CHANNEL ? x.shape()[1] : groups);
        return new SimpleKernel(
                "",
                0,
                (inputs, outputs) ->
                        LineOperations.group(
                                SimpleKernel.present(inputs, 0),
                                SimpleKernel.present(inputs, 1),
                                SimpleKernel.present(inputs, 2),
                                count,
                                epsilon,
                                outputs.getFirst()));
    }
}
