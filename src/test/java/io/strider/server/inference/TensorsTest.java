package io.strider.server.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.strider.graph.GraphInput;
import io.strider.onnx.OnnxBuilder;
import io.strider.server.batching.Outcome;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Networks of other kinds than from pictures to vectors. */
@Timeout(60)
class TensorsTest {
    @TempDir private Path folder;

    private Models models(OnnxBuilder network) throws Exception {
        return Models.builder()
                .model(TestModels.file(folder, "m", network.toBytes()))
                .maxBatch(2)
                .memoryLimit(1 << 20)
                .load();
    }

    private static Call call() {
        return TestModels.call("a");
    }

    private static NdArray floats(long rows, long columns, double... values) {
        return NdArray.ofDoubles(ElementType.FLOAT32, values, rows, columns);
    }

    @Test
    void wholeNumbersAreJoinedToo() throws Exception {
        OnnxBuilder network =
                new OnnxBuilder()
                        .opset(17)
                        .input("x", "N", 3)
                        .node("Cast", List.of("x"), List.of("y"), OnnxBuilder.integer("to", 7))
                        .node("Add", List.of("x", "x"), List.of("z"))
                        .output("y", OnnxBuilder.INT64)
                        .output("z");
        try (Models models = models(network)) {
            NdArray x = floats(3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            Map<String, NdArray> answer = models.infer(null, Map.of("x", x), List.of(), call());
            assertThat(answer).containsOnlyKeys("y", "z");
            assertThat(answer.get("y"))
                    .isEqualTo(
                            NdArray.ofLongs(
                                    ElementType.INT64,
                                    new long[] {1, 2, 3, 4, 5, 6, 7, 8, 9},
                                    3,
                                    3));
            assertThat(answer.get("z").getDouble(8)).isEqualTo(18);
        }
    }

    @Test
    void networksOfSeveralInputsRunEachRequestAlone() throws Exception {
        OnnxBuilder network =
                new OnnxBuilder()
                        .opset(17)
                        .input("a", "N", 2)
                        .typedInput("b", OnnxBuilder.INT64, 2)
                        .node("Cast", List.of("b"), List.of("c"), OnnxBuilder.integer("to", 1))
                        .node("Mul", List.of("a", "c"), List.of("y"))
                        .output("y");
        try (Models models = models(network)) {
            NdArray b = NdArray.ofLongs(ElementType.INT64, new long[] {10, 100}, 2);
            Map<String, NdArray> inputs = Map.of("a", floats(2, 2, 1, 2, 3, 4), "b", b);
            assertThat(models.infer("m", inputs, List.of("y", "y"), call()))
                    .containsExactly(Map.entry("y", floats(2, 2, 10, 200, 30, 400)));
        }
    }

    @Test
    void anOutputWithoutARowForEachOfTheInputsIsNotJoined() throws Exception {
        OnnxBuilder network =
                new OnnxBuilder()
                        .opset(17)
                        .input("x", "N", 2)
                        .node("ReduceSum", List.of("x"), List.of("y"))
                        .output("y");
        try (Models models = models(network)) {
            NdArray answer =
                    models.infer(null, Map.of("x", floats(2, 2, 1, 2, 3, 4)), List.of(), call())
                            .get("y");
            assertThat(answer.getDouble(0)).isEqualTo(10);
            assertThat(models.model(null).outputs().getFirst().shape()).containsExactly(1, 1);
        }
    }

    @Test
    void shapesThatDependOnElementsAreNotKnownBefore() throws Exception {
        OnnxBuilder network =
                new OnnxBuilder()
                        .opset(17)
                        .input("x", "N")
                        .typedInput("shape", OnnxBuilder.INT64, 2)
                        .node("Reshape", List.of("x", "shape"), List.of("y"))
                        .output("y");
        try (Models models = models(network)) {
            assertThat(models.model("m").outputs())
                    .containsExactly(new GraphInput("y", ElementType.FLOAT32, GraphInput.FREE));
            NdArray x = NdArray.ofDoubles(ElementType.FLOAT32, new double[] {1, 2, 3, 4, 5, 6}, 6);
            Map<String, NdArray> inputs = Map.of("x", x, "shape", NdArray.ofIndices(2, 3));
            NdArray answer = models.infer("m", inputs, List.of(), call()).get("y");
            assertThat(answer.shape()).containsExactly(2, 3);
            Map<String, NdArray> wrong = Map.of("x", x, "shape", NdArray.ofIndices(2, 4));
            try {
                models.infer("m", wrong, List.of(), call());
                throw new AssertionError("not refused");
            } catch (RefusedException refused) {
                assertThat(refused.reason()).isEqualTo(Reason.BAD_REQUEST);
                assertThat(refused.reason().status()).isEqualTo(400);
            }
        }
    }

    @Test
    void outcomesAreTranslated() throws Exception {
        Outcome<Void> exhausted = new Outcome.Failed<>(new OutOfMemoryError("heap"));
        assertThat(Refusals.of(exhausted, "picture 3"))
                .hasMessage("picture 3: no memory for it now (expected: fewer or smaller requests)")
                .extracting(RefusedException::reason)
                .isEqualTo(Reason.OUT_OF_MEMORY);
        Outcome<Void> broken = new Outcome.Failed<>(new IllegalStateException("broken"));
        assertThatIllegalStateException()
                .isThrownBy(() -> Refusals.of(broken, "picture"))
                .withMessageContaining("broken");
        assertThat(Refusals.of(new Outcome.Cancelled<Void>(), "picture").reason())
                .isEqualTo(Reason.UNAVAILABLE);
        Outcome<Void> done = new Outcome.Done<>(null, 0, 0, 1);
        assertThatIllegalStateException().isThrownBy(() -> Refusals.of(done, "picture"));
        Outcome<Void> refused = new Outcome.Failed<>(new IllegalArgumentException("too odd"));
        assertThat(Refusals.of(refused, "request")).hasMessage("request: too odd");
        assertThat(Refusals.reason(new IOException("disk"))).isNull();
    }

    @Test
    void theGateWaitsForThoseInside() throws Exception {
        CallGate gate = new CallGate();
        CallGate.Pass pass = gate.enter();
        Thread waiter = Thread.ofPlatform().start(gate::awaitEmpty);
        while (waiter.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        pass.close();
        waiter.join();
        assertThat(gate.awaitEmpty(Duration.ofMinutes(1).toNanos(), TimeUnit.NANOSECONDS)).isTrue();
    }
}
