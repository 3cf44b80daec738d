package io.strider.graph;

import io.strider.conv.Activation;
import io.strider.graph.operator.Binary;
import io.strider.graph.operator.Convolution;
import io.strider.graph.operator.Variadic;
import io.strider.ops.BinaryFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets a convolution add the value that is added to its output, where both are of one shape: of two
 * convolutions the one that is computed later.
 */
final class ResidualPass {
    private ResidualPass() {}

    static Graph apply(Graph graph) {
        ProbedTypes types = new ProbedTypes(graph);
        Rewriting rewriting = new Rewriting(graph);
        for (int i = 0; i < rewriting.size(); i++) {
            Node node = rewriting.node(i);
            if (node == null || !isSum(node)) {
                continue;
            }
            int left = convolution(node.input(0), rewriting);
            int right = convolution(node.input(1), rewriting);
            int chosen = Math.max(left, right);
            if (chosen >= 0 && types.areEqual(node.input(0), node.input(1))) {
                fuse(node, i, chosen, node.input(chosen == left ? 1 : 0), rewriting);
            }
        }
        return rewriting.build();
    }

    private static boolean isSum(Node node) {
        boolean sum =
                node.operator() instanceof Binary(BinaryFunction function)
                        && function == BinaryFunction.ADD;
        return (sum || isVariadicSum(node.operator())) && node.inputs().size() == 2;
    }

    private static boolean isVariadicSum(Operator operator) {
        return operator instanceof Variadic && operator.name().equals("Sum");
    }

    /** The place of a convolution that gives a value to nobody else; −1 if there is none. */
    private static int convolution(String value, Rewriting rewriting) {
        @Nullable Node node = rewriting.producer(value, Convolution.class);
        boolean fits =
                node != null
                        && node.operator() instanceof Convolution convolution
                        && convolution.activation().equals(Activation.NONE)
                        && !ScalePass.has(node, Convolution.RESIDUAL)
                        && rewriting.constant(node.input(1)) != null
                        && rewriting.isReadOnce(value);
        return fits ? rewriting.producer(value) : -1;
    }

    /** The fused node stands where the sum stood: all that it reads has been computed there. */
    private static void fuse(
            Node sum, int index, int convolution, String residual, Rewriting rewriting) {
        Node node = rewriting.node(convolution);
        if (node == null) {
            return;
        }
        List<String> inputs = new ArrayList<>(node.inputs());
        while (inputs.size() <= Convolution.RESIDUAL) {
            inputs.add("");
        }
        inputs.set(Convolution.RESIDUAL, residual);
        rewriting.remove(convolution);
        rewriting.replace(
                index, new Node(Passes.names(node, sum), node.operator(), inputs, sum.outputs()));
    }
}
