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
 * Quantises to uint8 with a scale and zero point that suit the input: its range, widened to hold 0,
 * becomes 0 to 255. Outputs: y, scale, zero point. In float32.
 */
public record DynamicQuantizeLinear() implements Operator {
    @Override
    public String name() {
        return "DynamicQuantizeLinear";
    }

    @Override
    public List<TensorType> outputTypes(Inputs inputs) {
        TensorType data = Demands.present(inputs, 0, "x", ElementType.FLOAT32);
        return List.of(
                new TensorType(ElementType.UINT8, data.shape()),
                new TensorType(ElementType.FLOAT32),
                new TensorType(ElementType.UINT8));
    }

    @Override
    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
        NdArray data = Objects.requireNonNull(inputs.get(0));
        float least = 0;
        float most = 0;
        for (int i = 0; i < data.count(); i++) {
            least = Math.min(least, (float) data.getDouble(i));
            most = Math.max(most, (float) data.getDouble(i));
        }
        // All zeros: any scale will do.
        float scale = most == least ? 1 : (most - least) / 255;
        long zero = QuantizeLinear.quantized(-least / scale, 0, ElementType.UINT8);
        long[] values = new long[data.count()];
        for (int i = 0; i < values.length; i++) {
            float quotient = (float) data.getDouble(i) / scale;
            values[i] = QuantizeLinear.quantized(quotient, zero, ElementType.UINT8);
        }
        return List.of(
                NdArray.ofLongs(ElementType.UINT8, values, data.shape()),
                NdArray.scalar(ElementType.FLOAT32, scale),
                NdArray.scalar(ElementType.UINT8, (double) zero));
    }
}
