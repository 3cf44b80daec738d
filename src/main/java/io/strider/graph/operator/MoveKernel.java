package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Kernel;
import io.strider.graph.KernelRequest;
import io.strider.ops.Move;
import io.strider.ops.Operation;
import io.strider.ops.StridedMoves;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves boxes of float32 elements.
 *
 * @param moves inside the bounds
 * @param fill what goes where a move reads nothing
 */
record MoveKernel(List<Move> moves, float fill) implements Kernel {

    /** Null if an element that moves is no float32, or moves are not known beforehand. */
    static @Nullable MoveKernel of(Movement operator, KernelRequest request) {
        Inputs inputs = request.inputs();
        if (!Movement.isFloat32(request) || !operator.isSettled(inputs)) {
            return null;
        }
        List<Move> moves = operator.moves(inputs, request.outputs());
        for (Move move : moves) {
            if (move.source() >= 0 && inputs.type(move.source()).type() != ElementType.FLOAT32) {
                return null;
            }
        }
        NdArray fill = operator.fill(inputs);
        return new MoveKernel(moves, fill == null ? 0 : (float) fill.getDouble(0));
    }

    @Override
    public Operation bind(List<@Nullable Tensor> inputs, List<Tensor> outputs) {
        return StridedMoves.bind(inputs, moves, outputs, fill);
    }

    @Override
    public String description() {
        return "copy";
    }
}
