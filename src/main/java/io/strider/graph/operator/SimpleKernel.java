package io.strider.graph.operator;

import io.strider.graph.Kernel;
import io.strider.ops.Operation;
import io.strider.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that keeps nothing but how it binds.
 *
 * @param description for people
 * @param inPlaceInput the input whose memory the output may take, or −1
 * @param binding how it binds
 */
record SimpleKernel(String description, int inPlaceInput, Binding binding) implements Kernel {

    /** Binds tensors whose shapes have been checked. */
    @FunctionalInterface
    interface Binding {
        Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs);
    }

    @Override
    public Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs) {
        return binding.bind(inputs, outputs);
    }

    /** An input that is there. */
    static Tensor present(List<@Nullable Tensor> inputs, int index) {
        return Objects.requireNonNull(inputs.get(index));
    }
}
