package io.strider.onnx;

import java.util.Map;

/** How ONNX's normalisations become operators. */
final class NormalizationRules {
    private NormalizationRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {}
}
