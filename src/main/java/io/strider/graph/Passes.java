package io.strider.graph;

import java.lang.foreign.Arena;

/**
 * What is done to a graph before it is planned: each pass gives a graph that computes the same more
 * quickly. The order matters: what is constant is found first; factors go into the weights before a
 * sum is taken over, and that before the activation behind it.
 */
final class Passes {
    private Passes() {}

    /**
     * The graph after all passes.
     *
     * @param arena where large constants go that are computed here
     */
    static Graph applyTo(Graph graph, Arena arena) {
        Graph result = IdentityPass.apply(graph);
        result = ConstantPass.apply(result, arena);
        result = PaddingPass.apply(result);
        result = ScalePass.apply(result);
        result = GatePass.apply(result);
        result = ResidualPass.apply(result);
        result = ActivationPass.apply(result);
        return ShufflePass.apply(result);
    }

    /** The name of what two nodes have become. */
    static String names(Node first, Node second) {
        return first.name() + " + " + second.name();
    }
}
