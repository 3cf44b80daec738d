package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.ops.Move;
import java.util.List;

/**
 * Blocks of pixels become channels: N×C×H×W becomes N×b²C×H/b×W/b, the channel varying quicker than
 * the place in the block.
 *
 * @param blockSize b
 */
public record SpaceToDepth(long blockSize) implements Movement {
    @Override
    public String name() {
        return "SpaceToDepth";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        long[] shape = data.shape();
        boolean fits = shape.length == 4 && blockSize > 0 && blockSize <= Integer.MAX_VALUE;
        if (!fits || shape[2] % blockSize != 0 || shape[3] % blockSize != 0) {
            throw Demands.refused(
                    "blocksize: %s for %s (expected: rank 4, height and width multiples of it)",
                    blockSize, data);
        }
        return List.of(
                Demands.output(
                        data.type(),
                        shape[0],
                        Math.multiplyExact(shape[1], blockSize * blockSize),
                        shape[2] / blockSize,
                        shape[3] / blockSize));
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        if (outputs.get(0).elementCount() == 0) {
            return List.of();
        }
        long[] from = inputs.type(0).shape();
        long[] to = outputs.get(0).shape();
        return List.of(
                Move.between(4, 4)
                        .step(from[0], 0, 0)
                        .step(from[1], 1, 1)
                        .step(blockSize, 2, 1, 1, from[1] * blockSize)
                        .step(blockSize, 3, 1, 1, from[1])
                        .step(to[2], 2, blockSize, 2, 1)
                        .step(to[3], 3, blockSize, 3, 1)
                        .build());
    }
}
