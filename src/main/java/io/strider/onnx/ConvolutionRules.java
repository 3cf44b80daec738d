package io.strider.onnx;

import java.util.Map;

/** How ONNX's Conv, ConvTranspose and Col2Im become operators. */
final class ConvolutionRules {
    private ConvolutionRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {}
}
