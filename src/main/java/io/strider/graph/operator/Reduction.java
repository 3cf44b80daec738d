package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.LineOperations;
import io.strider.ops.PlainReduction;
import io.strider.ops.ReductionFunction;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reduces some dimensions to one element each: sum, mean, maximum and their like.
 *
 * <p>Inputs x of a type that the function accepts, and axes (int64, may be left out): the
 * dimensions to reduce, counted from the end where negative. Output of x's type.
 *
 * @param function what becomes of the elements
 * @param keepDimensions whether reduced dimensions stay, with size 1
 * @param noneByDefault what it means if no axes are named: every element is a group of its own
 *     (true), or all elements are one (false)
 */
public record Reduction(ReductionFunction function, boolean keepDimensions, boolean noneByDefault)
        implements Operator {
    @Override
    public String name() {
        return function.label();
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, 2);
        TensorType x =
                OperandTypes.require(
                        inputs, 0, "x", function::accepts, "elements that " + name() + " takes");
        NdArray axes = inputs.has(1) ? axes(inputs) : null;
        return List.of(new TensorType(x.type(), shape(x.shape(), reduced(axes, x.rank()))));
    }

    private static NdArray axes(Inputs inputs) {
        TensorType type = OperandTypes.like(inputs, 1, "axes", ElementType.INT64);
        if (type.rank() > 1) {
            throw OperandTypes.refused("axes: %s (expected: one dimension)", type);
        }
        return inputs.value(1);
    }

    /** Which dimensions are reduced. */
    private boolean[] reduced(@Nullable NdArray axes, int rank) {
        boolean[] reduced = new boolean[rank];
        if (axes == null || axes.count() == 0) {
            Arrays.fill(reduced, !noneByDefault);
            return reduced;
        }
        for (long named : axes.toLongs()) {
            int axis = OperandTypes.axis("axes", named, rank);
            if (reduced[axis]) {
                throw OperandTypes.refused("axes: %s twice (expected: each once)", named);
            }
            reduced[axis] = true;
        }
        return reduced;
    }

    private long[] shape(long[] shape, boolean[] reduced) {
        long[] sizes = new long[shape.length];
        int rank = 0;
        for (int dim = 0; dim < shape.length; dim++) {
            if (!reduced[dim] || keepDimensions) {
                sizes[rank++] = reduced[dim] ? 1 : shape[dim];
            }
        }
        return Arrays.copyOf(sizes, rank);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        boolean[] reduced = reduced(inputs.size() > 1 ? inputs.get(1) : null, x.rank());
        return List.of(PlainReduction.reduce(function, x, reduced, shape(x.shape(), reduced)));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        TensorType x = request.inputs().type(0);
        boolean hasAxes = request.inputs().has(1);
        if (x.type() != ElementType.FLOAT32
                || !LineOperations.supports(function)
                || (hasAxes && !request.inputs().isKnown(1))) {
            return null;
        }
        boolean[] reduced = reduced(hasAxes ? request.inputs().value(1) : null, x.rank());
        return new SimpleKernel(
                "",
                -1,
                (inputs, outputs) ->
                        LineOperations.reduction(
                                function,
                                SimpleKernel.present(inputs, 0),
                                reduced,
                                outputs.getFirst()));
    }
}
