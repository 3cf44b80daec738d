package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.Move;
import io.strider.ops.PlainMoves;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operator that only moves elements, in boxes that follow from shapes and known values. */
interface Movement extends Operator {
    /**
     * The boxes, inside the bounds of inputs and outputs.
     *
     * @param inputs checked by {@link #outputTypes}
     * @param outputs what that gave
     */
    List<Move> moves(Inputs inputs, List<TensorType> outputs);

    /** One element that goes wherever no box does; null for 0. */
    default @Nullable NdArray fill(Inputs inputs) {
        return null;
    }

    /** Whether {@link #moves} and {@link #fill} can be worked out before the network runs. */
    default boolean isSettled(Inputs inputs) {
        return true;
    }

    @Override
    default List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        Given given = new Given(inputs, outputs);
        List<TensorType> types = outputTypes(given);
        List<Move> moves = moves(given, types);
        NdArray fill = fill(given);
        List<NdArray> results = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            TensorType type = types.get(i);
            results.add(PlainMoves.apply(inputs, moves, i, type.type(), fill, type.shape()));
        }
        return results;
    }

    @Override
    default @Nullable Kernel kernel(KernelRequest request) {
        return MoveKernel.of(this, request);
    }

    /** Whether an input and all outputs are float32. */
    static boolean isFloat32(KernelRequest request) {
        return request.inputs().type(0).type() == ElementType.FLOAT32
                && request.outputs().stream().allMatch(type -> type.type() == ElementType.FLOAT32);
    }
}
