package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.ops.Move;
import io.strider.ops.PlainMoves;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Slices of the first input along an axis, in the order of the indices that the second holds: the
 * axis gives way to the indices' dimensions. Indices below 0 count from the back.
 *
 * @param axis −rank to rank − 1
 */
public record Gather(long axis) implements Movement {
    /** Indices that come apart into more runs are looked up one by one. */
    private static final int MOST_MOVES = 4096;

    @Override
    public String name() {
        return "Gather";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        TensorType indices = Demands.indices(inputs, 1, "indices");
        int dim = Demands.axis("axis", axis, data.rank());
        long[] shape = new long[Math.addExact(data.rank() - 1, indices.rank())];
        System.arraycopy(data.shape(), 0, shape, 0, dim);
        System.arraycopy(indices.shape(), 0, shape, dim, indices.rank());
        int behind = data.rank() - dim - 1;
        System.arraycopy(data.shape(), dim + 1, shape, dim + indices.rank(), behind);
        return List.of(Demands.output(data.type(), shape));
    }

    private static int[] places(NdArray indices, long size) {
        int[] places = new int[indices.count()];
        for (int i = 0; i < places.length; i++) {
            places[i] = Demands.index("indices", indices.getLong(i), size);
        }
        return places;
    }

    @Override
    public boolean isSettled(Inputs inputs) {
        return inputs.isKnown(1) && inputs.value(1).count() <= MOST_MOVES;
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        TensorType data = inputs.type(0);
        NdArray indices = inputs.value(1);
        int dim = Demands.axis("axis", axis, data.rank());
        int[] places = places(indices, data.shape()[dim]);
        int last = dim + indices.rank() - 1;
        int row = indices.rank() == 0 ? 1 : (int) indices.size(indices.rank() - 1);
        List<Move> moves = new ArrayList<>();
        if (outputs.get(0).elementCount() == 0) {
            return moves;
        }
        for (int start = 0; start < places.length; start += row) {
            int[] some = Arrays.copyOfRange(places, start, start + row);
            for (AxisRun run : AxisRun.of(some)) {
                Move.Builder move = Move.between(data.rank(), outputs.get(0).rank());
                move.fromIndex(dim, run.from());
                long rest = start;
                for (int d = last; d >= dim; d--) {
                    long size = outputs.get(0).shape()[d];
                    move.toIndex(d, d == last ? run.at() : rest % size);
                    rest /= size;
                }
                for (int d = 0; d < data.rank(); d++) {
                    if (d != dim) {
                        int to = d < dim ? d : d + indices.rank() - 1;
                        move.step(data.shape()[d], d, to);
                    } else if (indices.rank() > 0) {
                        move.step(run.size(), d, run.step(), last, 1);
                    }
                }
                moves.add(move.build());
            }
        }
        return moves;
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        long[] shape = outputTypes(new Given(inputs, outputs)).get(0).shape();
        int dim = Demands.axis("axis", axis, data.rank());
        int[] places = places(Objects.requireNonNull(inputs.get(1)), data.size(dim));
        int size = (int) data.size(dim);
        int inner = (int) Demands.product(data.shape(), dim + 1, data.rank());
        int[] positions = new int[PlainMoves.count(shape)];
        for (int i = 0; i < positions.length; i++) {
            int place = places[i / inner % places.length];
            positions[i] = (i / inner / places.length * size + place) * inner + i % inner;
        }
        return List.of(PlainMoves.pick(data, positions, shape));
    }
}
