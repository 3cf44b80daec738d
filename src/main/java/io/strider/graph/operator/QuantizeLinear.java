package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * y = x / scale, rounded to the nearest whole number, a half to the even one, plus the zero point,
 * brought inside the output's type. Inputs: x, scale, zero point (0 if absent). The division is in
 * float32, as everywhere.
 *
 * @param axis along which scales differ, if they do
 * @param blockSize how many indices of that axis share a scale; 0: none do
 * @param to the output's type if there is no zero point to tell; null for uint8
 */
public record QuantizeLinear(long axis, long blockSize, @Nullable ElementType to)
        implements Operator {
    private static final Set<ElementType> TARGETS =
            Set.of(ElementType.INT8, ElementType.UINT8, ElementType.INT16, ElementType.UINT16);

    @Override
    public String name() {
        return "QuantizeLinear";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "x");
        TensorType scale = Demands.present(inputs, 1, "y_scale");
        if (!data.type().isFloating() && data.type() != ElementType.INT32) {
            throw Demands.refused("x: %s (expected: floating-point or int32)", data);
        }
        if (!scale.type().isFloating()) {
            throw Demands.refused("y_scale: %s (expected: floating-point)", scale);
        }
        QuantizationGrid.of(data, scale, axis, blockSize);
        ElementType type = to == null ? ElementType.UINT8 : to;
        if (inputs.has(2)) {
            TensorType zero = inputs.type(2);
            if (to != null && to != zero.type()) {
                throw Demands.refused("y_zero_point: %s (expected: %s)", zero, to);
            }
            if (zero.elementCount() != scale.elementCount()) {
                throw Demands.refused("y_zero_point: %s (expected: the shape of %s)", zero, scale);
            }
            type = zero.type();
        }
        if (!TARGETS.contains(type)) {
            throw Demands.refused("output: %s (expected: int8, uint8, int16 or uint16)", type);
        }
        return List.of(new TensorType(type, data.shape()));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        Given given = new Given(inputs, outputs);
        NdArray data = Objects.requireNonNull(inputs.get(0));
        NdArray scale = Objects.requireNonNull(inputs.get(1));
        NdArray zero = given.has(2) ? given.value(2) : null;
        ElementType type = outputTypes(given).get(0).type();
        QuantizationGrid grid = QuantizationGrid.of(given.type(0), given.type(1), axis, blockSize);
        long[] values = new long[data.count()];
        for (int i = 0; i < values.length; i++) {
            int at = grid.scale(i);
            long point = zero == null ? 0 : zero.getLong(at);
            float quotient = (float) data.getDouble(i) / (float) scale.getDouble(at);
            values[i] = quantized(quotient, point, type);
        }
        return List.of(NdArray.ofLongs(type, values, data.shape()));
    }

    /** NaN becomes the zero point. */
    static long quantized(float quotient, long zeroPoint, ElementType type) {
        double whole = Math.rint(quotient);
        return (long)
                Math.clamp(
                        (Double.isNaN(whole) ? 0 : whole) + zeroPoint,
                        (double) type.least(),
                        (double) type.greatest());
    }
}
