package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainNormalization;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = (x − mean) / √(variance + epsilon) · scale + shift, with one of each a channel.
 *
 * <p>Inputs x (N×C×…, floating-point), scale, shift, mean and variance (C elements each, of
 * floating-point types). Output y of x's type and shape. In training mean and variance are those of
 * x itself, and there are two more outputs: the running ones, moved towards them.
 *
 * @param epsilon added to the variance
 * @param momentum how much of the running mean and variance stays, in training
 * @param training whether mean and variance are computed from x
 */
public record BatchNormalization(double epsilon, double momentum, boolean training)
        implements Operator {
    @Override
    public String name() {
        return "BatchNormalization";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 5, 5);
        TensorType x = OperandTypes.channels(inputs, 0);
        String[] arguments = {"scale", "shift", "mean", "variance"};
        for (int i = 0; i < arguments.length; i++) {
            OperandTypes.floatingVector(inputs, i + 1, arguments[i], x.shape()[1]);
        }
        return training ? List.of(x, inputs.type(3), inputs.type(4)) : List.of(x);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        NdArray scale = Objects.requireNonNull(inputs.get(1));
        NdArray shift = Objects.requireNonNull(inputs.get(2));
        NdArray mean = Objects.requireNonNull(inputs.get(3));
        NdArray variance = Objects.requireNonNull(inputs.get(4));
        return training
                ? PlainNormalization.batchInTraining(
                        x, scale, shift, mean, variance, epsilon, momentum)
                : List.of(PlainNormalization.batch(x, scale, shift, mean, variance, epsilon));
    }
}
