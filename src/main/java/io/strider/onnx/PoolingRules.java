package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.AveragePool;
import io.strider.graph.operator.GlobalAveragePool;
import io.strider.graph.operator.GlobalLpPool;
import io.strider.graph.operator.GlobalMaxPool;
import io.strider.graph.operator.LpPool;
import io.strider.graph.operator.MaxPool;
import io.strider.ops.PlainPooling;
import java.util.Map;

/** How ONNX's pooling become operators. */
final class PoolingRules {
    private PoolingRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        rules.put("MaxPool", PoolingRules::maximum);
        rules.put("AveragePool", PoolingRules::average);
        rules.put("LpPool", PoolingRules::norm);
        rules.put("GlobalMaxPool", node -> new GlobalMaxPool());
        rules.put("GlobalAveragePool", node -> new GlobalAveragePool());
        rules.put("GlobalLpPool", node -> new GlobalLpPool(node.attributes().integer("p", 2)));
    }

    private static Operator maximum(NodeTranslation node) {
        Attributes attributes = node.attributes();
        long order = attributes.integer("storage_order", 0);
        if (order != 0 && order != 1) {
            throw new IllegalArgumentException(
                    "attribute storage_order: %d (expected: 0 or 1)".formatted(order));
        }
        return new MaxPool(
                WindowAttributes.ofPooling(attributes),
                order == 0 ? PlainPooling.Order.ROW_MAJOR : PlainPooling.Order.COLUMN_MAJOR);
    }

    private static Operator average(NodeTranslation node) {
        Attributes attributes = node.attributes();
        return new AveragePool(
                WindowAttributes.ofPooling(attributes),
                attributes.truth("count_include_pad", false));
    }

    private static Operator norm(NodeTranslation node) {
        Attributes attributes = node.attributes();
        return new LpPool(WindowAttributes.ofPooling(attributes), attributes.integer("p", 2));
    }
}
