package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import java.util.Arrays;

/** Adds dimensions of size 1, so that in the output they are those that the second input names. */
public record Unsqueeze() implements Reshaping {
    @Override
    public String name() {
        return "Unsqueeze";
    }

    @Override
    public long[] shape(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        long[] axes = Demands.integers(inputs, 1, "axes");
        long[] shape = new long[Math.addExact(data.rank(), axes.length)];
        Arrays.fill(shape, -1);
        for (int dim : Demands.axes("axes", axes, shape.length)) {
            shape[dim] = 1;
        }
        int from = 0;
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] < 0) {
                shape[dim] = data.shape()[from++];
            }
        }
        return shape;
    }
}
