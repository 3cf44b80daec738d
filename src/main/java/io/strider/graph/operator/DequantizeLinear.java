package io.strider.graph.operator;

import io.strider.graph.Inputs;
import io.strider.graph.Operator;
import io.strider.graph.TensorType;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * y = (x − zero point) · scale, of the scale's type. Inputs: x, scale, zero point (0 if absent).
 *
 * @param axis along which scales differ, if they do
 * @param blockSize how many indices of that axis share a scale; 0: none do
 */
public record DequantizeLinear(long axis, long blockSize) implements Operator {
    @Override
    public String name() {
        return "DequantizeLinear";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "x");
        TensorType scale = Demands.present(inputs, 1, "x_scale");
        if (!data.type().isInteger() || data.type().bytes() > Integer.BYTES) {
            throw Demands.refused("x: %s (expected: integers of at most 32 bits)", data);
        }
        if (!scale.type().isFloating()) {
            throw Demands.refused("x_scale: %s (expected: floating-point)", scale);
        }
        QuantizationGrid.of(data, scale, axis, blockSize);
        if (inputs.has(2)) {
            TensorType zero = Demands.present(inputs, 2, "x_zero_point", data.type());
            if (zero.elementCount() != scale.elementCount()) {
                throw Demands.refused("x_zero_point: %s (expected: the shape of %s)", zero, scale);
            }
        }
        return List.of(new TensorType(scale.type(), data.shape()));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        Given given = new Given(inputs, outputs);
        NdArray data = Objects.requireNonNull(inputs.get(0));
        NdArray scale = Objects.requireNonNull(inputs.get(1));
        NdArray zero = given.has(2) ? given.value(2) : null;
        QuantizationGrid grid = QuantizationGrid.of(given.type(0), given.type(1), axis, blockSize);
        if (grid.block() == 0 && data.type().bytes() == 1 && scale.type() == ElementType.FLOAT32) {
            long point = zero == null ? 0 : zero.getLong(0);
            return List.of(data.lookedUp(table(data.type(), point, scale.getDouble(0))));
        }
        double[] values = new double[data.count()];
        for (int i = 0; i < values.length; i++) {
            int at = grid.scale(i);
            long point = zero == null ? 0 : zero.getLong(at);
            values[i] = (data.getLong(i) - point) * scale.getDouble(at);
        }
        return List.of(NdArray.ofDoubles(scale.type(), values, data.shape()));
    }

    /** What each of the 256 integers becomes, as weights are millions of them. */
    private static float[] table(ElementType type, long point, double scale) {
        float[] table = new float[1 << Byte.SIZE];
        for (int bits = 0; bits < table.length; bits++) {
            long number = type.isUnsigned() ? bits : (byte) bits;
            table[bits] = (float) ((number - point) * scale);
        }
        return table;
    }
}
