package io.strider.server.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.strider.embedding.DecodingLimits;
import io.strider.embedding.ImageDecoder;
import io.strider.embedding.ImageEmbedder;
import io.strider.embedding.Picture;
import io.strider.graph.GraphInput;
import io.strider.server.inference.RefusedException.Reason;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pictures and tensors of requests in, vectors and outputs out. */
@Timeout(120)
class ModelsTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir private Path folder;

    /** Stops lanes after a batch until a test lets them go on. */
    private static final class Blocking implements InferenceObserver, AutoCloseable {
        private final Semaphore computed = new Semaphore(0);
        private final CountDownLatch open = new CountDownLatch(1);

        @Override
        public void computed(String model, int items, long computeNanos) {
            computed.release();
            try {
                open.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        }

        @Override
        public void close() {
            open.countDown();
        }
    }

    private Models.Builder means() {
        return Models.builder().model(TestModels.file(folder, "means", TestModels.means(1)));
    }

    private static Reason reason(Callable<?> refused) {
        try {
            refused.call();
        } catch (RefusedException refusal) {
            return refusal.reason();
        } catch (Exception other) {
            throw new AssertionError("not refused", other);
        }
        throw new AssertionError("not refused");
    }

    @Test
    void aBatchHasTheBitsOfTheLibrary() throws Exception {
        List<byte[]> photographs = TestModels.photographs();
        try (ImageEmbedder embedder = ImageEmbedder.builder().callerComputes(1).build();
                Models models = Models.builder().computeThreads(1).maxDelay(LONG).load()) {
            List<Picture> decoded = new ArrayList<>();
            for (byte[] photograph : photographs) {
                decoded.add(new ImageDecoder().decode(photograph, "photograph"));
            }
            assertThat(decoded).hasSize(8);
            EmbeddedPictures answer = models.embed(null, photographs, TestModels.call("a"));
            List<float[]> expected = embedder.embed(decoded);
            for (int i = 0; i < 8; i++) {
                assertThat(answer.pictures().get(i).vector()).isEqualTo(expected.get(i));
            }
            assertThat(answer.decodeNanos()).isPositive();
            assertThat(answer.queueNanos()).isPositive();
            assertThat(answer.computeNanos()).isPositive();
            ModelDescription faces = answer.model();
            assertThat(faces.name()).isEqualTo("faces");
            assertThat(faces.dimensions()).isEqualTo(OptionalInt.of(128));
            assertThat(faces.takesPictures()).isTrue();
            assertThat(faces.outputs()).hasSize(1);
            assertThat(faces.outputs().getFirst().shape()).containsExactly(GraphInput.FREE, 128);
            assertThat(models.occupancy().nativeBytes()).isPositive();
        }
    }

    @Test
    void onePictureOfARequestThatIsBadKeepsTheOthers() throws Exception {
        byte[] red = TestModels.png(8, 8, 0xff0000);
        byte[] truncated = Arrays.copyOf(red, red.length - 20);
        byte[] large = TestModels.png(101, 100, 0);
        byte[] manyBytes = Arrays.copyOf(red, 20_001);
        byte[] noise = new byte[300];
        try (Models models = means().decodingLimits(new DecodingLimits(20_000, 10_000)).load()) {
            List<Embedded> results =
                    models.embed(
                                    "means",
                                    List.of(red, truncated, large, red, noise, manyBytes, red),
                                    TestModels.call("a"))
                            .pictures();
            float[] vector = results.get(0).vector();
            assertThat(vector[0]).isEqualTo(1f);
            assertThat(results.get(3).vector()).isEqualTo(vector);
            assertThat(results.get(6).vector()).isEqualTo(vector);
            assertThat(results.get(0).refusal()).isNull();
            assertThat(results.get(1).refusal().reason()).isEqualTo(Reason.BAD_PICTURE);
            assertThat(results.get(1).refusal()).hasMessageContaining("picture 1");
            assertThat(results.get(2).refusal().reason()).isEqualTo(Reason.TOO_LARGE);
            assertThat(results.get(4).refusal().reason()).isEqualTo(Reason.BAD_PICTURE);
            assertThat(results.get(5).refusal().reason()).isEqualTo(Reason.TOO_LARGE);
            assertThatThrownBy(results.get(1)::vector).isInstanceOf(RefusedException.class);
            assertThat(models.occupancy().queued()).isZero();
        }
    }

    @Test
    void modelsHaveRunOnceWhenTheyAreLoaded() throws Exception {
        try (Models models = means().load()) {
            assertThat(models.occupancy().nativeBytes())
                    .as("what a run leaves for the next")
                    .isPositive();
        }
    }

    @Test
    void observersAreToldOfEachPictureAndRow() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        InferenceObserver listening =
                new InferenceObserver() {
                    @Override
                    public void decoded(String model, long waitNanos, long decodeNanos) {
                        told.add("decoded " + model + (waitNanos >= 0 && decodeNanos > 0));
                    }

                    @Override
                    public void dequeued(String model, long queueNanos) {
                        told.add("dequeued " + model + (queueNanos >= 0));
                    }
                };
        byte[] red = TestModels.png(3, 3, 0xff0000);
        try (Models models =
                means().model(TestModels.file(folder, "d", TestModels.doubling("N")))
                        .observer(listening)
                        .load()) {
            models.embed("means", List.of(red, red), call());
            assertThat(told)
                    .containsExactlyInAnyOrder(
                            "decoded meanstrue",
                            "decoded meanstrue",
                            "dequeued meanstrue",
                            "dequeued meanstrue");
            told.clear();
            models.infer("d", Map.of("x", rows(2)), List.of(), call());
            assertThat(told).isNotEmpty().allMatch("dequeued dtrue"::equals);
        }
    }

    @Test
    void rowsOfDifferentRequestsAreJoined() throws Exception {
        AtomicInteger batches = new AtomicInteger();
        AtomicInteger items = new AtomicInteger();
        InferenceObserver counting =
                new InferenceObserver() {
                    @Override
                    public void computed(String model, int count, long computeNanos) {
                        batches.incrementAndGet();
                        items.addAndGet(count);
                    }
                };
        try (Models models =
                        Models.builder()
                                .model(TestModels.file(folder, "d", TestModels.doubling("N")))
                                .computeThreads(1)
                                .maxBatch(4)
                                .maxDelay(LONG)
                                .observer(counting)
                                .load();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<NdArray> one =
                    () -> models.infer("d", Map.of("x", rows(1)), List.of("y"), call()).get("y");
            Callable<NdArray> three =
                    () -> models.infer("d", Map.of("x", rows(3)), List.of(), call()).get("y");
            List<Future<NdArray>> answers = callers.invokeAll(List.of(one, three));
            assertThat(answers.get(0).get()).isEqualTo(doubled(1));
            assertThat(answers.get(1).get()).isEqualTo(doubled(3));
            assertThat(batches).hasValue(1);
            assertThat(items).hasValue(4);
            assertThat(models.model("d").takesPictures()).isFalse();
            assertThat(models.model("d").outputs().getFirst())
                    .isEqualTo(new GraphInput("y", ElementType.FLOAT32, GraphInput.FREE, 5));
            assertThat(reason(() -> models.embed("d", List.of(new byte[9]), call())))
                    .isEqualTo(Reason.BAD_REQUEST);
        }
    }

    private static Call call() {
        return TestModels.call("a");
    }

    private static NdArray rows(int count) {
        double[] values = new double[5 * count];
        Arrays.setAll(values, i -> i);
        return NdArray.ofDoubles(ElementType.FLOAT32, values, count, 5);
    }

    private static NdArray doubled(int count) {
        double[] values = new double[5 * count];
        Arrays.setAll(values, i -> 2 * i);
        return NdArray.ofDoubles(ElementType.FLOAT32, values, count, 5);
    }

    @Test
    void aNetworkOfAFixedBatchRunsOneRequestAtATime() throws Exception {
        try (Models models =
                Models.builder()
                        .model(TestModels.file(folder, "two", TestModels.doubling(2)))
                        .maxDelay(LONG)
                        .load()) {
            Map<String, NdArray> answer =
                    models.infer("two", Map.of("x", rows(2)), List.of("y"), call());
            assertThat(answer).containsExactly(Map.entry("y", doubled(2)));
            assertThat(reason(() -> models.infer("two", Map.of(), List.of(), call())))
                    .isEqualTo(Reason.BAD_REQUEST);
            assertThat(reason(() -> models.infer("two", Map.of("x", rows(3)), List.of(), call())))
                    .isEqualTo(Reason.BAD_REQUEST);
            Map<String, NdArray> more = Map.of("x", rows(2), "z", rows(1));
            assertThat(reason(() -> models.infer("two", more, List.of(), call())))
                    .isEqualTo(Reason.BAD_REQUEST);
            assertThat(
                            reason(() ->
                                    models.infer(
                                            "two",
                                            Map.of("x", rows(2)),
                                            List.of("nowhere"),
                                            call())))
                    .isEqualTo(Reason.BAD_REQUEST);
        }
    }

    @Test
    void requestsAreRefusedAsAWhole() throws Exception {
        List<Reason> told = new ArrayList<>();
        InferenceObserver observer =
                new InferenceObserver() {
                    @Override
                    public void refused(String model, Reason reason) {
                        told.add(reason);
                    }
                };
        byte[] png = TestModels.png(2, 2, 0);
        try (Models models = means().maxPictures(2).maxQueued(1).observer(observer).load()) {
            assertThat(reason(() -> models.embed("nobody", List.of(png), call())))
                    .isEqualTo(Reason.UNKNOWN_MODEL);
            assertThat(reason(() -> models.embed(null, List.of(), call())))
                    .isEqualTo(Reason.BAD_REQUEST);
            assertThat(reason(() -> models.embed(null, List.of(png, png, png), call())))
                    .isEqualTo(Reason.TOO_LARGE);
            assertThat(reason(() -> models.embed(null, List.of(png, png), call())))
                    .isEqualTo(Reason.TOO_LARGE);
            Call late = new Call("late", "a", System.nanoTime() - 1);
            assertThat(reason(() -> models.embed(null, List.of(png), late)))
                    .isEqualTo(Reason.DEADLINE_PASSED);
            assertThat(models.admission()).isEmpty();
            models.drain();
            assertThat(reason(() -> models.embed(null, List.of(png), call())))
                    .isEqualTo(Reason.UNAVAILABLE);
            assertThat(models.admission().orElseThrow().reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(told)
                    .containsExactly(
                            Reason.UNKNOWN_MODEL,
                            Reason.BAD_REQUEST,
                            Reason.TOO_LARGE,
                            Reason.TOO_LARGE,
                            Reason.DEADLINE_PASSED,
                            Reason.UNAVAILABLE);
        }
    }

    @Test
    void aFullQueueRefusesAtOnceAndAcceptedCallsAreAnsweredWhileDraining() throws Exception {
        Blocking blocking = new Blocking();
        byte[] png = TestModels.png(2, 2, 0xff0000);
        Models models =
                means().computeThreads(1)
                        .maxBatch(1)
                        .maxQueued(1)
                        .maxDelay(Duration.ZERO)
                        .observer(blocking)
                        .load();
        FutureTask<EmbeddedPictures> first = started(models, png, "a");
        blocking.computed.acquire(); // its lane stands still now
        assertThat(models.occupancy().computing()).isEqualTo(1);
        FutureTask<EmbeddedPictures> second = started(models, png, "b");
        while (models.admission().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(models.admission().orElseThrow().reason()).isEqualTo(Reason.QUEUE_FULL);
        assertThat(reason(() -> models.embed(null, List.of(png), call())))
                .isEqualTo(Reason.QUEUE_FULL);
        assertThat(models.occupancy().queued()).isEqualTo(1);
        models.drain();
        assertThat(models.awaitIdle(Duration.ZERO)).isFalse();
        blocking.open.countDown();
        assertThat(models.awaitIdle(LONG)).isTrue();
        models.close();
        models.close();
        assertThat(first.get().pictures().getFirst().vector()[0]).isEqualTo(1f);
        assertThat(second.get().pictures().getFirst().vector()[0]).isEqualTo(1f);
        assertThatThrownBy(() -> models.replace(null)).isInstanceOf(IllegalStateException.class);
    }

    private static FutureTask<EmbeddedPictures> started(Models models, byte[] png, String caller) {
        FutureTask<EmbeddedPictures> task =
                new FutureTask<>(() -> models.embed(null, List.of(png), TestModels.call(caller)));
        Thread.startVirtualThread(task);
        return task;
    }

    @Test
    void whatWaitsCanBeGivenUp() throws Exception {
        Blocking blocking = new Blocking();
        byte[] png = TestModels.png(2, 2, 0);
        try (Models models =
                        means().computeThreads(1)
                                .maxBatch(1)
                                .maxQueued(2)
                                .observer(blocking)
                                .load();
                blocking) {
            FutureTask<EmbeddedPictures> first = started(models, png, "a");
            blocking.computed.acquire();
            FutureTask<EmbeddedPictures> second = started(models, png, "b");
            while (models.occupancy().queued() == 0) {
                Thread.onSpinWait();
            }
            models.giveUp();
            Embedded givenUp = second.get().pictures().getFirst();
            assertThat(givenUp.refusal().reason()).isEqualTo(Reason.UNAVAILABLE);
            blocking.open.countDown();
            assertThat(first.get().pictures().getFirst().refusal()).isNull();
        }
    }

    @Test
    void anInterruptedCallLeavesTheQueue() throws Exception {
        Blocking blocking = new Blocking();
        byte[] png = TestModels.png(2, 2, 0);
        try (Models models = means().computeThreads(1).maxBatch(1).observer(blocking).load();
                blocking) {
            FutureTask<EmbeddedPictures> first = started(models, png, "a");
            blocking.computed.acquire();
            FutureTask<EmbeddedPictures> second =
                    new FutureTask<>(() -> models.embed(null, List.of(png, png, png), call()));
            Thread caller = Thread.startVirtualThread(second);
            while (models.occupancy().queued() < 3 || models.occupancy().decoding() > 0) {
                Thread.onSpinWait();
            }
            caller.interrupt();
            assertThatThrownBy(second::get).hasCauseInstanceOf(InterruptedException.class);
            assertThat(models.occupancy().queued()).isZero();
            blocking.open.countDown();
            assertThat(first.get().pictures()).hasSize(1);
        }
    }

    @Test
    void modelsAreReplacedUnderLoadWithoutAFailedCall() throws Exception {
        byte[] red = TestModels.png(3, 3, 0xff0000);
        Path file = folder.resolve("means.onnx");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger replaced = new AtomicInteger();
        InferenceObserver observer =
                new InferenceObserver() {
                    @Override
                    public void replaced(ModelDescription model) {
                        replaced.incrementAndGet();
                    }
                };
        try (Models models = means().maxDelay(Duration.ofNanos(100_000)).observer(observer).load();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String caller = "caller " + i;
                calls.add(
                        callers.submit(() -> {
                            int versions = 0;
                            while (!stop.get()) {
                                EmbeddedPictures answer =
                                        models.embed(
                                                null, List.of(red, red), TestModels.call(caller));
                                answer.pictures().getFirst().vector();
                                answer.pictures().getLast().vector();
                                versions |= 1 << answer.model().version();
                            }
                            return versions;
                        }));
            }
            for (int version = 2; version <= 6; version++) {
                Files.write(file, TestModels.means(version));
                models.replace(version % 2 == 0 ? null : "means");
                Files.write(file, new byte[] {1, 2, 3});
                assertThatThrownBy(() -> models.replace("means"))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("model means: ");
                assertThat(models.model("means").version()).isEqualTo(version);
                models.embed(null, List.of(red), call()).pictures().getFirst().vector();
            }
            stop.set(true);
            int seen = 0;
            for (Future<Integer> call : calls) {
                seen |= call.get();
            }
            assertThat(seen & 1 << 6).isNotZero();
            assertThat(replaced).hasValue(5);
            assertThatThrownBy(() -> models.replace("nobody"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nobody");
        }
    }

    @Test
    void whereThereIsNoMemoryOnlyThatRequestIsRefused() throws Exception {
        byte[] network =
                new io.strider.onnx.OnnxBuilder()
                        .opset(17)
                        .input("x", "N", "L")
                        .node("Exp", List.of("x"), List.of("e"))
                        .node("Log", List.of("e"), List.of("y"))
                        .output("y")
                        .toBytes();
        try (Models models =
                Models.builder()
                        .model(TestModels.file(folder, "wide", network))
                        .memoryLimit(100_000)
                        .load()) {
            NdArray large = NdArray.ofDoubles(ElementType.FLOAT32, new double[1 << 16], 1, 1 << 16);
            assertThat(reason(() -> models.infer(null, Map.of("x", large), List.of(), call())))
                    .isEqualTo(Reason.OUT_OF_MEMORY);
            assertThat(models.infer(null, Map.of("x", rows(1)), List.of(), call()))
                    .containsKey("y");
        }
    }

    @Test
    void aPictureWithoutAFixedSizeKeepsItsOwn() throws Exception {
        ModelFile file = TestModels.file(folder, "means", TestModels.means(0));
        byte[] free =
                new io.strider.onnx.OnnxBuilder()
                        .opset(17)
                        .input("x", "N", 3, "H", "W")
                        .node("GlobalAveragePool", List.of("x"), List.of("y"))
                        .output("y")
                        .toBytes();
        Files.write(file.path(), free);
        Files.writeString(folder.resolve("preprocessor_config.json"), "{\"do_resize\": false}");
        try (Models models = Models.builder().model(file).load()) {
            assertThat(models.models().getFirst().dimensions()).isEmpty();
            List<byte[]> pictures =
                    List.of(TestModels.png(3, 5, 0xff0000), TestModels.png(7, 2, 0x00ff00));
            List<Embedded> results = models.embed(null, pictures, call()).pictures();
            assertThat(results.get(0).vector()).containsExactly(1, 0, 0);
            assertThat(results.get(1).vector()).containsExactly(0, 1, 0);
        }
    }

    @Test
    void modelsThatCannotBeLoadedAreNamed() throws IOException {
        ModelFile good = TestModels.file(folder, "good", TestModels.means(1));
        ModelFile bad = TestModels.file(folder, "bad", new byte[10]);
        assertThatThrownBy(() -> Models.builder().model(good).model(bad).load())
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("model bad: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Models.builder().model(good).model(good).load())
                .withMessageContaining("twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> means().maxPictures(0).load())
                .withMessage("maxPictures: 0 (expected: 1 to 10000)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> means().maxPictures(10_001).load())
                .withMessage("maxPictures: 10001 (expected: 1 to 10000)");
        assertThatIllegalArgumentException().isThrownBy(() -> means().maxBatch(0).load());
        assertThatIllegalArgumentException().isThrownBy(() -> means().memoryLimit(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ModelFile("a b", null));
        assertThat(ModelFile.packagedFaces()).hasToString("faces=(packaged)");
    }

    @Test
    void deadlinesPassInTheQueue() throws Exception {
        Blocking blocking = new Blocking();
        byte[] png = TestModels.png(2, 2, 0);
        try (Models models = means().computeThreads(1).maxBatch(1).observer(blocking).load();
                blocking) {
            FutureTask<EmbeddedPictures> first = started(models, png, "a");
            blocking.computed.acquire();
            Call brief = Call.within("brief", "b", 30, TimeUnit.MILLISECONDS);
            Embedded late = models.embed(null, List.of(png), brief).pictures().getFirst();
            assertThat(late.refusal().reason()).isEqualTo(Reason.DEADLINE_PASSED);
            blocking.open.countDown();
            first.get();
        }
    }
}
