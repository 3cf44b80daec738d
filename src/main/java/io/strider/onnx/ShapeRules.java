package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.Cast;
import io.strider.graph.operator.Constant;
import io.strider.graph.operator.ConstantOfShape;
import io.strider.graph.operator.Dropout;
import io.strider.graph.operator.Identity;
import io.strider.graph.operator.Range;
import io.strider.graph.operator.Shape;
import io.strider.graph.operator.Size;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.Map;

/** How ONNX's shapes, constants and casts become operators. */
final class ShapeRules {
    private ShapeRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        rules.put("Shape", ShapeRules::shape);
        rules.put("Size", _ -> new Size());
        rules.put("Constant", ShapeRules::constant);
        rules.put("ConstantOfShape", ShapeRules::constantOfShape);
        rules.put("Range", _ -> new Range());
        rules.put("Cast", ShapeRules::cast);
        rules.put("CastLike", ShapeRules::castLike);
        rules.put("Identity", _ -> new Identity());
        rules.put("Dropout", ShapeRules::dropout);
    }

    private static Operator shape(NodeTranslation node) {
        Attributes attributes = node.attributes();
        return new Shape(
                attributes.integer("start", 0), attributes.integer("end", Integer.MAX_VALUE));
    }

    private static Operator constant(NodeTranslation node) {
        Attributes attributes = node.attributes();
        NdArray value = attributes.array("value");
        if (value == null && attributes.has("value_int")) {
            long[] number = {attributes.integer("value_int", 0)};
            value = NdArray.ofLongs(ElementType.INT64, number);
        }
        long[] integers = attributes.integers("value_ints");
        if (value == null && integers != null) {
            value = NdArray.ofIndices(integers);
        }
        if (value == null && attributes.has("value_float")) {
            value = NdArray.scalar(ElementType.FLOAT32, attributes.number("value_float", 0));
        }
        float[] numbers = attributes.numbers("value_floats");
        if (value == null && numbers != null) {
            double[] doubles = new double[numbers.length];
            Arrays.setAll(doubles, i -> numbers[i]);
            value = NdArray.ofDoubles(ElementType.FLOAT32, doubles, doubles.length);
        }
        if (value == null) {
            attributes.requireAllAsked();
        }
        return new Constant(attributes.required("value", value));
    }

    private static Operator constantOfShape(NodeTranslation node) {
        NdArray value = node.attributes().array("value");
        return new ConstantOfShape(value == null ? NdArray.scalar(ElementType.FLOAT32, 0) : value);
    }

    private static Operator cast(NodeTranslation node) {
        node.requireVersion(6);
        node.attributes().ignore("saturate", "round_mode"); // of types that there are none of here
        if (!node.attributes().has("to")) {
            throw new IllegalArgumentException("attribute to: missing");
        }
        return new Cast(elementType("to", node.attributes().integer("to", 0)));
    }

    /** The type of which an attribute gives ONNX's code. */
    static ElementType elementType(String attribute, long code) {
        OnnxElementType type = code == (int) code ? OnnxElementType.ofCode((int) code) : null;
        ElementType elements = type == null ? null : type.elementType();
        if (elements == null) {
            throw new IllegalArgumentException(
                    "attribute %s: %s (expected: a type of numbers, of 8 bits or more, no float8)"
                            .formatted(attribute, type == null ? code : type));
        }
        return elements;
    }

    private static Operator castLike(NodeTranslation node) {
        node.attributes().ignore("saturate", "round_mode");
        return new Cast(null);
    }

    private static Operator dropout(NodeTranslation node) {
        // A ratio means nothing where nothing is dropped, a seed neither.
        node.attributes().ignore("ratio", "seed", "is_test");
        return new Dropout();
    }
}
