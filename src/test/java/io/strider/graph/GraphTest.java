package io.strider.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.strider.graph.operator.Identity;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Graphs as they are built, and run plainly. */
class GraphTest {
    private static final GraphInput X = new GraphInput("x", ElementType.INT64, GraphInput.FREE);

    private static Node copy(String from, String to) {
        return new Node("copy " + to, new Identity(), List.of(from), List.of(to));
    }

    @Test
    void nodesAreOrderedByWhatTheyRead() {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            nodes.add(copy("v" + i, "v" + (i + 1)));
        }
        Collections.shuffle(nodes, new Random(3));
        Graph.Builder builder = Graph.builder().input(new GraphInput("v0", ElementType.INT64, 2));
        nodes.forEach(builder::node);
        Graph graph = builder.output("v500").build();
        assertThat(graph.nodes().getFirst().inputs()).containsExactly("v0");
        assertThat(PlainRun.run(graph, Map.of("v0", NdArray.ofIndices(7, 8))))
                .containsExactly(Map.entry("v500", NdArray.ofIndices(7, 8)));
        assertThat(graph.toBuilder().build().nodes()).isEqualTo(graph.nodes());
    }

    @Test
    void anOrderThatIsOneIsKept() {
        Graph graph =
                Graph.builder()
                        .input(X)
                        .node(copy("x", "b"))
                        .node(copy("x", "a"))
                        .node(copy("a", "c"))
                        .output("c")
                        .build();
        assertThat(graph.nodes().stream().map(Node::outputs))
                .containsExactly(List.of("b"), List.of("a"), List.of("c"));
    }

    @Test
    void circlesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Graph.builder().input(X).node(copy("b", "a")).node(copy("a", "b")).build())
                .withMessageContaining("computed from its own output");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Graph.builder().node(copy("a", "a")).build())
                .withMessageContaining("computed from its own output");
    }

    @Test
    void everyValueHasOneOrigin() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Graph.builder().input(X).node(copy("x", "x")).build())
                .withMessage("value \"x\": has two origins (expected: one)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Graph.builder().node(copy("nowhere", "y")).build())
                .withMessageContaining("Identity \"copy y\": input \"nowhere\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Graph.builder().input(X).output("y").build())
                .withMessageContaining("output \"y\"");
        Value one = new Value.Numbers(NdArray.ofIndices(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Graph.builder().constant("c", one).constant("c", one));
    }

    @Test
    void aPlainRunChecksItsInputs() {
        Graph graph = Graph.builder().input(X).node(copy("x", "y")).output("y").build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PlainRun.run(graph, Map.of()))
                .withMessage("input \"x\": not given");
        NdArray matrix = NdArray.ofIndices(1, 2).reshape(1, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PlainRun.run(graph, Map.of("x", matrix)))
                .withMessage("input \"x\": int64[1, 2] (expected: x: int64[?])");
        NdArray floats = NdArray.ofIndices(1).cast(ElementType.FLOAT32);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PlainRun.run(graph, Map.of("x", floats)));
    }

    @Test
    void anOperatorThatBreaksItsWordIsFoundOut() {
        Operator liar =
                new Operator() {
                    @Override
                    public String name() {
                        return "Liar";
                    }

                    @Override
                    public List<TensorType> outputTypes(Inputs inputs) {
                        return List.of(new TensorType(ElementType.INT64, 2));
                    }

                    @Override
                    public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
                        return List.of(NdArray.ofIndices(1));
                    }
                };
        Graph graph =
                Graph.builder()
                        .input(X)
                        .node(new Node("n", liar, List.of("x"), List.of("y")))
                        .output("y")
                        .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PlainRun.run(graph, Map.of("x", NdArray.ofIndices(1))))
                .withMessage("Liar \"n\": Liar gave int64[1] instead of int64[2]");
    }

    @Test
    void typesAreEqualByTheirSizes() {
        TensorType type = new TensorType(ElementType.FLOAT32, 2, 3);
        assertThat(type).isEqualTo(new TensorType(ElementType.FLOAT32, 2, 3));
        assertThat(type).hasSameHashCodeAs(new TensorType(ElementType.FLOAT32, 2, 3));
        assertThat(type.elementCount()).isEqualTo(6);
        assertThat(new TensorType(ElementType.BOOL).elementCount()).isEqualTo(1);
        TensorType huge = new TensorType(ElementType.BOOL, 1L << 32, 1L << 31);
        assertThatIllegalArgumentException().isThrownBy(huge::elementCount);
        TensorType negative = new TensorType(ElementType.BOOL, -1);
        assertThatIllegalArgumentException().isThrownBy(negative::elementCount);
        assertThat(X).isEqualTo(new GraphInput("x", ElementType.INT64, -1));
        assertThat(X).hasSameHashCodeAs(new GraphInput("x", ElementType.INT64, -1));
    }
}
