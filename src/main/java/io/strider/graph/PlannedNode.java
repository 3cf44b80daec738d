package io.strider.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a plan does for one node. Filled by the planner. */
final class PlannedNode {
    /** How a node's results come about. */
    enum Way {
        /** By the operator's quick kernel. */
        KERNEL,
        /** Outputs are views of input 0, or copies where a view does not do. */
        VIEW,
        /** Inputs are parts of output 0, or are copied there. */
        PARTS,
        /** By the operator's plain computation, on arrays. */
        PLAIN,
        /** Nothing has elements. */
        EMPTY
    }

    final Node node;

    /** The node's index in the graph, and behind those of other graphs of the session. */
    final int index;

    final List<TensorType> outputTypes;
    Way way = Way.PLAIN;
    @Nullable Kernel kernel;

    /** With {@link Way#VIEW}: of each output; with {@link Way#PARTS}: of each input. */
    List<View> views = List.of();

    /** Where outputs go that have no name. */
    final Place[] unnamed;

    /** Whether output 0 takes over an input's memory. */
    boolean inPlace;

    /** Outputs that needed no copy, with {@link Way#VIEW}, or inputs, with {@link Way#PARTS}. */
    int free;

    PlannedNode(Node node, int index, List<TensorType> outputTypes) {
        this.node = node;
        this.index = index;
        this.outputTypes = outputTypes;
        this.unnamed = new Place[outputTypes.size()];
    }
}
