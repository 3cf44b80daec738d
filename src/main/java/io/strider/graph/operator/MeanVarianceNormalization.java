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
 * y = (x − mean) / (deviation + 10⁻⁹) over some dimensions.
 *
 * <p>Input x (floating-point). Output y of its type and shape.
 *
 * @param axes the dimensions, counted from the end where negative
 */
public record MeanVarianceNormalization(List<Long> axes) implements Operator {
    /** Keeps a copy. */
    public MeanVarianceNormalization {
        axes = List.copyOf(axes);
    }

    @Override
    public String name() {
        return "MeanVarianceNormalization";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, 1);
        TensorType x = OperandTypes.floating(inputs, 0, "x");
        together(x.rank());
        return List.of(x);
    }

    private boolean[] together(int rank) {
        boolean[] together = new boolean[rank];
        for (long axis : axes) {
            together[OperandTypes.axis("axes", axis, rank)] = true;
        }
        return together;
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        return List.of(PlainNormalization.meanVariance(x, together(x.rank())));
    }
}
