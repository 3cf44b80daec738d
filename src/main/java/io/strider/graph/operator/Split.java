package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.Move;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts the input along an axis into parts: of the sizes that are the second input, or as many parts
 * as there are outputs.
 *
 * @param axis −rank to rank − 1
 * @param parts how many parts without a second input, the last of which may be smaller; 0 for as
 *     many equal ones as the node has outputs
 */
public record Split(long axis, long parts) implements Movement {
    @Override
    public String name() {
        return "Split";
    }

    private long[] sizes(Inputs inputs, long size) {
        if (inputs.has(1)) {
            long[] sizes = Demands.integers(inputs, 1, "split");
            long sum = 0;
            for (long part : sizes) {
                sum = part < 0 ? -1 : Math.addExact(sum, part);
                if (sum < 0 || sum > size) {
                    break;
                }
            }
            if (sum != size) {
                throw Demands.refused(
                        "split: %s (expected: sizes >= 0 that sum to %s)", sizes, size);
            }
            return sizes;
        }
        long count = parts > 0 ? parts : inputs.outputs();
        long most = count > 0 ? Math.ceilDiv(size, count) : 0;
        long last = size - most * (count - 1);
        boolean fits = count > 0 && count <= inputs.outputs() && last >= 0;
        if (!fits || (parts <= 0 && last != most)) {
            throw Demands.refused(
                    "outputs: %s, num_outputs: %s (expected: %s that divide axis %s of size %s)",
                    inputs.outputs(),
                    count,
                    parts > 0 ? "as many, " + count : "a number",
                    axis,
                    size);
        }
        long[] sizes = new long[(int) count];
        Arrays.fill(sizes, most);
        sizes[sizes.length - 1] = last;
        return sizes;
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        int dim = Demands.axis("axis", axis, data.rank());
        List<TensorType> types = new ArrayList<>();
        for (long size : sizes(inputs, data.shape()[dim])) {
            long[] shape = data.shape().clone();
            shape[dim] = size;
            types.add(new TensorType(data.type(), shape));
        }
        return types;
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        int dim = Demands.axis("axis", axis, inputs.type(0).rank());
        List<Move> moves = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < outputs.size(); i++) {
            TensorType output = outputs.get(i);
            if (i < inputs.outputs() && output.elementCount() > 0) {
                moves.add(Boxes.whole(output.shape()).target(i).fromIndex(dim, at).build());
            }
            at += output.shape()[dim];
        }
        return moves;
    }

    @Override
    public View view(Inputs inputs, int output) {
        TensorType data = inputs.type(0);
        int dim = Demands.axis("axis", axis, data.rank());
        long[] sizes = sizes(inputs, data.shape()[dim]);
        long first = 0;
        for (int i = 0; i < output; i++) {
            first += sizes[i];
        }
        return View.Part.along(data.rank(), dim, first);
    }
}
