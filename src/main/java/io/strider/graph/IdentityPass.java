package io.strider.graph;

import io.strider.graph.operator.Dropout;
import io.strider.graph.operator.Identity;

/** Takes out nodes that give what they read. Those that name an output of the network stay. */
final class IdentityPass {
    private IdentityPass() {}

    static Graph apply(Graph graph) {
        Rewriting rewriting = new Rewriting(graph);
        for (int i = 0; i < rewriting.size(); i++) {
            Node node = rewriting.node(i);
            if (node != null && givesItsInput(node, rewriting)) {
                String output = node.output(0);
                if (!rewriting.isOutput(output)) {
                    rewriting.redirect(output, node.input(0));
                    rewriting.remove(i);
                }
            }
        }
        return rewriting.build();
    }

    private static boolean givesItsInput(Node node, Rewriting rewriting) {
        if (node.operator() instanceof Identity) {
            return true;
        }
        if (!(node.operator() instanceof Dropout)) {
            return false;
        }
        // A third input may ask for training, which the operator refuses by itself.
        boolean trains = node.inputs().size() > 2 && !node.input(2).isEmpty();
        boolean tells = node.outputs().size() > 1 && rewriting.isRead(node.output(1));
        return !trains && !tells;
    }
}
