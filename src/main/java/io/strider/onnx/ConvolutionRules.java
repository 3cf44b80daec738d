package io.strider.onnx;

import io.strider.graph.Operator;
import io.strider.graph.operator.ColumnsToImage;
import io.strider.graph.operator.Convolution;
import io.strider.graph.operator.TransposedConvolution;
import java.util.Map;

/** How ONNX's Conv, ConvTranspose and Col2Im become operators. */
final class ConvolutionRules {
    private ConvolutionRules() {}

    static void addTo(Map<String, NodeTranslation.Rule> rules) {
        rules.put("Conv", ConvolutionRules::convolution);
        rules.put("ConvTranspose", ConvolutionRules::transposed);
        rules.put("Col2Im", ConvolutionRules::columnsToImage);
    }

    private static Operator convolution(NodeTranslation node) {
        return new Convolution(
                WindowAttributes.of(node.attributes()), node.attributes().integer("group", 1));
    }

    private static Operator transposed(NodeTranslation node) {
        Attributes attributes = node.attributes();
        return new TransposedConvolution(
                WindowAttributes.of(attributes),
                WindowAttributes.list(attributes, "output_padding"),
                WindowAttributes.list(attributes, "output_shape"),
                attributes.integer("group", 1));
    }

    private static Operator columnsToImage(NodeTranslation node) {
        node.requireVersion(18);
        return new ColumnsToImage(WindowAttributes.ofNumbers(node.attributes()));
    }
}
