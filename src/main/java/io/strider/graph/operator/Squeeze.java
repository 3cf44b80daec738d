package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import java.util.Arrays;

/** Drops dimensions of size 1: those that the second input names, or all. */
public record Squeeze() implements Reshaping {
    @Override
    public String name() {
        return "Squeeze";
    }

    @Override
    public long[] shape(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        long[] sizes = data.shape();
        boolean[] dropped = new boolean[sizes.length];
        for (int dim : Demands.axesOrAll(inputs, 1, sizes.length)) {
            dropped[dim] = sizes[dim] == 1;
            if (!dropped[dim] && inputs.has(1)) {
                throw Demands.refused(
                        "axes: %s of %s (expected: a dimension of size 1)", dim, data);
            }
        }
        long[] shape = new long[sizes.length];
        int kept = 0;
        for (int dim = 0; dim < sizes.length; dim++) {
            if (!dropped[dim]) {
                shape[kept++] = sizes[dim];
            }
        }
        return Arrays.copyOf(shape, kept);
    }
}
