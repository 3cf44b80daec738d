package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainReduction;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where along an axis the largest or smallest element stands. NaN counts as either.
 *
 * <p>Input x of any numeric type, the axis of size 1 at least. Output of int64.
 *
 * @param largest whether the largest is sought, otherwise the smallest
 * @param axis the dimension, counted from the end if negative
 * @param keepDimension whether the axis stays, with size 1
 * @param last whether the last of several is given, otherwise the first
 */
public record ArgExtremum(boolean largest, long axis, boolean keepDimension, boolean last)
        implements Operator {
    @Override
    public String name() {
        return largest ? "ArgMax" : "ArgMin";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, 1);
        TensorType x =
                OperandTypes.require(inputs, 0, "x", type -> type != ElementType.BOOL, "numbers");
        int dim = OperandTypes.axis("axis", axis, x.rank());
        if (x.shape()[dim] == 0) {
            throw OperandTypes.refused("x: %s (expected: a size above 0 at axis %s)", x, axis);
        }
        return List.of(new TensorType(ElementType.INT64, shape(x.shape(), dim)));
    }

    private long[] shape(long[] shape, int dim) {
        if (keepDimension) {
            long[] kept = shape.clone();
            kept[dim] = 1;
            return kept;
        }
        long[] without = Arrays.copyOf(shape, shape.length - 1);
        System.arraycopy(shape, dim + 1, without, dim, without.length - dim);
        return without;
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        int dim = OperandTypes.axis("axis", axis, x.rank());
        return List.of(PlainReduction.extremum(x, dim, largest, last, shape(x.shape(), dim)));
    }
}
