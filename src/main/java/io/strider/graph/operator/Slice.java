package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.TensorType;
import io.strider.graph.View;
import io.strider.ops.Move;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every step-th index of some axes between a start (inclusive) and an end (exclusive). Inputs:
 * data, starts, ends, axes (all if absent), steps (1 if absent, may be negative). Starts and ends
 * below 0 count from the back; those beyond the data are brought to its border.
 */
public record Slice() implements Movement {
    /** What is kept of one axis. */
    private record Range(long start, long step, long size) {}

    @Override
    public String name() {
        return "Slice";
    }

    private static Range[] ranges(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "data");
        long[] starts = Demands.integers(inputs, 1, "starts");
        long[] ends = Demands.integers(inputs, 2, "ends");
        long[] given = inputs.has(3) ? Demands.integers(inputs, 3, "axes") : null;
        if (ends.length != starts.length
                || (given == null ? starts.length > data.rank() : given.length != starts.length)) {
            throw Demands.refused(
                    "starts: %s, ends: %s, axes: %s for %s (expected: as many of each)",
                    starts, ends, given == null ? "all" : given, data);
        }
        int[] axes = Demands.axesOrAll(inputs, 3, data.rank());
        long[] steps = new long[starts.length];
        Arrays.fill(steps, 1);
        if (inputs.has(4)) {
            steps = Demands.integers(inputs, 4, "steps");
        }
        if (steps.length != starts.length) {
            throw Demands.refused("steps: %s (expected: as many as starts)", steps);
        }
        Range[] ranges = new Range[data.rank()];
        for (int dim = 0; dim < ranges.length; dim++) {
            ranges[dim] = new Range(0, 1, data.shape()[dim]);
        }
        for (int i = 0; i < starts.length; i++) {
            ranges[axes[i]] = range(starts[i], ends[i], steps[i], data.shape()[axes[i]]);
        }
        return ranges;
    }

    private static Range range(long start, long end, long step, long size) {
        if (step == 0) {
            throw Demands.refused("steps: 0 (expected: anything else)");
        }
        long least = step > 0 ? 0 : -1;
        long most = step > 0 ? size : size - 1;
        long first = Math.clamp(start < 0 ? start + size : start, Math.min(0, most), most);
        long last = Math.clamp(end < 0 ? end + size : end, least, most);
        long count = Math.max(0, Math.ceilDiv(last - first, step));
        return new Range(first, step, count);
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        Range[] ranges = ranges(inputs);
        long[] shape = Arrays.stream(ranges).mapToLong(Range::size).toArray();
        return List.of(new TensorType(inputs.type(0).type(), shape));
    }

    @Override
    public List<Move> moves(Inputs inputs, List<TensorType> outputs) {
        if (outputs.get(0).elementCount() == 0) {
            return List.of();
        }
        Range[] ranges = ranges(inputs);
        Move.Builder move = Move.between(ranges.length, ranges.length);
        for (int dim = 0; dim < ranges.length; dim++) {
            move.fromIndex(dim, ranges[dim].start);
            move.step(ranges[dim].size, dim, ranges[dim].step, dim, 1);
        }
        return List.of(move.build());
    }

    @Override
    public @Nullable View view(Inputs inputs, int output) {
        Range[] ranges = ranges(inputs);
        long[] from = new long[ranges.length];
        long[] step = new long[ranges.length];
        for (int dim = 0; dim < ranges.length; dim++) {
            from[dim] = ranges[dim].start;
            step[dim] = ranges[dim].size > 1 ? ranges[dim].step : 1;
            if (step[dim] < 1) {
                return null;
            }
        }
        return new View.Part(from, step);
    }
}
