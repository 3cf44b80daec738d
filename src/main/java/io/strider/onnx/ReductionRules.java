package io.strider.onnx;

import java.util.Map;

/** How ONNX's reductions, softmax and arg-max become operators. */
final class ReductionRules {
    private ReductionRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {}
}
