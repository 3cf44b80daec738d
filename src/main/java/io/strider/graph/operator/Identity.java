package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** y = x. */
public record Identity() implements Operator {
    @Override
    public String name() {
        return "Identity";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        return List.of(inputs.type(0));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        return List.of(Objects.requireNonNull(inputs.get(0)));
    }

    @Override
    public View view(Inputs inputs, int output) {
        return View.SAME_ORDER;
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        return Movement.isFloat32(request) ? Reshaping.CopyKernel.COPY : null;
    }
}
