package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sums of all elements up to each, along the axis that is the second input. ONNX's CumSum.
 *
 * @param exclusive whether an element is left out of its own sum
 * @param reverse whether sums begin at the end
 */
public record CumulativeSum(boolean exclusive, boolean reverse) implements Operator {
    @Override
    public String name() {
        return "CumSum";
    }

    private static int axis(Inputs inputs) {
        long axis = Demands.single(inputs, 1, "axis").getLong(0);
        return Demands.axis("axis", axis, inputs.type(0).rank());
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "x");
        if (data.type() == ElementType.BOOL) {
            throw Demands.refused("x: %s (expected: numbers)", data);
        }
        Demands.indices(inputs, 1, "axis");
        axis(inputs);
        return List.of(data);
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        int dim = axis(new Given(inputs, outputs));
        int size = (int) data.size(dim);
        int inner = (int) Demands.product(data.shape(), dim + 1, data.rank());
        double[] doubles = data.type().isFloating() ? data.toDoubles() : new double[0];
        long[] longs = data.type().isFloating() ? new long[0] : data.toLongs();
        for (int line = 0; line < (size == 0 ? 0 : data.count() / size); line++) {
            int first = line / inner * size * inner + line % inner;
            double sum = 0;
            long whole = 0;
            for (int i = 0; i < size; i++) {
                int at = first + (reverse ? size - 1 - i : i) * inner;
                if (data.type().isFloating()) {
                    double before = sum;
                    sum += doubles[at];
                    doubles[at] = exclusive ? before : sum;
                } else {
                    long before = whole;
                    whole += longs[at];
                    longs[at] = exclusive ? before : whole;
                }
            }
        }
        return List.of(
                data.type().isFloating()
                        ? NdArray.ofDoubles(data.type(), doubles, data.shape())
                        : NdArray.ofLongs(data.type(), longs, data.shape()));
    }
}
