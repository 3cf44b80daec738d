package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.LineOperations;
import io.strider.ops.PlainNormalization;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Across neighbouring channels: y = x / (bias + alpha / size · Σ x²)^beta, the sum over the
 * channels from ⌊(size − 1) / 2⌋ before to ⌈(size − 1) / 2⌉ behind, as far as there are.
 *
 * <p>Input x (N×C×…, floating-point). Output y of its type and shape.
 *
 * @param size how many channels are summed, 1 at least
 * @param alpha factor of the mean of squares
 * @param beta exponent
 * @param bias what is added to it
 */
public record LocalResponseNormalization(int size, double alpha, double beta, double bias)
        implements Operator {
    /** Checks the size. */
    public LocalResponseNormalization {
        if (size < 1) {
            throw OperandTypes.refused("size: %s (expected: >= 1)", size);
        }
    }

    @Override
    public String name() {
        return "LRN";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        OperandTypes.requireCount(inputs, 1, 1);
        return List.of(OperandTypes.channels(inputs, 0));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray x = Objects.requireNonNull(inputs.get(0));
        return List.of(PlainNormalization.localResponse(x, size, alpha, beta, bias));
    }

    @Override
    public @Nullable Kernel kernel(KernelRequest request) {
        if (!request.isFloat32()
                || request.inputs().type(0).shape()[1] > LineOperations.mostChannels()) {
            return null;
        }
        return new SimpleKernel(
                "",
                0,
                (inputs, outputs) ->
                        LineOperations.localResponse(
                                SimpleKernel.present(inputs, 0),
                                size,
                                alpha,
                                beta,
                                bias,
                                outputs.getFirst()));
    }
}
