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
 * (Σ |x|^p)^(1/p) of the elements under each window in any number of spatial dimensions.
 *
 * <p>Input: x N×C×spatial sizes, floating-point. Output: y N×C×windows.
 *
 * @param window how it slides; its kernel is given
 * @param power p
 */
public record LpPool(SlidingWindow window, long power) implements Operator {
    /**
     * Checks the power.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public LpPool {
        requirePower(power);
    }

    static void requirePower(long power) {
        if (power < 1) {
            throw new IllegalArgumentException("p: %d (expected: >= 1)".formatted(power));
        }
    }

    @Override
    public String name() {
        return "LpPool";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        return List.of(PoolingShapes.output(OperandChecks.floating(inputs, 0, "X"), window));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        return List.of(
                PlainPooling.norm(
                        x,
                        PoolingShapes.axes(new TensorType(x.type(), x.shape()), window),
                        (double) power));
    }
}
