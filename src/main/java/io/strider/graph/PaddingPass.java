package io.strider.graph;

import io.strider.graph.operator.AutoPadding;
import io.strider.graph.operator.Convolution;
import io.strider.graph.operator.Pad;
import io.strider.graph.operator.SlidingWindow;
import java.util.ArrayList;
import java.util.List;

/** Lets a convolution pad with the zeros that a node before it adds around pictures. */
final class PaddingPass {
    private PaddingPass() {}

    static Graph apply(Graph graph) {
        Rewriting rewriting = new Rewriting(graph);
        for (int i = 0; i < rewriting.size(); i++) {
            Node node = rewriting.node(i);
            if (node != null && node.operator() instanceof Convolution convolution) {
                Node pad = rewriting.producer(node.input(0), Pad.class);
                Value weight = rewriting.constant(node.input(1));
                if (pad != null && weight != null) {
                    fuse(node, convolution, i, pad, weight.type().rank(), rewriting);
                }
            }
        }
        return rewriting.build();
    }

    private static void fuse(
            Node node,
            Convolution convolution,
            int index,
            Node pad,
            int rank,
            Rewriting rewriting) {
        long[] border = border(pad, rank, rewriting);
        SlidingWindow window = convolution.window();
        int axes = rank - 2;
        boolean explicit =
                window.padding() == AutoPadding.VALID
                        || (window.padding() == AutoPadding.NOTSET
                                && (window.pads().isEmpty() || window.pads().size() == 2 * axes));
        if (border.length == 0 || !explicit) {
            return;
        }
        boolean own = window.padding() == AutoPadding.NOTSET && !window.pads().isEmpty();
        long[] pads = new long[2 * axes];
        for (int k = 0; k < axes; k++) {
            pads[k] = border[2 + k] + (own ? window.pads().get(k) : 0);
            pads[axes + k] = border[rank + 2 + k] + (own ? window.pads().get(axes + k) : 0);
        }
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, pad.input(0));
        rewriting.replace(
                index,
                new Node(
                        Passes.names(pad, node),
                        new Convolution(
                                window.withPads(pads),
                                convolution.groups(),
                                convolution.activation()),
                        inputs,
                        node.outputs()));
    }

    /** What is added before and behind each axis; empty unless it is zeros around pictures. */
    private static long[] border(Node pad, int rank, Rewriting rewriting) {
        long[] nothing = {};
        Value given = rewriting.constant(pad.input(1));
        boolean zeros = !ScalePass.has(pad, 2) || rewriting.number(pad.input(2)) == 0;
        boolean all = ((Pad) pad.operator()).mode() == Pad.Mode.CONSTANT && !ScalePass.has(pad, 3);
        if (given == null || !zeros || !all || given.type().elementCount() != 2L * rank) {
            return nothing;
        }
        long[] border = given.array().toLongs();
        for (int i = 0; i < border.length; i++) {
            boolean picture = i % rank >= 2;
            if (picture ? border[i] < 0 || border[i] > 1 << 20 : border[i] != 0) {
                return nothing;
            }
        }
        return border;
    }
}
