package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.Concat;
import io.strider.graph.operator.CumulativeSum;
import io.strider.graph.operator.DepthToSpace;
import io.strider.graph.operator.Expand;
import io.strider.graph.operator.Flatten;
import io.strider.graph.operator.Gather;
import io.strider.graph.operator.GatherElements;
import io.strider.graph.operator.GatherNd;
import io.strider.graph.operator.OneHot;
import io.strider.graph.operator.Pad;
import io.strider.graph.operator.Reshape;
import io.strider.graph.operator.ScatterElements;
import io.strider.graph.operator.ScatterNd;
import io.strider.graph.operator.ScatterReduction;
import io.strider.graph.operator.Slice;
import io.strider.graph.operator.SpaceToDepth;
import io.strider.graph.operator.Split;
import io.strider.graph.operator.Squeeze;
import io.strider.graph.operator.Tile;
import io.strider.graph.operator.Transposition;
import io.strider.graph.operator.Triangle;
import io.strider.graph.operator.Unsqueeze;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** How ONNX's what moves elements about become operators. */
final class MovementRules {
    private MovementRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        rules.put("Flatten", node -> new Flatten(node.attributes().integer("axis", 1)));
        rules.put("Reshape", MovementRules::reshape);
        rules.put("Transpose", MovementRules::transposition);
        rules.put("Squeeze", node -> withAxes(node, new Squeeze()));
        rules.put("Unsqueeze", node -> withAxes(node, new Unsqueeze()));
        rules.put("Expand", node -> since(node, 8, new Expand()));
        rules.put("Tile", node -> since(node, 6, new Tile()));
        rules.put("Concat", MovementRules::concat);
        rules.put("Split", MovementRules::split);
        rules.put("Slice", MovementRules::slice);
        rules.put("Pad", MovementRules::pad);
        rules.put("DepthToSpace", MovementRules::depthToSpace);
        rules.put("SpaceToDepth", node -> new SpaceToDepth(required(node, "blocksize")));
        rules.put("Gather", node -> new Gather(node.attributes().integer("axis", 0)));
        rules.put("GatherElements", node -> new GatherElements(axis(node, 0)));
        rules.put("GatherND", node -> new GatherNd(node.attributes().integer("batch_dims", 0)));
        rules.put("Scatter", node -> new ScatterElements(axis(node, 0), ScatterReduction.NONE));
        rules.put("ScatterElements", node -> new ScatterElements(axis(node, 0), reduction(node)));
        rules.put("ScatterND", node -> new ScatterNd(reduction(node)));
        rules.put("CumSum", MovementRules::cumulativeSum);
        rules.put("Trilu", node -> new Triangle(node.attributes().truth("upper", true)));
        rules.put("OneHot", node -> new OneHot(axis(node, -1)));
        ResizeRules.addTo(rules);
    }

    private static long axis(NodeTranslation node, long otherwise) {
        return node.attributes().integer("axis", otherwise);
    }

    private static long required(NodeTranslation node, String name) {
        Attributes attributes = node.attributes();
        if (!attributes.has(name)) {
            throw new IllegalArgumentException("attribute " + name + ": missing");
        }
        return attributes.integer(name, 0);
    }

    private static Operator since(NodeTranslation node, long version, Operator operator) {
        node.requireVersion(version);
        return operator;
    }

    private static Operator withAxes(NodeTranslation node, Operator operator) {
        node.integersFromAttribute("axes", 1, 13);
        return operator;
    }

    /** One of the constants of an enum, by its name in lower case. */
    static <E extends Enum<E>> E choice(
            NodeTranslation node, String name, Class<E> type, E otherwise) {
        String given = node.attributes().text(name, otherwise.name().toLowerCase(Locale.ROOT));
        for (E choice : type.getEnumConstants()) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(given)) {
                return choice;
            }
        }
        throw new IllegalArgumentException(
                "attribute %s: %s (expected: one of %s)"
                        .formatted(
                                name,
                                given,
                                Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)));
    }

    private static Operator reshape(NodeTranslation node) {
        node.integersFromAttribute("shape", 1, 5);
        return new Reshape(node.attributes().truth("allowzero", false));
    }

    private static Operator transposition(NodeTranslation node) {
        long[] order = node.attributes().integers("perm", new long[0]);
        return new Transposition(Arrays.stream(order).mapToObj(Math::toIntExact).toList());
    }

    private static Operator concat(NodeTranslation node) {
        return new Concat(node.version() < 4 ? axis(node, 1) : required(node, "axis"));
    }

    private static Operator split(NodeTranslation node) {
        node.integersFromAttribute("split", 1, 13);
        Attributes attributes = node.attributes();
        long parts = node.version() < 18 ? 0 : attributes.integer("num_outputs", 0);
        if (attributes.has("num_outputs") && parts < 1) {
            throw new IllegalArgumentException(
                    "attribute num_outputs: %s (expected: >= 1)".formatted(parts));
        }
        return new Split(axis(node, 0), parts);
    }

    private static Operator slice(NodeTranslation node) {
        node.integersFromAttribute("starts", 1, 10);
        node.integersFromAttribute("ends", 2, 10);
        node.integersFromAttribute("axes", 3, 10);
        return new Slice();
    }

    private static Operator pad(NodeTranslation node) {
        node.requireVersion(2);
        node.integersFromAttribute("pads", 1, 11);
        Attributes attributes = node.attributes();
        if (node.version() < 11) {
            float value = attributes.number("value", 0);
            // Their pictures are of floating-point numbers, in practice of float32.
            if (value != 0) {
                node.setInput(2, NdArray.scalar(ElementType.FLOAT32, value));
            }
        }
        return new Pad(choice(node, "mode", Pad.Mode.class, Pad.Mode.CONSTANT));
    }

    private static Operator depthToSpace(NodeTranslation node) {
        String mode = node.attributes().text("mode", "DCR");
        if (!mode.equals("DCR") && !mode.equals("CRD")) {
            throw new IllegalArgumentException(
                    "attribute mode: %s (expected: DCR or CRD)".formatted(mode));
        }
        return new DepthToSpace(required(node, "blocksize"), mode.equals("CRD"));
    }

    private static ScatterReduction reduction(NodeTranslation node) {
        return choice(node, "reduction", ScatterReduction.class, ScatterReduction.NONE);
    }

    private static Operator cumulativeSum(NodeTranslation node) {
        Attributes attributes = node.attributes();
        return new CumulativeSum(
                attributes.truth("exclusive", false), attributes.truth("reverse", false));
    }
}
