package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.ArgExtremum;
import io.strider.graph.operator.Reduction;
import io.strider.graph.operator.Softmax;
import io.strider.ops.ReductionFunction;
import java.util.Map;

/** How ONNX's reductions, softmax and arg-max become operators. */
final class ReductionRules {
    private ReductionRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        for (ReductionFunction function : ReductionFunction.values()) {
            rules.put(function.label(), node -> reduction(node, function));
        }
        rules.put("ArgMax", node -> extremum(node, true));
        rules.put("ArgMin", node -> extremum(node, false));
        rules.put("Softmax", node -> softmax(node, Softmax.Kind.SHARE));
        rules.put("LogSoftmax", node -> softmax(node, Softmax.Kind.LOGARITHM));
        rules.put("Hardmax", node -> softmax(node, Softmax.Kind.LARGEST));
    }

    /** Axes became an input with version 13 for the sum, 18 for the others. */
    private static Operator reduction(NodeTranslation node, ReductionFunction function) {
        long since = function == ReductionFunction.SUM ? 13 : 18;
        node.integersFromAttribute("axes", 1, since);
        boolean keep = node.attributes().truth("keepdims", true);
        boolean none =
                node.version() >= since && node.attributes().truth("noop_with_empty_axes", false);
        return new Reduction(function, keep, none);
    }

    private static Operator extremum(NodeTranslation node, boolean largest) {
        return new ArgExtremum(
                largest,
                node.attributes().integer("axis", 0),
                node.attributes().truth("keepdims", true),
                node.version() >= 12 && node.attributes().truth("select_last_index", false));
    }

    /** Before version 13 the dimensions from the axis on are taken together. */
    private static Operator softmax(NodeTranslation node, Softmax.Kind kind) {
        boolean trailing = node.version() < 13;
        return new Softmax(kind, node.attributes().integer("axis", trailing ? 1 : -1), trailing);
    }
}
