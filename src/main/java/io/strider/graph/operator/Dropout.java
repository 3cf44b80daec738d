package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.PlainMoves;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = x, as nothing is dropped where nothing is learnt. The second output tells for each element
 * that it was kept. Inputs: data, ratio, training_mode; training is refused unless the ratio is 0.
 */
public record Dropout() implements Operator {
    @Override
    public String name() {
        return "Dropout";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        boolean trains =
                inputs.has(2) && Demands.single(inputs, 2, "training_mode").getLong(0) != 0;
        if (trains && !(inputs.has(1) && Demands.single(inputs, 1, "ratio").getDouble(0) == 0)) {
            throw Demands.refused("training_mode: true (expected: false, or a ratio of 0)");
        }
        return List.of(data, new TensorType(ElementType.BOOL, data.shape()));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        if (outputs < 2) {
            return List.of(data);
        }
        NdArray kept = NdArray.scalar(ElementType.BOOL, 1);
        return List.of(
                data,
                PlainMoves.apply(List.of(), List.of(), 0, ElementType.BOOL, kept, data.shape()));
    }

    @Override
    public @Nullable View view(Inputs inputs, int output) {
        return output == 0 ? View.SAME_ORDER : null;
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        boolean alone = request.inputs().outputs() < 2;
        boolean floats = request.inputs().type(0).type() == ElementType.FLOAT32;
        return alone && floats ? Reshaping.CopyKernel.COPY : null;
    }
}
