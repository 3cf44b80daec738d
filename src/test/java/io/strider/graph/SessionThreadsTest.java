package io.strider.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.strider.blas.Workers;
import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SessionThreadsTest {
    private static Graph then(Runnable action) {
        return Graph.builder()
                .input(new GraphInput("x", ElementType.FLOAT32, GraphInput.FREE))
                .node(new Node("t", new SampleOperators.Then(action), List.of("x"), List.of("y")))
                .node(new Node("s", new SampleOperators.Scale(2), List.of("y"), List.of("z")))
                .output("z")
                .build();
    }

    private static void run(Session session, float element, int count) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor x = Tensor.zeros(arena, count);
            x.fill(element);
            Value z = session.run(Map.of("x", new Value.Floats(x)), arena).get("z");
            assertThat(((Value.Floats) z).tensor().get(count - 1)).isEqualTo(2 * element + 1);
        }
    }

    /** More callers than frames, of sizes for more plans than are kept. */
    @Test
    void manyThreadsGetTheirOwnResults() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Runnable counted =
                () -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.yield();
                    now.decrementAndGet();
                };
        try (Workers workers = Workers.of(2);
                Session session =
                        Session.builder(then(counted))
                                .workers(workers)
                                .concurrency(3)
                                .memoryLimit(4000)
                                .build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> runs = new ArrayList<>();
            Random random = new Random(7);
            for (int i = 0; i < 400; i++) {
                int count = 1 + random.nextInt(12) * 20;
                float element = i;
                runs.add(threads.submit(() -> run(session, element, count)));
            }
            for (Future<?> each : runs) {
                each.get(50, TimeUnit.SECONDS);
            }
            assertThat(most.get()).isBetween(1, 3);
            assertThat(session.frameBytes()).isBetween(1L, 4000L);
        }
    }

    @Test
    void closingWaitsForRunsAndSendsAwayThoseThatWait() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Session session =
                Session.builder(
                                then(() -> {
                                    started.countDown();
                                    awaited(goOn);
                                }))
                        .concurrency(1)
                        .build();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<?> first = threads.submit(() -> run(session, 1, 3));
            assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
            Future<?> second = threads.submit(() -> run(session, 2, 3));
            Future<?> closing = threads.submit(session::close);
            assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(closing.isDone()).isFalse();
            goOn.countDown();
            first.get(20, TimeUnit.SECONDS);
            closing.get(20, TimeUnit.SECONDS);
            assertThat(session.frameBytes()).isZero();
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void interruptedRunsAreCancelledAndTheFrameServesTheNext() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Runnable interrupts =
                () -> {
                    if (runs.getAndIncrement() == 0) {
                        Thread.currentThread().interrupt();
                    }
                };
        try (Session session = Session.builder(then(interrupts)).concurrency(1).build();
                ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Boolean> first =
                    threads.submit(() -> {
                        assertThatThrownBy(() -> run(session, 1, 3))
                                .isInstanceOf(CancellationException.class)
                                .hasMessage("interrupted before Scale \"s\"");
                        return Thread.interrupted();
                    });
            assertThat(first.get(20, TimeUnit.SECONDS)).isTrue();
            threads.submit(() -> run(session, 2, 3)).get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void whoIsInterruptedWhileWaitingGivesUpItsTurn() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Runnable waits =
                () -> {
                    started.countDown();
                    awaited(goOn);
                };
        try (Session session = Session.builder(then(waits)).concurrency(1).build();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<?> first = threads.submit(() -> run(session, 1, 3));
            assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
            Thread[] waiting = new Thread[1];
            CountDownLatch there = new CountDownLatch(1);
            Future<?> second =
                    threads.submit(() -> {
                        waiting[0] = Thread.currentThread();
                        there.countDown();
                        run(session, 2, 3);
                    });
            assertThat(there.await(20, TimeUnit.SECONDS)).isTrue();
            waiting[0].interrupt();
            assertThatThrownBy(() -> second.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(CancellationException.class);
            Future<?> third = threads.submit(() -> run(session, 3, 3));
            goOn.countDown();
            first.get(20, TimeUnit.SECONDS);
            third.get(20, TimeUnit.SECONDS);
        }
    }

    /** Its kernels are made by two threads, neither of which goes on without the other. */
    private static final class Met implements Operator {
        private final Set<Thread> makers = ConcurrentHashMap.newKeySet();
        private final CountDownLatch both = new CountDownLatch(2);

        @Override
        public String name() {
            return "Met";
        }

        @Override
        public List<TensorType> outputTypes(Inputs inputs) {
            return List.of(inputs.type(0));
        }

        @Override
        public List<NdArray> evaluate(List<@Nullable NdArray> inputs, int outputs) {
            return List.of(Objects.requireNonNull(inputs.getFirst()));
        }

        @Override
        public @Nullable Kernel kernel(KernelRequest request) {
            makers.add(Thread.currentThread());
            both.countDown();
            awaited(both);
            return new SampleOperators.Scale(2).kernel(request);
        }
    }

    @Test
    void packingThreadsMakeKernelsSideBySideAndEnd() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "more would not be taken");
        Met met = new Met();
        Graph graph =
                Graph.builder()
                        .input(new GraphInput("x", ElementType.FLOAT32, GraphInput.FREE))
                        .node(new Node("a", met, List.of("x"), List.of("y")))
                        .node(new Node("b", met, List.of("y"), List.of("z")))
                        .output("z")
                        .build();
        try (Session session = Session.builder(graph).fuse(false).packingThreads(2).build();
                Arena arena = Arena.ofConfined()) {
            Tensor x = Tensor.zeros(arena, 5);
            Value z = session.run(Map.of("x", new Value.Floats(x)), arena).get("z");
            assertThat(((Value.Floats) z).tensor().get(4)).isEqualTo(3); // 2 (2 · 0 + 1) + 1
        }
        assertThat(met.makers).hasSize(2);
        met.makers.remove(Thread.currentThread());
        assertThat(met.makers).noneMatch(Thread::isAlive);
        assertThatThrownBy(() -> Session.builder(graph).packingThreads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads: 0 (expected: >= 1)");
    }

    /** Random graphs in one session from many threads at once. */
    @Test
    void threadsDoNotShareFrames() throws Exception {
        RandomGraph.Case sample = RandomGraph.of(11, 25);
        Map<String, NdArray> expected = PlainRun.run(sample.graph(), sample.inputs());
        try (Session session = Session.builder(sample.graph()).concurrency(4).build();
                ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Random random = new Random(i);
                runs.add(
                        threads.submit(() -> {
                            try (Arena arena = Arena.ofConfined()) {
                                session.run(sample.values(arena, random), arena)
                                        .forEach((name, value) ->
                                                assertThat(value.array())
                                                        .as(name)
                                                        .isEqualTo(expected.get(name)));
                            }
                        }));
            }
            for (Future<?> each : runs) {
                each.get(50, TimeUnit.SECONDS);
            }
        }
    }
}
