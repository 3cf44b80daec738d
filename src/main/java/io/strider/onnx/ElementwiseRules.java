package io.strider.onnx;

import java.util.Map;

/** How ONNX's arithmetic, activations and comparisons become operators. */
final class ElementwiseRules {
    private ElementwiseRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {}
}
