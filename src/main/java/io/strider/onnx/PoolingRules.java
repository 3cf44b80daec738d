package io.strider.onnx;

import java.util.Map;

/** How ONNX's pooling become operators. */
final class PoolingRules {
    private PoolingRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {}
}
