package io.strider.onnx;

import java.util.Map;

/** How ONNX's shapes, constants and casts become operators. */
final class ShapeRules {
    private ShapeRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {}
}
