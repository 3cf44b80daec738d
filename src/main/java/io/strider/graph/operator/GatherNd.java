package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.ops.PlainMoves;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Slices of the first input at places that the rows of the second tell: each row holds one index
 * for as many leading dimensions as it is long. ONNX's GatherND.
 *
 * @param batchDims how many leading dimensions both inputs share, taken in step
 */
public record GatherNd(long batchDims) implements Operator {
    @Override
    public String name() {
        return "GatherND";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        TensorType indices = Demands.indices(inputs, 1, "indices");
        if (data.rank() == 0
                || indices.rank() == 0
                || batchDims < 0
                || batchDims >= Math.min(data.rank(), indices.rank())) {
            throw Demands.refused(
                    "batch_dims: %s for %s and %s (expected: less than either rank)",
                    batchDims, data, indices);
        }
        int batch = (int) batchDims;
        long row = indices.shape()[indices.rank() - 1];
        boolean fits = row >= 1 && row <= data.rank() - batch;
        for (int d = 0; fits && d < batch; d++) {
            fits = data.shape()[d] == indices.shape()[d];
        }
        if (!fits) {
            throw Demands.refused(
                    "indices: %s (expected: rows of 1 to %s indices into %s, with the same %s batch"
                            + " dimensions)",
                    indices, data.rank() - batch, data, batch);
        }
        long[] outer = Arrays.copyOf(indices.shape(), indices.rank() - 1);
        long[] inner = Arrays.copyOfRange(data.shape(), batch + (int) row, data.rank());
        long[] shape = LongStream.concat(Arrays.stream(outer), Arrays.stream(inner)).toArray();
        return List.of(Demands.output(data.type(), shape));
    }

    /**
     * For every row of indices the position in the data of the first element of its slice.
     *
     * @param batch dimensions taken in step with the indices' own
     */
    static int[] positions(NdArray data, NdArray indices, int batch) {
        int row = (int) indices.size(indices.rank() - 1);
        int rows = row == 0 ? 0 : indices.count() / row;
        long[] strides = PlainMoves.rowMajor(data.shape());
        int batches = (int) Demands.product(data.shape(), 0, batch);
        int each = (int) Demands.product(data.shape(), batch, data.rank());
        int[] positions = new int[rows];
        for (int r = 0; r < rows; r++) {
            long position = (long) (r / (rows / batches)) * each;
            for (int k = 0; k < row; k++) {
                long index = indices.getLong(r * row + k);
                int place = Demands.index("indices", index, data.size(batch + k));
                position += place * strides[batch + k];
            }
            positions[r] = (int) position;
        }
        return positions;
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        NdArray indices = Objects.requireNonNull(inputs.get(1));
        long[] shape = outputTypes(new Given(inputs, outputs)).get(0).shape();
        int[] starts = positions(data, indices, (int) batchDims);
        int[] picked = new int[PlainMoves.count(shape)];
        int inner = starts.length == 0 ? 0 : picked.length / starts.length;
        for (int i = 0; i < picked.length; i++) {
            picked[i] = starts[i / inner] + i % inner;
        }
        return List.of(PlainMoves.pick(data, picked, shape));
    }
}
