package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.ops.Move;
import java.util.List;

/**
 * Channels become blocks of pixels: N×C×H×W becomes N×C/b²×bH×bW.
 *
 * @param blockSize b
 * @param columnRowDepth whether the place in the block varies quicker than the channel (ONNX's mode
 *     CRD) or more slowly (DCR)
 */
public record DepthToSpace(long blockSize, boolean columnRowDepth) implements Movement {
    @Override
    public String name() {
        return "DepthToSpace";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        long[] shape = data.shape();
        boolean fits = shape.length == 4 && blockSize > 0 && blockSize <= Integer.MAX_VALUE;
        if (!fits || shape[1] % (blockSize * blockSize) != 0) {
            throw Demands.refused(
                    "blocksize: %s for %s (expected: rank 4, channels a multiple of its square)",
                    blockSize, data);
        }
        return List.of(
                Demands.output(
                        data.type(),
                        shape[0],
                        shape[1] / (blockSize * blockSize),
                        Math.multiplyExact(shape[2], blockSize),
                        Math.multiplyExact(shape[3], blockSize)));
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        if (outputs.get(0).elementCount() == 0) {
            return List.of();
        }
        long[] from = inputs.type(0).shape();
        long channels = outputs.get(0).shape()[1];
        long ofChannel = columnRowDepth ? blockSize * blockSize : 1;
        long ofColumn = columnRowDepth ? 1 : channels;
        return List.of(
                Move.between(4, 4)
                        .step(from[0], 0, 0)
                        .step(channels, 1, ofChannel, 1, 1)
                        .step(from[2], 2, 1, 2, blockSize)
                        .step(blockSize, 1, ofColumn * blockSize, 2, 1)
                        .step(from[3], 3, 1, 3, blockSize)
                        .step(blockSize, 1, ofColumn, 3, 1)
                        .build());
    }
}
