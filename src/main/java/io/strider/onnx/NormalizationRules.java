package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.BatchNormalization;
import io.strider.graph.operator.GroupNormalization;
import io.strider.graph.operator.LayerNormalization;
import io.strider.graph.operator.LocalResponseNormalization;
import io.strider.graph.operator.LpNormalization;
import io.strider.graph.operator.MeanVarianceNormalization;
import io.strider.graph.operator.RootMeanSquareNormalization;
import io.strider.tensor.ElementType;
import java.util.Arrays;
import java.util.Map;

/** How ONNX's normalisations become operators. */
final class NormalizationRules {
    private NormalizationRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        rules.put("BatchNormalization", NormalizationRules::batch);
        rules.put(
                "InstanceNormalization",
                node ->
                        new GroupNormalization(
                                GroupNormalization.EVERY_CHANNEL, epsilon(node, 1e-5f)));
        rules.put("GroupNormalization", NormalizationRules::group);
        rules.put("LayerNormalization", NormalizationRules::layer);
        rules.put("RMSNormalization", NormalizationRules::rootMeanSquare);
        rules.put("LRN", NormalizationRules::localResponse);
        rules.put(
                "LpNormalization",
                node ->
                        new LpNormalization(
                                node.attributes().integer("axis", -1),
                                node.attributes().integer("p", 2)));
        rules.put(
                "MeanVarianceNormalization",
                node ->
                        new MeanVarianceNormalization(
                                Arrays.stream(node.attributes().integers("axes", 0, 2, 3))
                                        .boxed()
                                        .toList()));
    }

    private static double epsilon(NodeTranslation node, float otherwise) {
        return node.attributes().number("epsilon", otherwise);
    }

    /** Before version 14 the training mode showed in the number of outputs. */
    private static Operator batch(NodeTranslation node) {
        if (node.version() < 9 && node.attributes().integer("spatial", 1) != 1) {
            throw new IllegalArgumentException("attribute spatial: 0 (expected: 1)");
        }
        if (node.version() < 14 && node.outputs() > 1) {
            throw new IllegalArgumentException(
                    "outputs: %s, for training (expected: 1)".formatted(node.outputs()));
        }
        return new BatchNormalization(
                epsilon(node, 1e-5f),
                node.attributes().number("momentum", 0.9f),
                node.version() >= 14 && node.attributes().truth("training_mode", false));
    }

    /** Scale and bias have one element a group before version 21, one a channel from there on. */
    private static Operator group(NodeTranslation node) {
        node.requireVersion(18);
        statistics(node);
        long groups = node.attributes().integer("num_groups", 0);
        if (groups < 1) {
            throw new IllegalArgumentException(
                    "attribute num_groups: %s (expected: >= 1)".formatted(groups));
        }
        return new GroupNormalization(groups, epsilon(node, 1e-5f));
    }

    private static Operator layer(NodeTranslation node) {
        node.requireVersion(17);
        return new LayerNormalization(
                node.attributes().integer("axis", -1), epsilon(node, 1e-5f), statistics(node));
    }

    private static Operator rootMeanSquare(NodeTranslation node) {
        node.requireVersion(23);
        statistics(node);
        return new RootMeanSquareNormalization(
                node.attributes().integer("axis", -1), epsilon(node, 1e-5f));
    }

    /** What the statistics are kept in, by ONNX's numbers; they are computed in double here. */
    private static ElementType statistics(NodeTranslation node) {
        long type = node.attributes().integer("stash_type", 1);
        return switch (Math.clamp(type, 0, Integer.MAX_VALUE)) {
            case 1 -> ElementType.FLOAT32;
            case 10 -> ElementType.FLOAT16;
            case 11 -> ElementType.FLOAT64;
            case 16 -> ElementType.BFLOAT16;
            default ->
                    throw new IllegalArgumentException(
                            "attribute stash_type: %s (expected: 1, 10, 11 or 16)".formatted(type));
        };
    }

    private static Operator localResponse(NodeTranslation node) {
        long size = node.attributes().integer("size", 0);
        if (size < 1 || size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "attribute size: %s (expected: 1 to 2147483647)".formatted(size));
        }
        return new LocalResponseNormalization(
                (int) size,
                node.attributes().number("alpha", 1e-4f),
                node.attributes().number("beta", 0.75f),
                node.attributes().number("bias", 1));
    }
}
