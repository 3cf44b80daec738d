package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;

/**
 * The same elements in a shape that is the second input. One size may be −1: it follows from the
 * others.
 *
 * @param allowZero whether a size of 0 means 0; otherwise it stands for the input's size there
 */
public record Reshape(boolean allowZero) implements Reshaping {
    @Override
    public String name() {
        return "Reshape";
    }

    @Override
    public long[] shape(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        long[] wanted = Demands.integers(inputs, 1, "shape");
        long[] shape = wanted.clone();
        int free = -1;
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] == 0 && !allowZero) {
                if (dim >= data.rank()) {
                    throw Demands.refused(
                            "shape: %s (expected: 0 only where %s has a dimension)", wanted, data);
                }
                shape[dim] = data.shape()[dim];
            }
            if (shape[dim] == -1 && free < 0) {
                free = dim;
                shape[dim] = 1;
            } else if (shape[dim] < 0) {
                throw Demands.refused("shape: %s (expected: sizes >= 0, one -1)", wanted);
            }
        }
        long others = Demands.output(data.type(), shape).elementCount();
        if (free >= 0) {
            long count = data.elementCount();
            if (others == 0 || count % others != 0) {
                throw Demands.refused(
                        "shape: %s (expected: a size in place of -1 that makes %s elements)",
                        wanted, count);
            }
            shape[free] = count / others;
        }
        return shape;
    }
}
