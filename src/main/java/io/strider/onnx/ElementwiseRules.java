package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.Binary;
import io.strider.graph.operator.Clip;
import io.strider.graph.operator.Compare;
import io.strider.graph.operator.Truth;
import io.strider.graph.operator.Unary;
import io.strider.graph.operator.Variadic;
import io.strider.graph.operator.Where;
import io.strider.ops.ActivationFunction;
import io.strider.ops.BinaryFunction;
import io.strider.ops.Comparison;
import io.strider.ops.ElementaryFunction;
import io.strider.ops.UnaryFunction;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.Map;

/** How ONNX's arithmetic, activations and comparisons become operators. */
final class ElementwiseRules {
    private ElementwiseRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        for (ElementaryFunction function : ElementaryFunction.values()) {
            rules.put(function.label(), node -> new Unary(function));
        }
        addActivations(rules);
        addPairs(rules);
        for (Variadic.Kind kind : Variadic.Kind.values()) {
            Operator operator = new Variadic(kind);
            rules.put(operator.name(), node -> operator);
        }
        for (Comparison comparison : Comparison.values()) {
            rules.put(comparison.label(), node -> new Compare(comparison));
        }
        rules.put("Clip", ElementwiseRules::clip);
        rules.put("Where", node -> new Where());
        rules.put("Not", node -> new Truth(Truth.Question.NOT));
        rules.put("IsNaN", node -> new Truth(Truth.Question.NAN));
        rules.put("IsInf", ElementwiseRules::infinite);
    }

    private static void addActivations(Map<String, NodeTranslation.Rule> rules) {
        for (ActivationFunction.Plain function : ActivationFunction.Plain.values()) {
            rules.put(function.label(), node -> new Unary(function));
        }
        rules.put("Gelu", ElementwiseRules::gelu);
        rules.put(
                "LeakyRelu",
                node -> new Unary(new ActivationFunction.LeakyRelu(number(node, "alpha", 0.01f))));
        rules.put("Elu", node -> exponential("Elu", number(node, "alpha", 1), 1, 1));
        rules.put(
                "Selu",
                node ->
                        exponential(
                                "Selu",
                                number(node, "alpha", 1.6732632f),
                                number(node, "gamma", 1.050701f),
                                1));
        rules.put(
                "Celu",
                node -> {
                    float alpha = number(node, "alpha", 1);
                    return exponential("Celu", alpha, 1, alpha);
                });
        rules.put(
                "HardSigmoid",
                node ->
                        new Unary(
                                new ActivationFunction.HardSigmoid(
                                        number(node, "alpha", 0.2f), number(node, "beta", 0.5f))));
        rules.put(
                "Swish", node -> new Unary(new ActivationFunction.Swish(number(node, "alpha", 1))));
        rules.put(
                "ThresholdedRelu",
                node ->
                        new Unary(
                                new ActivationFunction.ThresholdedRelu(number(node, "alpha", 1))));
        rules.put(
                "Shrink",
                node ->
                        new Unary(
                                new ActivationFunction.Shrink(
                                        number(node, "lambd", 0.5f), number(node, "bias", 0))));
    }

    private static float number(NodeTranslation node, String name, float otherwise) {
        return node.attributes().number(name, otherwise);
    }

    private static Operator exponential(String label, float alpha, float gamma, float width) {
        return new Unary(new ActivationFunction.ExponentialLinear(label, alpha, gamma, width));
    }

    private static Operator gelu(NodeTranslation node) {
        String approximate = node.attributes().text("approximate", "none");
        UnaryFunction function =
                switch (approximate) {
                    case "none" -> ActivationFunction.Plain.GELU;
                    case "tanh" -> ActivationFunction.Plain.GELU_BY_TANH;
                    default ->
                            throw new IllegalArgumentException(
                                    "attribute approximate: %s (expected: none or tanh)"
                                            .formatted(approximate));
                };
        return new Unary(function);
    }

    private static void addPairs(Map<String, NodeTranslation.Rule> rules) {
        for (BinaryFunction function : BinaryFunction.values()) {
            rules.put(function.label(), node -> new Binary(function));
        }
        rules.put(
                "Mod",
                node ->
                        new Binary(
                                node.attributes().truth("fmod", false)
                                        ? BinaryFunction.REMAINDER
                                        : BinaryFunction.FLOOR_REMAINDER));
    }

    /** The bounds are attributes before version 11; bounds at the ends of the type say nothing. */
    private static Operator clip(NodeTranslation node) {
        if (node.version() < 11) {
            float low = number(node, "min", -Float.MAX_VALUE);
            float high = number(node, "max", Float.MAX_VALUE);
            if (node.attributes().has("min")) {
                node.setInput(1, NdArray.scalar(ElementType.FLOAT32, low));
            }
            if (node.attributes().has("max")) {
                node.setInput(2, NdArray.scalar(ElementType.FLOAT32, high));
            }
        }
        return new Clip();
    }

    private static Operator infinite(NodeTranslation node) {
        boolean negative = node.attributes().truth("detect_negative", true);
        boolean positive = node.attributes().truth("detect_positive", true);
        return new Truth(
                negative
                        ? positive ? Truth.Question.INFINITE : Truth.Question.NEGATIVE_INFINITE
                        : positive
                                ? Truth.Question.POSITIVE_INFINITE
                                : Truth.Question.NEVER_INFINITE);
    }
}
