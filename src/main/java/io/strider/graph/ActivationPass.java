package io.strider.graph;

import io.strider.conv.Activation;
import io.strider.graph.operator.BatchNormalization;
import io.strider.graph.operator.ChannelAffine;
import io.strider.graph.operator.Clip;
import io.strider.graph.operator.Convolution;
import io.strider.graph.operator.Unary;
import io.strider.ops.ActivationFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets convolutions apply the activation behind them while their sums are in cache, and makes one
 * node of a batch normalisation that is left and the clamp behind it.
 */
final class ActivationPass {
    private ActivationPass() {}

    static Graph apply(Graph graph) {
        Rewriting rewriting = new Rewriting(graph);
        for (int i = 0; i < rewriting.size(); i++) {
            Node node = rewriting.node(i);
            if (node == null) {
                continue;
            }
            if (node.operator() instanceof Convolution convolution
                    && convolution.activation().equals(Activation.NONE)) {
                fuse(node, convolution, i, rewriting);
            } else if (node.operator() instanceof BatchNormalization normalization) {
                normalize(node, normalization, i, rewriting);
            }
        }
        return rewriting.build();
    }

    private static void fuse(Node node, Convolution convolution, int index, Rewriting rewriting) {
        int behind = rewriting.onlyReader(node.output(0));
        Node next = behind < 0 ? null : rewriting.node(behind);
        Activation activation = next == null ? null : activation(next, rewriting);
        if (next == null || activation == null) {
            return;
        }
        rewriting.remove(behind);
        rewriting.replace(
                index,
                new Node(
                        Passes.names(node, next),
                        convolution.withActivation(activation),
                        node.inputs(),
                        next.outputs()));
    }

    private static void normalize(
            Node node, BatchNormalization normalization, int index, Rewriting rewriting) {
        double[][] affine = ScalePass.factorAndShift(node, normalization, rewriting);
        if (affine == null) {
            return;
        }
        List<String> inputs =
                List.of(
                        node.input(0),
                        rewriting.addVector(node.name() + ".factor", affine[0]),
                        rewriting.addVector(node.name() + ".shift", affine[1]));
        int behind = rewriting.onlyReader(node.output(0));
        Node next = behind < 0 ? null : rewriting.node(behind);
        if (next != null
                && activation(next, rewriting) instanceof Activation.Clamp(float low, float high)) {
            rewriting.remove(behind);
            rewriting.replace(
                    index,
                    new Node(
                            Passes.names(node, next),
                            new ChannelAffine(low, high),
                            inputs,
                            next.outputs()));
        } else {
            Operator affineAlone =
                    new ChannelAffine(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
            rewriting.replace(index, new Node(node.name(), affineAlone, inputs, node.outputs()));
        }
    }

    /** What a node computes of one value, if a convolution can do it; or null. */
    private static @Nullable Activation activation(Node node, Rewriting rewriting) {
        return switch (node.operator()) {
            case Unary(ActivationFunction.Plain plain)
                    when plain == ActivationFunction.Plain.RELU ->
                    Activation.RELU;
            case Unary(ActivationFunction.Plain plain)
                    when plain == ActivationFunction.Plain.HARD_SWISH ->
                    Activation.HARD_SWISH;
            case Unary(ActivationFunction.Swish swish) when swish.alpha() == 1 -> Activation.SILU;
            case Clip _ -> clamp(node, rewriting);
            default -> null;
        };
    }

    private static @Nullable Activation clamp(Node node, Rewriting rewriting) {
        double low =
                ScalePass.has(node, 1) ? rewriting.number(node.input(1)) : Double.NEGATIVE_INFINITY;
        double high =
                ScalePass.has(node, 2) ? rewriting.number(node.input(2)) : Double.POSITIVE_INFINITY;
        return low <= high ? Activation.clamp((float) low, (float) high) : null;
    }
}
