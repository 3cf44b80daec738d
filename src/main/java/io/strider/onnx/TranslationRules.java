package io.strider.onnx;

import java.util.Map;
import java.util.TreeMap;

/** The rules for ONNX's operators, by the operator's name. */
final class TranslationRules {
    private final Map<String, NodeTranslation.Rule> rules = new TreeMap<>();

    private static final TranslationRules ALL = new TranslationRules();

    private TranslationRules() {
        ConvolutionRules.addTo(rules);
        NormalizationRules.addTo(rules);
        ElementwiseRules.addTo(rules);
        PoolingRules.addTo(rules);
        ReductionRules.addTo(rules);
        LinearRules.addTo(rules);
        MovementRules.addTo(rules);
        ShapeRules.addTo(rules);
        QuantizationRules.addTo(rules);
    }

    /** Every rule there is, by the operator's name in ONNX's own domain. */
    static Map<String, NodeTranslation.Rule> all() {
        return ALL.rules;
    }
}
