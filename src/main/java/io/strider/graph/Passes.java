package io.strider.graph;

import java.util.List;
import java.util.function.UnaryOperator;

/** What is done to a graph before it is planned: each pass gives an equal graph that is quicker. */
final class Passes {
    private static final List<UnaryOperator<Graph>> IN_ORDER = List.of();

    private Passes() {}

    /** The graph after all passes. */
    static Graph applyTo(Graph graph) {
        Graph result = graph;
        for (UnaryOperator<Graph> pass : IN_ORDER) {
            result = pass.apply(result);
        }
        return result;
    }
}
