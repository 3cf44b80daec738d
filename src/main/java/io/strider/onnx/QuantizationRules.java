package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.DequantizeLinear;
import io.strider.graph.operator.DynamicQuantizeLinear;
import io.strider.graph.operator.QuantizeLinear;
import io.strider.tensor.ElementType;
import java.util.Map;

/** How ONNX's quantised values become operators. */
final class QuantizationRules {
    private QuantizationRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        rules.put("QuantizeLinear", QuantizationRules::quantize);
        rules.put("DequantizeLinear", QuantizationRules::dequantize);
        rules.put("DynamicQuantizeLinear", _ -> new DynamicQuantizeLinear());
    }

    private static Operator quantize(NodeTranslation node) {
        Attributes attributes = node.attributes();
        attributes.ignore("saturate"); // of float8
        long to = attributes.integer("output_dtype", 0);
        ElementType type = to == 0 ? null : ShapeRules.elementType("output_dtype", to);
        requireFloatPrecision(attributes, "precision");
        return new QuantizeLinear(
                attributes.integer("axis", 1), attributes.integer("block_size", 0), type);
    }

    private static Operator dequantize(NodeTranslation node) {
        Attributes attributes = node.attributes();
        requireFloatPrecision(attributes, "output_dtype");
        return new DequantizeLinear(
                attributes.integer("axis", 1), attributes.integer("block_size", 0));
    }

    private static void requireFloatPrecision(Attributes attributes, String name) {
        long type = attributes.integer(name, 0);
        if (type != 0 && ShapeRules.elementType(name, type) != ElementType.FLOAT32) {
            throw new IllegalArgumentException(
                    "attribute %s: %s (expected: 0 or 1, float32)".formatted(name, type));
        }
    }
}
