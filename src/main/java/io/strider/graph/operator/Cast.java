package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The same numbers in another type, as {@link NdArray#cast} converts them.
 *
 * @param to which type; null for that of the second input
 */
public record Cast(@Nullable ElementType to) implements Operator {
    @Override
    public String name() {
        return to == null ? "CastLike" : "Cast";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "input");
        ElementType type = to;
        if (type == null) {
            type = Demands.present(inputs, 1, "target_type").type();
        }
        return List.of(new TensorType(type, data.shape()));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        ElementType type = outputTypes(new Given(inputs, outputs)).get(0).type();
        return List.of(Objects.requireNonNull(inputs.get(0)).cast(type));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        return Movement.isFloat32(request) ? Reshaping.CopyKernel.COPY : null;
    }

    @Override
    public @Nullable View view(Inputs inputs, int output) {
        TensorType wanted = outputTypes(inputs).get(0);
        return wanted.equals(inputs.type(0)) ? View.SAME_ORDER : null;
    }
}
