package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Numbers from a start (inclusive) to a limit (exclusive) by a step: the three inputs. */
public record Range() implements Operator {
    @Override
    public String name() {
        return "Range";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        NdArray start = Demands.single(inputs, 0, "start");
        ElementType type = start.type();
        Demands.present(inputs, 1, "limit", type);
        Demands.present(inputs, 2, "delta", type);
        NdArray limit = Demands.single(inputs, 1, "limit");
        NdArray delta = Demands.single(inputs, 2, "delta");
        if (type == ElementType.BOOL || delta.getDouble(0) == 0) {
            throw Demands.refused("delta: %s (expected: a number other than 0)", delta);
        }
        double count;
        if (type.isFloating()) {
            count = Math.ceil((limit.getDouble(0) - start.getDouble(0)) / delta.getDouble(0));
        } else {
            long way = Math.subtractExact(limit.getLong(0), start.getLong(0));
            long step = delta.getLong(0);
            count = step == -1 ? -(double) way : Math.ceilDiv(way, step);
        }
        if (!(count <= Integer.MAX_VALUE - 8)) {
            throw Demands.refused(
                    "start, limit, delta: %s, %s, %s (expected: at most 2147483639 numbers)",
                    start, limit, delta);
        }
        return List.of(new TensorType(type, (long) Math.max(0, count)));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        Given given = new Given(inputs, outputs);
        int count = (int) outputTypes(given).get(0).shape()[0];
        NdArray start = given.value(0);
        NdArray delta = given.value(2);
        if (start.type().isFloating()) {
            double[] values = new double[count];
            Arrays.setAll(values, i -> start.getDouble(0) + i * delta.getDouble(0));
            return List.of(NdArray.ofDoubles(start.type(), values, count));
        }
        long[] values = new long[count];
        Arrays.setAll(values, i -> start.getLong(0) + i * delta.getLong(0));
        return List.of(NdArray.ofLongs(start.type(), values, count));
    }
}
