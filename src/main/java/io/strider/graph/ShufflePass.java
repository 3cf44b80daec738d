package io.strider.graph;

import io.strider.graph.operator.ChannelShuffle;
import io.strider.graph.operator.Reshape;
import io.strider.graph.operator.Transposition;
import java.util.List;

/**
 * Finds channels that are shuffled: split into groups by a reshape, transposed, and put together.
 */
final class ShufflePass {
    private static final List<Integer> EXCHANGED = List.of(0, 2, 1, 3, 4);

    private ShufflePass() {}

    static Graph apply(Graph graph) {
        boolean none =
                graph.nodes().stream()
                        .noneMatch(node ->
                                node.operator() instanceof Transposition(List<Integer> order)
                                        && order.equals(EXCHANGED));
        if (none) {
            return graph;
        }
        ProbedTypes types = new ProbedTypes(graph);
        Rewriting rewriting = new Rewriting(graph);
        for (int i = 0; types.count() > 0 && i < rewriting.size(); i++) {
            Node last = rewriting.node(i);
            if (last != null && last.operator() instanceof Reshape) {
                fuse(last, i, types, rewriting);
            }
        }
        return rewriting.build();
    }

    private static void fuse(Node last, int index, ProbedTypes types, Rewriting rewriting) {
        Node middle = rewriting.producer(last.input(0), Transposition.class);
        if (middle == null
                || !(middle.operator() instanceof Transposition(List<Integer> order))
                || !order.equals(EXCHANGED)) {
            return;
        }
        Node first = rewriting.producer(middle.input(0), Reshape.class);
        if (first == null) {
            return;
        }
        long groups = groups(first, last, types);
        if (groups > 0) {
            rewriting.replace(
                    index,
                    new Node(
                            last.name(),
                            new ChannelShuffle(groups),
                            List.of(first.input(0)),
                            last.outputs()));
        }
    }

    /** N×C×H×W as N×g×C/g×H×W and back: g, or 0 if it is anything else. */
    private static long groups(Node first, Node last, ProbedTypes types) {
        long groups = 0;
        for (int probe = 0; probe < types.count(); probe++) {
            TensorType x = types.type(probe, first.input(0));
            TensorType split = types.type(probe, first.output(0));
            TensorType y = types.type(probe, last.output(0));
            if (x == null || split == null || !x.equals(y) || x.rank() != 4 || split.rank() != 5) {
                return 0;
            }
            long[] from = x.shape();
            long[] to = split.shape();
            boolean fits =
                    from[0] == to[0]
                            && from[1] == to[1] * to[2]
                            && from[2] == to[3]
                            && from[3] == to[4]
                            && (groups == 0 || groups == to[1]);
            if (!fits || to[1] == 0) {
                return 0;
            }
            groups = to[1];
        }
        return groups;
    }
}
