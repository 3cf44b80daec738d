package io.strider.onnx;

import java.util.Map;

/** How ONNX's quantised values become operators. */
final class QuantizationRules {
    private QuantizationRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {}
}
