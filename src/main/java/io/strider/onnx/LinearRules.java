package io.strider.onnx;

import java.util.Map;

/** How ONNX's Gemm and MatMul become operators. */
final class LinearRules {
    private LinearRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {}
}
