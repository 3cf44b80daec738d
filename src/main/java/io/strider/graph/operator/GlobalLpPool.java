package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainPooling;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * (Σ |x|^p)^(1/p) of each channel.
 *
 * <p>Input: x N×C×spatial sizes, floating-point. Output: y N×C×1×….
 *
 * @param power p
 */
public record GlobalLpPool(long power) implements Operator {
    /**
     * Checks the power.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public GlobalLpPool {
        LpPool.requirePower(power);
    }

    @Override
    public String name() {
        return "GlobalLpPool";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        return List.of(PoolingShapes.wholeOutput(OperandChecks.floating(inputs, 0, "X")));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        return List.of(
                PlainPooling.norm(
                        x,
                        PoolingShapes.wholeAxes(new TensorType(x.type(), x.shape())),
                        (double) power));
    }
}
