package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.LineOperations;
import io.strider.ops.PlainReduction;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = e^x / Σ e^x, the sum over one dimension or over all from one on; or the logarithm of that; or
 * 1 where the first of the largest stands and 0 elsewhere.
 *
 * <p>Input x of a floating-point type. Output of its type and shape.
 *
 * @param kind which of the three
 * @param axis the dimension, counted from the end if negative
 * @param trailing whether the sum is over all dimensions from the axis on, as in ONNX before
 *     version 13; the axis may then be the rank itself
 */
public record Softmax(Kind kind, long axis, boolean trailing) implements Operator {

    /** What is computed of the exponentials. */
    public enum Kind {
        /** Their shares in the sum. */
        SHARE("Softmax"),
        /** The logarithms of the shares. */
        LOGARITHM("LogSoftmax"),
        /** 1 for the largest, 0 for the others. */
        LARGEST("Hardmax");

        private final String label;

        Kind(String label) {
            this.label = label;
        }
    }

    @Override
    public String name() {
        return kind.label;
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, 1);
        TensorType x = OperandTypes.floating(inputs, 0, "x");
        together(x.rank());
        return List.of(x);
    }

    /** Which dimensions are summed over. */
    private boolean[] together(int rank) {
        boolean[] together = new boolean[rank];
        if (trailing && axis == rank) {
            return together;
        }
        int dim = OperandTypes.axis("axis", axis, rank);
        Arrays.fill(together, dim, trailing ? rank : dim + 1, true);
        return together;
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        boolean[] together = together(x.rank());
        return List.of(
                kind == Kind.LARGEST
                        ? PlainReduction.hardmax(x, together)
                        : PlainReduction.softmax(x, together, kind == Kind.LOGARITHM));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32() || kind == Kind.LARGEST) {
            return null;
        }
        boolean[] together = together(request.inputs().type(0).rank());
        return new SimpleKernel(
                "",
                0,
                (inputs, outputs) ->
                        LineOperations.softmax(
                                SimpleKernel.present(inputs, 0),
                                together,
                                kind == Kind.LOGARITHM,
                                outputs.getFirst()));
    }
}
