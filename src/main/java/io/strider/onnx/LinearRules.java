package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.Gemm;
import io.strider.graph.operator.MatMul;
import java.util.Map;

/** How ONNX's Gemm and MatMul become operators. */
final class LinearRules {
    private LinearRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        rules.put("Gemm", LinearRules::gemm);
        rules.put("MatMul", node -> new MatMul());
    }

    private static Operator gemm(NodeTranslation node) {
        Attributes attributes = node.attributes();
        if (node.version() < 7) {
            attributes.ignore("broadcast"); // later versions always do
        }
        return new Gemm(
                attributes.number("alpha", 1),
                attributes.number("beta", 1),
                attributes.truth("transA", false),
                attributes.truth("transB", false));
    }
}
