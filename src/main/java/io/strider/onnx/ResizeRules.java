package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.Resize;
import io.strider.ops.ResizeSampling;
import io.strider.ops.ResizeSampling.Coordinates;
import io.strider.ops.ResizeSampling.Filter;
import io.strider.ops.ResizeSampling.Nearest;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How ONNX's Resize and Upsample become an operator. */
final class ResizeRules {
    private ResizeRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        rules.put("Resize", ResizeRules::resize);
        rules.put("Upsample", ResizeRules::upsample);
    }

    private static Operator upsample(NodeTranslation node) {
        node.requireVersion(7);
        if (node.version() < 9) {
            float[] scales =
                    node.attributes().required("scales", node.attributes().numbers("scales"));
            double[] values = new double[scales.length];
            Arrays.setAll(values, i -> scales[i]);
            node.setInput(1, NdArray.ofDoubles(ElementType.FLOAT32, values, values.length));
        }
        return early(node);
    }

    /** Scales are the second input, and there is one way to find elements. */
    private static Operator early(NodeTranslation node) {
        if (node.inputs().size() != 2) {
            throw new IllegalArgumentException(
                    "inputs: %s (expected: X and scales)".formatted(node.inputs().size()));
        }
        node.inputs().add(1, "");
        Filter filter = MovementRules.choice(node, "mode", Filter.class, Filter.NEAREST);
        if (filter == Filter.CUBIC) {
            throw new IllegalArgumentException(
                    "attribute mode: cubic (expected: nearest or linear)");
        }
        return new Resize(
                new ResizeSampling(filter, Coordinates.ASYMMETRIC, Nearest.SIMPLE, 0, false, false),
                List.of(),
                Resize.AspectRatio.STRETCH,
                0);
    }

    private static Operator resize(NodeTranslation node) {
        node.requireVersion(10);
        if (node.version() == 10) {
            return early(node);
        }
        Attributes attributes = node.attributes();
        Filter filter = MovementRules.choice(node, "mode", Filter.class, Filter.NEAREST);
        boolean antialias = attributes.truth("antialias", false);
        if (antialias && filter == Filter.NEAREST) {
            throw new IllegalArgumentException(
                    "attribute antialias: 1 (expected: 0 in mode nearest)");
        }
        ResizeSampling sampling =
                new ResizeSampling(
                        filter,
                        MovementRules.choice(
                                node,
                                "coordinate_transformation_mode",
                                Coordinates.class,
                                Coordinates.HALF_PIXEL),
                        MovementRules.choice(
                                node, "nearest_mode", Nearest.class, Nearest.ROUND_PREFER_FLOOR),
                        attributes.number("cubic_coeff_a", -0.75f),
                        attributes.truth("exclude_outside", false),
                        antialias);
        return new Resize(
                sampling,
                Arrays.stream(attributes.integers("axes", new long[0])).boxed().toList(),
                MovementRules.choice(
                        node,
                        "keep_aspect_ratio_policy",
                        Resize.AspectRatio.class,
                        Resize.AspectRatio.STRETCH),
                attributes.number("extrapolation_value", 0));
    }
}
