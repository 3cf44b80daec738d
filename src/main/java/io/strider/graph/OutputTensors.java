package io.strider.graph;

import io.strider.blas.Workers;
import io.strider.tensor.ElementType;
import io.strider.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tensors of a caller's own into which the outputs of a run go. */
final class OutputTensors {
    private final Map<String, Tensor> tensors;

    /**
     * Checks what can be checked without a plan.
     *
     * @throws IllegalArgumentException if an output is unknown, or its tensor cannot be written or
     *     overlaps another
     */
    OutputTensors(Map<String, Tensor> tensors, Graph graph) {
        this.tensors = Map.copyOf(tensors);
        List<Tensor> targets = new ArrayList<>();
        for (Map.Entry<String, Tensor> output : tensors.entrySet()) {
            Tensor tensor = output.getValue();
            String argument = "output \"" + output.getKey() + "\"";
            if (!graph.outputs().contains(output.getKey())) {
                throw new IllegalArgumentException(
                        "%s: unknown (expected: one of %s)".formatted(argument, graph.outputs()));
            }
            tensor.requireWritable(argument);
            for (Tensor other : targets) {
                if (tensor.overlaps(other)) {
                    throw new IllegalArgumentException(
                            argument + ": overlaps another (expected: memory of its own)");
                }
            }
            targets.add(tensor);
        }
    }

    /** Refuses outputs of another type or shape than the plan gives. */
    void requireFit(Plan plan) {
        tensors.forEach((name, tensor) -> {
            TensorType type = plan.type(name);
            if (type.type() != ElementType.FLOAT32
                    || !Arrays.equals(type.shape(), tensor.shape())) {
                throw new IllegalArgumentException(
                        "output \"%s\": a tensor of shape %s (expected: %s)"
                                .formatted(name, Arrays.toString(tensor.shape()), type));
            }
        });
    }

    /** Copies the outputs of a run. */
    void store(Frame frame, @Nullable Workers workers) {
        tensors.forEach((name, tensor) -> frame.store(name, tensor, workers));
    }
}
