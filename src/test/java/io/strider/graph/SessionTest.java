package io.strider.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.strider.tensor.ElementType;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final long FREE = GraphInput.FREE;

    private static Value floats(Arena arena, long... shape) {
        Tensor tensor = Tensor.zeros(arena, shape);
        for (int i = 0; i < tensor.elementCount(); i++) {
            tensor.segment().setAtIndex(JAVA_FLOAT, i, i);
        }
        return new Value.Floats(tensor);
    }

    private static Graph.Builder image() {
        return Graph.builder().input(new GraphInput("x", ElementType.FLOAT32, FREE, 3, 2, 5));
    }

    private static Node node(Operator operator, List<String> inputs, String... outputs) {
        return new Node("of " + outputs[0], operator, inputs, List.of(outputs));
    }

    private static Graph scaled() {
        return image().node(node(new SampleOperators.Scale(2), List.of("x"), "y"))
                .node(node(new SampleOperators.Scale(3), List.of("y"), "z"))
                .output("z")
                .build();
    }

    @Test
    void rank4ComesOutChannelsLastAndOthersRowMajor() {
        Graph graph =
                image().constant("s", new Value.Numbers(NdArray.ofIndices(1, 30)))
                        .node(node(new SampleOperators.Shaped(), List.of("x", "s"), "y"))
                        .output("y")
                        .output("x")
                        .build();
        try (Session session = Session.of(graph);
                Arena arena = Arena.ofConfined()) {
            Map<String, Value> results = session.run(Map.of("x", floats(arena, 1, 3, 2, 5)), arena);
            Tensor y = ((Value.Floats) results.get("y")).tensor();
            Tensor x = ((Value.Floats) results.get("x")).tensor();
            assertThat(x.isContiguous(MemoryFormat.CHANNELS_LAST)).isTrue();
            assertThat(y.isContiguous()).isTrue();
            for (int i = 0; i < 30; i++) {
                assertThat(y.get(0, i)).isEqualTo(i);
                assertThat(x.get(0, i / 10, i / 5 % 2, i % 5)).isEqualTo(i);
            }
        }
    }

    @Test
    void callersTensorsOfAnyStridesAreWritten() {
        try (Session session = Session.of(scaled());
                Arena arena = Arena.ofConfined()) {
            Tensor target = Tensor.zeros(arena, 5, 2, 3, 2).permute(3, 2, 1, 0);
            session.run(Map.of("x", floats(arena, 2, 3, 2, 5)), Map.of("z", target));
            assertThat(target.get(1, 2, 1, 4)).isEqualTo(59 * 6 + 4);
            assertThat(target.get(0, 1, 0, 2)).isEqualTo(12 * 6 + 4);
        }
    }

    @Test
    void badOutputsAreRefused() {
        try (Session session = Session.of(scaled());
                Arena arena = Arena.ofConfined()) {
            Map<String, Value> inputs = Map.of("x", floats(arena, 1, 3, 2, 5));
            Tensor fits = Tensor.zeros(arena, 1, 3, 2, 5);
            assertThatThrownBy(() -> session.run(inputs, Map.of("v", fits)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("output \"v\": unknown (expected: one of [z])");
            assertThatThrownBy(
                            () -> session.run(inputs, Map.of("z", Tensor.zeros(arena, 1, 3, 5, 2))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "output \"z\": a tensor of shape [1, 3, 5, 2]"
                                    + " (expected: float32[1, 3, 2, 5])");
            Tensor repeats = Tensor.zeros(arena, 1, 3, 1, 5).expand(1, 3, 2, 5);
            assertThatThrownBy(() -> session.run(inputs, Map.of("z", repeats)))
                    .isInstanceOf(IllegalArgumentException.class);
            session.run(inputs, Map.of("z", fits));
            assertThat(fits.get(0, 0, 0, 1)).isEqualTo(10);
        }
    }

    @Test
    void badInputsAreRefusedByName() {
        try (Session session = Session.of(scaled());
                Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> session.run(Map.of(), arena))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("input \"x\": not given");
            assertThatThrownBy(() -> session.run(Map.of("x", floats(arena, 1, 3, 5, 2)), arena))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "input \"x\": float32[1, 3, 5, 2]"
                                    + " (expected: x: float32[?, 3, 2, 5])");
            Value value = floats(arena, 1, 3, 2, 5);
            assertThatThrownBy(() -> session.run(Map.of("x", value, "q", value), arena))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("input \"q\": unknown");
        }
    }

    @Test
    void anyNamedValueCanBeAnOutput() {
        try (Session session = Session.builder(scaled()).outputs("y", "x").build();
                Arena arena = Arena.ofConfined()) {
            assertThat(session.outputs()).containsExactly("y", "x");
            Map<String, Value> results = session.run(Map.of("x", floats(arena, 1, 3, 2, 5)), arena);
            assertThat(results.get("y").array().getDouble(7)).isEqualTo(15);
            assertThat(results.get("x").array().getDouble(7)).isEqualTo(7);
        }
        assertThatThrownBy(() -> Session.builder(scaled()).outputs("q").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("output \"q\": no node gives it");
        assertThatThrownBy(() -> Session.builder(scaled()).outputs())
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A plan that asked for an input's elements serves those elements only. */
    @Test
    void aShapeThatIsAnInputGuardsThePlan() {
        Graph graph =
                image().input(new GraphInput("s", ElementType.INT64, 2))
                        .constant("one", new Value.Numbers(NdArray.ofIndices(1)))
                        .node(node(new SampleOperators.Join(0), List.of("one", "s"), "shape"))
                        .node(node(new SampleOperators.Shaped(), List.of("x", "shape"), "y"))
                        .node(node(new SampleOperators.SizesOf(), List.of("y"), "sizes"))
                        .output("y")
                        .output("sizes")
                        .build();
        try (Session session = Session.of(graph);
                Arena arena = Arena.ofConfined()) {
            for (long rows : new long[] {2, 5, 2, 3, 5}) {
                Map<String, Value> results =
                        session.run(
                                Map.of(
                                        "x",
                                        floats(arena, 1, 3, 2, 5),
                                        "s",
                                        new Value.Numbers(NdArray.ofIndices(rows, 30 / rows))),
                                arena);
                assertThat(results.get("y").type())
                        .isEqualTo(new TensorType(ElementType.FLOAT32, 1, rows, 30 / rows));
                assertThat(results.get("y").array().getDouble(17)).isEqualTo(17);
                assertThat(results.get("sizes").array())
                        .isEqualTo(NdArray.ofIndices(1, rows, 30 / rows));
            }
            Map<String, TensorType> types =
                    Map.of(
                            "x",
                            new TensorType(ElementType.FLOAT32, 1, 3, 2, 5),
                            "s",
                            new TensorType(ElementType.INT64, 2));
            assertThatThrownBy(() -> session.outputTypes(types))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "Shaped \"of y\": input \"shape\": computed from data"
                                    + " (expected: known before the network runs)");
        }
    }

    /**
     * Weights are packed once for a node, whatever the batch, and given back with the last plan.
     */
    @Test
    void plansShareWhatTheyPack() {
        AtomicInteger packed = new AtomicInteger();
        Graph graph =
                Graph.builder()
                        .input(new GraphInput("x", ElementType.FLOAT32, FREE, FREE))
                        .constant(
                                "w",
                                new Value.Numbers(
                                        NdArray.ofDoubles(
                                                ElementType.FLOAT32, new double[] {1, 2}, 2)))
                        .node(node(new SampleOperators.Weighted(packed), List.of("x", "w"), "y"))
                        .output("y")
                        .build();
        try (Session session = Session.of(graph);
                Arena arena = Arena.ofConfined()) {
            for (int batch = 1; batch < 20; batch++) {
                Value y = session.run(Map.of("x", floats(arena, batch, 4)), arena).get("y");
                assertThat(y.array().getDouble(3)).isEqualTo(6);
            }
            assertThat(packed).hasValue(1);
            for (int width = 5; width < 15; width++) {
                session.run(Map.of("x", floats(arena, 1, width)), arena);
            }
            assertThat(packed).hasValue(11);
            session.run(Map.of("x", floats(arena, 1, 4)), arena); // its plan had to give way
            assertThat(packed).hasValue(12);
        }
    }

    @Test
    void whatTakesTooMuchMemoryIsRefusedWithTheFigure() {
        Graph graph =
                image().node(node(new SampleOperators.Difference(), List.of("x"), "y"))
                        .output("y")
                        .build();
        try (Session session = Session.builder(graph).memoryLimit(4000).build();
                Arena arena = Arena.ofConfined()) {
            session.run(Map.of("x", floats(arena, 16, 3, 2, 5)), arena);
            assertThat(session.frameBytes()).isEqualTo(2 * 16 * 30 * 4);
            assertThatThrownBy(() -> session.run(Map.of("x", floats(arena, 17, 3, 2, 5)), arena))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "memory: a run takes 4096 bytes off the heap and 0 on it"
                                    + " (expected: at most 4000)");
            assertThatThrownBy(() -> session.run(Map.of("x", floats(arena, 40, 3, 2, 5)), arena))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "Difference \"of y\": output float32[40, 3, 2, 5]"
                                    + " (expected: at most 4000 bytes)");
        }
        assertThatThrownBy(() -> Session.builder(graph).memoryLimit(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Session.builder(graph).concurrency(0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Another plan's idle frames make room. */
    @Test
    void framesOfAllPlansStayBelowTheLimit() {
        try (Session session = Session.builder(scaled()).memoryLimit(3000).build();
                Arena arena = Arena.ofConfined()) {
            for (int batch = 1; batch <= 20; batch++) {
                session.run(Map.of("x", floats(arena, batch, 3, 2, 5)), arena);
                assertThat(session.frameBytes()).isBetween(batch * 120L, 3000L);
            }
        }
    }

    @Test
    void emptyBatchesGiveEmptyOutputs() {
        Graph graph =
                image().node(node(new SampleOperators.Difference(), List.of("x"), "y"))
                        .node(node(new SampleOperators.Plain(), List.of("y"), "p"))
                        .node(node(new SampleOperators.Join(1), List.of("y", "p"), "z"))
                        .output("z")
                        .build();
        try (Session session = Session.of(graph);
                Arena arena = Arena.ofConfined()) {
            Value z = session.run(Map.of("x", floats(arena, 0, 3, 2, 5)), arena).get("z");
            assertThat(z.type()).isEqualTo(new TensorType(ElementType.FLOAT32, 0, 6, 2, 5));
        }
    }

    @Test
    void constantsOfOneThreadAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            Graph graph = image().constant("c", floats(arena, 2)).output("x").output("c").build();
            assertThatThrownBy(() -> Session.of(graph))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("constant \"c\": confined to a thread");
        }
    }

    @Test
    void aNodeThatFailsIsNamedAndTheSessionStaysUsable() {
        AtomicInteger runs = new AtomicInteger();
        Runnable failsOnce =
                () -> {
                    if (runs.getAndIncrement() == 0) {
                        throw new IllegalStateException("once");
                    }
                };
        Graph graph =
                image().node(node(new SampleOperators.Then(failsOnce), List.of("x"), "y"))
                        .output("y")
                        .build();
        try (Session session = Session.builder(graph).concurrency(1).build();
                Arena arena = Arena.ofConfined()) {
            Map<String, Value> inputs = Map.of("x", floats(arena, 1, 3, 2, 5));
            assertThatThrownBy(() -> session.run(inputs, arena))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("once");
            assertThat(session.run(inputs, arena).get("y").array())
                    .isEqualTo(inputs.get("x").array());
        }
    }

    @Test
    void explainTellsWhatLiesWhere() {
        Graph graph =
                image().node(node(new SampleOperators.Difference(), List.of("x"), "a"))
                        .node(node(new SampleOperators.Scale(2), List.of("a"), "b"))
                        .node(node(new SampleOperators.Plain(), List.of("x"), "p"))
                        .node(node(new SampleOperators.Join(1), List.of("b", "p"), "j"))
                        .node(
                                node(
                                        new SampleOperators.Cut(1, List.of(4L, 2L)),
                                        List.of("j"),
                                        "c",
                                        "d"))
                        .output("c")
                        .build();
        try (Session session = Session.of(graph)) {
            PlanDescription plan =
                    session.explain(Map.of("x", new TensorType(ElementType.FLOAT32, 1, 3, 2, 5)));
            assertThat(plan.steps())
                    .extracting(PlanDescription.Step::operator, PlanDescription.Step::memory)
                    .containsExactly(
                            tuple("Difference", ""),
                            tuple("Scale", "in place"),
                            tuple("Plain", "arrays"),
                            tuple("Join", "written by its inputs"),
                            tuple("Cut", "view"));
            assertThat(plan.frameBytes()).isEqualTo(128 + 256); // x, and j with its parts
            assertThat(plan.steps().get(3).bytes()).isEqualTo(240);
        }
    }

    @Test
    void profilesTellEveryNodesTime() {
        try (Session session = Session.of(scaled());
                Arena arena = Arena.ofConfined()) {
            PlanDescription plan = session.profile(Map.of("x", floats(arena, 50, 3, 2, 5)), 3);
            assertThat(plan.steps()).hasSize(2).allMatch(step -> step.nanos() > 0);
        }
    }

    @Test
    void closingClosesWhatIsOwnedOnceAndRefusesUse() {
        AtomicInteger closed = new AtomicInteger();
        Session session = Session.builder(scaled()).owns(closed::incrementAndGet).build();
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Value> inputs = Map.of("x", floats(arena, 1, 3, 2, 5));
            session.run(inputs, arena);
            session.close();
            session.close();
            assertThat(closed).hasValue(1);
            assertThat(session.frameBytes()).isZero();
            assertThatThrownBy(() -> session.run(inputs, arena))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the session is closed");
        }
    }
}
