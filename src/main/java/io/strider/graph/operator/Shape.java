package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The input's sizes, int64.
 *
 * @param start the first dimension that counts; below 0 from the back, brought inside the rank
 * @param end the first one that no longer does; likewise
 */
public record Shape(long start, long end) implements Operator {
    @Override
    public String name() {
        return "Shape";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        return List.of(new TensorType(ElementType.INT64, sizes(inputs).length));
    }

    private long[] sizes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        int from = inside(start, data.rank());
        int to = inside(end, data.rank());
        return Arrays.copyOfRange(data.shape(), Math.min(from, to), to);
    }

    private static int inside(long dim, int rank) {
        return (int) Math.clamp(dim < 0 ? dim + rank : dim, 0, (long) rank);
    }

    @Override
    public List<NdArray> known(Inputs inputs) {
        return List.of(NdArray.ofIndices(sizes(inputs)));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        return known(new Given(inputs, outputs));
    }
}
