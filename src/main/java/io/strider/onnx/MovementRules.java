package io.strider.onnx;

import java.util.Map;

/** How ONNX's what moves elements about become operators. */
final class MovementRules {
    private MovementRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {}
}
