package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many elements the input has, int64. */
public record Size() implements Operator {
    @Override
    public String name() {
        return "Size";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        Demands.present(inputs, 0, "data");
        return List.of(new TensorType(ElementType.INT64));
    }

    @Override
    public List<NdArray> known(Inputs inputs) {
        long count = inputs.type(0).elementCount();
        return List.of(NdArray.ofLongs(ElementType.INT64, new long[] {count}));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        return known(new Given(inputs, outputs));
    }
}
