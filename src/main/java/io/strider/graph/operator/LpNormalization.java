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
 * y = x / (Σ|x|ᵖ)^(1/p) along an axis; 0 where the sum is 0.
 *
 * <p>Input x (floating-point). Output y of its type and shape.
 *
 * @param axis the dimension, counted from the end if negative
 * @param p 1 or 2
 */
public record LpNormalization(long axis, long p) implements Operator {
    /** Checks the power. */
    public LpNormalization {
        if (p != 1 && p != 2) {
            throw OperandTypes.refused("p: %s (expected: 1 or 2)", p);
        }
    }

    @Override
    public String name() {
        return "LpNormalization";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, 1);
        TensorType x = OperandTypes.floating(inputs, 0, "x");
        OperandTypes.axis("axis", axis, x.rank());
        return List.of(x);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        int dim = OperandTypes.axis("axis", axis, x.rank());
        return List.of(PlainNormalization.lp(x, dim, (int) p));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32()) {
            return null;
        }
        int dim = OperandTypes.axis("axis", axis, request.inputs().type(0).rank());
        return new SimpleKernel(
                "",
                0,
                (inputs, outputs) ->
                        LineOperations.lp(
                                SimpleKernel.present(inputs, 0), dim, (int) p, outputs.getFirst()));
    }
}
