package io.strider.graph;

import io.strider.graph.operator.Binary;
import io.strider.graph.operator.Clip;
import io.strider.graph.operator.Unary;
import io.strider.ops.ActivationFunction;
import io.strider.ops.BinaryFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds activations that were written down in parts: x · sigmoid(x), and x · min(max(x + 3, 0), 6)
 * / 6 with the division, or a product with 1/6, before or behind the product with x.
 */
final class GatePass {
    private static final double SIXTH = 1.0 / 6;

    private GatePass() {}

    static Graph apply(Graph graph) {
        Rewriting rewriting = new Rewriting(graph);
        for (int i = 0; i < rewriting.size(); i++) {
            Node node = rewriting.node(i);
            if (node == null) {
                continue;
            }
            Found found = found(node, rewriting);
            if (found != null) {
                rewriting.replace(
                        i,
                        new Node(
                                node.name(),
                                new Unary(found.function),
                                List.of(found.x),
                                node.outputs()));
            }
        }
        return rewriting.build(); // without the parts, where nobody else reads them
    }

    private record Found(String x, ActivationFunction function) {}

    private static @Nullable Found found(Node node, Rewriting rewriting) {
        Found product = product(node, rewriting);
        if (product != null) {
            return product;
        }
        // The division comes last: x · clip(x + 3) / 6.
        String sixfold = sixfold(node, rewriting);
        Node inner = sixfold == null ? null : rewriting.producer(sixfold, Binary.class);
        if (inner != null && is(inner, BinaryFunction.MULTIPLY)) {
            for (int k = 0; k < 2; k++) {
                String x = inner.input(k);
                if (x.equals(clippedSum(inner.input(1 - k), rewriting))) {
                    return new Found(x, ActivationFunction.Plain.HARD_SWISH);
                }
            }
        }
        return null;
    }

    /** x · gate(x). */
    private static @Nullable Found product(Node node, Rewriting rewriting) {
        if (!is(node, BinaryFunction.MULTIPLY)) {
            return null;
        }
        for (int k = 0; k < 2; k++) {
            String x = node.input(k);
            String gate = node.input(1 - k);
            Node unary = rewriting.producer(gate, Unary.class);
            if (unary != null && unary.input(0).equals(x)) {
                ActivationFunction whole = gated((Unary) unary.operator());
                if (whole != null) {
                    return new Found(x, whole);
                }
            }
            Node scaled = rewriting.producer(gate, Binary.class);
            String sixfold = scaled == null ? null : sixfold(scaled, rewriting);
            if (sixfold != null && x.equals(clippedSum(sixfold, rewriting))) {
                return new Found(x, ActivationFunction.Plain.HARD_SWISH);
            }
        }
        return null;
    }

    private static @Nullable ActivationFunction gated(Unary gate) {
        if (gate.function() == ActivationFunction.Plain.SIGMOID) {
            return new ActivationFunction.Swish(1);
        }
        boolean hard =
                gate.function() instanceof ActivationFunction.HardSigmoid(float alpha, float beta)
                        && alpha == (float) SIXTH
                        && beta == 0.5f;
        return hard ? ActivationFunction.Plain.HARD_SWISH : null;
    }

    private static boolean is(Node node, BinaryFunction function) {
        return node.operator() instanceof Binary(BinaryFunction own) && own == function;
    }

    /** v, if a node gives v / 6 or v · (1/6). */
    private static @Nullable String sixfold(Node node, Rewriting rewriting) {
        if (is(node, BinaryFunction.DIVIDE)) {
            return scalar(node.input(1), rewriting) == 6 ? node.input(0) : null;
        }
        if (is(node, BinaryFunction.MULTIPLY)) {
            for (int k = 0; k < 2; k++) {
                if ((float) scalar(node.input(k), rewriting) == (float) SIXTH) {
                    return node.input(1 - k);
                }
            }
        }
        return null;
    }

    /** x, if a value is min(max(x + 3, 0), 6). */
    private static @Nullable String clippedSum(String value, Rewriting rewriting) {
        Node clip = rewriting.producer(value, Clip.class);
        if (clip == null
                || !ScalePass.has(clip, 1)
                || !ScalePass.has(clip, 2)
                || rewriting.number(clip.input(1)) != 0
                || rewriting.number(clip.input(2)) != 6) {
            return null;
        }
        Node sum = rewriting.producer(clip.input(0), Binary.class);
        if (sum == null || !is(sum, BinaryFunction.ADD)) {
            return null;
        }
        for (int k = 0; k < 2; k++) {
            if (scalar(sum.input(k), rewriting) == 3) {
                return sum.input(1 - k);
            }
        }
        return null;
    }

    /** A constant of one element that gives no result more dimensions; NaN for anything else. */
    private static double scalar(String value, Rewriting rewriting) {
        Value constant = rewriting.constant(value);
        return constant != null && constant.type().rank() <= 1
                ? rewriting.number(value)
                : Double.NaN;
    }
}
