package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.Operation;
import io.strider.ops.ReshapedCopy;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An operator that gives its first input's elements, in row-major order, another shape. */
interface Reshaping extends Operator {
    /** The output's shape, of as many elements as the input has. */
    long[] shape(Inputs inputs);

    @Override
    default List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        TensorType output = Demands.output(data.type(), shape(inputs));
        if (output.elementCount() != data.elementCount()) {
            throw Demands.refused(
                    "shape: %s (expected: %s elements, as %s has)",
                    output.shape(), data.elementCount(), data);
        }
        return List.of(output);
    }

    @Override
    default List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        return List.of(data.reshape(shape(new Given(inputs, outputs))));
    }

    @Override
    default View view(Inputs inputs, int output) {
        return View.SAME_ORDER;
    }

    @Override
    default @Nullable Kernel kernel(KernelRequest request) {
        return Movement.isFloat32(request) ? CopyKernel.COPY : null;
    }

    /** Copies in row-major order, however input and output lie. */
    enum CopyKernel implements Kernel {
        /** The only one. */
        COPY;

        @Override
        public Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs) {
            return ReshapedCopy.bind(Objects.requireNonNull(inputs.get(0)), outputs.get(0));
        }

        @Override
        public String description() {
            return "copy";
        }
    }
}
