package io.strider.blas;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTest {
    private static final int SIZE = 4096;

    /** Runs something in a virtual thread and hands on what it throws. */
    static void inVirtualThread(Runnable body) throws InterruptedException {
        ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        Thread thread = Thread.ofVirtual().start(body);
        thread.setUncaughtExceptionHandler((_, failure) -> thrown.add(failure));
        thread.join();
        assertThat(thrown).isEmpty();
    }

    private static void coversAll(Workers workers, int tasks) {
        AtomicIntegerArray seen = new AtomicIntegerArray(tasks);
        workers.run(tasks, 0, (index, _) -> seen.incrementAndGet((int) index));
        for (int i = 0; i < tasks; i++) {
            assertThat(seen.get(i)).as("calls of task %s of %s", i, tasks).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyIndexIsRunOnceWhateverTheNumber(int threads) throws InterruptedException {
        try (Workers workers = Workers.of(threads)) {
            assertThat(workers.threads()).isEqualTo(threads);
            for (int tasks : new int[] {0, 1, 2, 3, 4, 7, 8, 9, 31, 100, 1000, 20_000}) {
                coversAll(workers, tasks);
                inVirtualThread(() -> coversAll(workers, tasks));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1,false", "1,true", "4,false", "4,true"})
    void indicesAreHandedOutInAscendingOrder(int threads, boolean virtual)
            throws InterruptedException {
        try (Workers workers = Workers.of(threads)) {
            int tasks = 5000;
            ConcurrentHashMap<Thread, Long> last = new ConcurrentHashMap<>();
            AtomicInteger descents = new AtomicInteger();
            Runnable run =
                    () ->
                            workers.run(
                                    tasks,
                                    0,
                                    (index, _) -> {
                                        Long before = last.put(Thread.currentThread(), index);
                                        if (before != null && before >= index) {
                                            descents.incrementAndGet();
                                        }
                                    });
            if (virtual) {
                inVirtualThread(run);
            } else {
                run.run();
            }
            assertThat(descents).hasValue(0);
            assertThat(last).hasSizeBetween(1, threads);
        }
    }

    @Test
    void noMoreThreadsComputeThanThePoolHasEvenWhenCallersCompute() throws InterruptedException {
        int threads = 3;
        try (Workers workers = Workers.of(threads)) {
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            List<Thread> callers = new ArrayList<>();
            for (int c = 0; c < 12; c++) {
                Thread.Builder builder = c % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                callers.add(
                        builder.start(() -> {
                            for (int round = 0; round < 50; round++) {
                                workers.run(
                                        5,
                                        0,
                                        (_, _) -> {
                                            most.accumulateAndGet(
                                                    inside.incrementAndGet(), Math::max);
                                            Thread.yield();
                                            inside.decrementAndGet();
                                        });
                            }
                        }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(most.get()).isBetween(1, threads);
        }
    }

    @Test
    void allThreadsTakePartWhenThereIsWorkForThem() {
        int threads = 4;
        try (Workers workers = Workers.of(threads)) {
            CountDownLatch all = new CountDownLatch(threads);
            // Each task waits until as many have started: only with that many threads this ends.
            workers.run(
                    threads,
                    0,
                    (_, _) -> {
                        all.countDown();
                        awaitQuietly(all);
                    });
            assertThat(all.getCount()).isZero();
        }
    }

    @Test
    void aPlatformCallerComputesItselfAVirtualOneDoesNot() throws InterruptedException {
        try (Workers workers = Workers.of(2)) {
            Thread[] ran = new Thread[1];
            workers.run(1, 0, (_, _) -> ran[0] = Thread.currentThread());
            assertThat(ran[0]).isSameAs(Thread.currentThread());
            inVirtualThread(() -> workers.run(1, 0, (_, _) -> ran[0] = Thread.currentThread()));
            assertThat(ran[0].getName()).matches("strider-worker-\\d+-\\d+");
            assertThat(ran[0].isDaemon()).isTrue();
            assertThat(ran[0].isVirtual()).isFalse();
        }
    }

    @Test
    void scratchIsLargeEnoughAlignedAndPrivate() {
        try (Workers workers = Workers.of(4)) {
            for (long bytes : new long[] {0, 1, 63, 64, 100_000, 65_536, 3 << 20, 17}) {
                AtomicInteger wrong = new AtomicInteger();
                workers.run(
                        200,
                        bytes,
                        (index, scratch) -> {
                            if (scratch.byteSize() < bytes || scratch.address() % 64 != 0) {
                                wrong.incrementAndGet();
                            }
                            long longs = Math.min(bytes / 8, 512);
                            for (long i = 0; i < longs; i++) {
                                scratch.setAtIndex(JAVA_LONG, i, index * 1000 + i);
                            }
                            Thread.yield();
                            for (long i = 0; i < longs; i++) {
                                if (scratch.getAtIndex(JAVA_LONG, i) != index * 1000 + i) {
                                    wrong.incrementAndGet();
                                }
                            }
                        });
                assertThat(wrong).as("wrong with scratch of %s", bytes).hasValue(0);
            }
            assertThat(workers.scratchBytes()).isBetween(3L << 20, 4 * (4L << 20));
        }
    }

    @Test
    void scratchIsKeptReusedAndLargeBlocksAreGivenBack() {
        Workers workers = Workers.of(1);
        assertThat(workers.scratchBytes()).isZero();
        MemorySegment[] blocks = new MemorySegment[3];
        workers.run(2, SIZE, (index, scratch) -> blocks[(int) index] = scratch);
        workers.run(1, SIZE, (_, scratch) -> blocks[2] = scratch);
        assertThat(blocks[1]).isSameAs(blocks[0]);
        assertThat(blocks[2]).isSameAs(blocks[0]);
        assertThat(workers.scratchBytes()).isBetween((long) SIZE, 1L << 20);
        workers.run(1, Seat.KEPT_BYTES, (_, _) -> {});
        assertThat(workers.scratchBytes()).isEqualTo(Seat.KEPT_BYTES);
        assertThat(blocks[0].scope().isAlive()).isFalse();
        AtomicLong during = new AtomicLong();
        workers.run(1, Seat.KEPT_BYTES + 1, (_, _) -> during.set(workers.scratchBytes()));
        assertThat(during.get()).isGreaterThan(Seat.KEPT_BYTES);
        assertThat(workers.scratchBytes()).isZero();
        workers.run(1, SIZE, (_, scratch) -> blocks[0] = scratch);
        workers.close();
        assertThat(workers.scratchBytes()).isZero();
        assertThat(blocks[0].scope().isAlive()).isFalse();
    }

    @Test
    void twoHundredCallersOfBothKindsGetTheirOwnResults() throws InterruptedException {
        try (Workers workers = Workers.of(3)) {
            AtomicInteger right = new AtomicInteger();
            ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
            List<Thread> callers = new ArrayList<>();
            for (int c = 0; c < 200; c++) {
                int caller = c;
                Thread.Builder builder = c % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                callers.add(
                        builder.start(() -> {
                            try {
                                for (int round = 0; round < 20; round++) {
                                    int tasks = 1 + (caller + round) % 13;
                                    long[] result = new long[tasks];
                                    workers.run(
                                            tasks,
                                            8,
                                            (index, scratch) -> {
                                                scratch.set(JAVA_LONG, 0, caller * index);
                                                result[(int) index] = scratch.get(JAVA_LONG, 0) + 1;
                                            });
                                    boolean good = true;
                                    for (int i = 0; i < tasks; i++) {
                                        good &= result[i] == (long) caller * i + 1;
                                    }
                                    if (good) {
                                        right.incrementAndGet();
                                    }
                                }
                            } catch (Throwable failure) {
                                failures.add(failure);
                            }
                        }));
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(failures).isEmpty();
            assertThat(right).hasValue(200 * 20);
        }
    }

    @Test
    void theNextCallStartsWhenTheOneBeforeHasNothingLeftToHandOut() throws InterruptedException {
        try (Workers workers = Workers.of(2)) {
            CountDownLatch holding = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Thread slow =
                    Thread.ofVirtual()
                            .start(() ->
                                    workers.run(
                                            1,
                                            0,
                                            (_, _) -> {
                                                holding.countDown();
                                                awaitQuietly(release);
                                            }));
            holding.await();
            inVirtualThread(() -> coversAll(workers, 50)); // ends while the first one runs
            coversAll(workers, 50);
            assertThat(slow.isAlive()).isTrue();
            release.countDown();
            slow.join();
        }
    }

    @Test
    void callsAreServedInTheOrderTheyCame() throws InterruptedException {
        try (Workers workers = Workers.of(1)) {
            CountDownLatch holding = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            List<Thread> callers = new ArrayList<>();
            callers.add(
                    Thread.ofPlatform()
                            .start(() ->
                                    workers.run(
                                            1,
                                            0,
                                            (_, _) -> {
                                                holding.countDown();
                                                awaitQuietly(release);
                                            })));
            holding.await();
            ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
            for (int c = 0; c < 10; c++) {
                int caller = c;
                Thread.Builder builder = c % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                Thread thread = builder.start(() -> workers.run(3, 0, (_, _) -> order.add(caller)));
                callers.add(thread);
                awaitWaiting(thread);
            }
            release.countDown();
            for (Thread caller : callers) {
                caller.join();
            }
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                expected.add(i / 3);
            }
            assertThat(order).containsExactlyElementsOf(expected);
        }
    }

    @Test
    void badArgumentsAreRefusedWithTheirName() {
        assertThatThrownBy(() -> Workers.of(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads: 0 (expected: 1 to 1024)");
        assertThatThrownBy(() -> Workers.of(1025)).isInstanceOf(IllegalArgumentException.class);
        try (Workers workers = Workers.of(1)) {
            assertThatThrownBy(() -> workers.run(-1, 0, (_, _) -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("tasks: -1 (expected: >= 0)");
            assertThatThrownBy(() -> workers.run(1, -7, (_, _) -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("scratchBytes: -7 (expected: >= 0)");
            assertThatThrownBy(() -> workers.run(0, 0, nothing()))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("task");
        }
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    @Test
    void thePoolOfProcessorsFollowsTheJvm() {
        try (Workers workers = Workers.ofProcessors()) {
            assertThat(workers.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        }
    }

    @Test
    void aCallInSteadyStateAllocatesNothing() {
        var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Workers workers = Workers.of(2)) {
            Set<Long> ids = ConcurrentHashMap.newKeySet();
            for (int round = 0; round < 100 || (ids.size() < 2 && round < 10_000); round++) {
                workers.run(50, SIZE, (_, _) -> ids.add(Thread.currentThread().threadId()));
            }
            AtomicLong sum = new AtomicLong();
            Workers.Task task = (index, scratch) -> sum.addAndGet(index + scratch.byteSize());
            int calls = 5000;
            double perCall = Double.MAX_VALUE;
            // Until the compilers have settled; a machine under load may need several rounds.
            for (int round = 0; round < 100 && perCall >= 1; round++) {
                long before = allocated(bean, ids);
                for (int i = 0; i < calls; i++) {
                    workers.run(1 + i % 4, SIZE, task);
                }
                perCall = (allocated(bean, ids) - before) / (double) calls;
            }
            assertThat(perCall).as("bytes per call, all threads").isLessThan(1);
        }
    }

    private static long allocated(com.sun.management.ThreadMXBean bean, Set<Long> threads) {
        long bytes = bean.getCurrentThreadAllocatedBytes();
        for (long id : threads) {
            if (id != Thread.currentThread().threadId()) {
                bytes += bean.getThreadAllocatedBytes(id);
            }
        }
        return bytes;
    }

    static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until a thread waits for something, with or without a limit. */
    static void awaitWaiting(Thread thread) {
        Thread.State state = thread.getState();
        while (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
            assertThat(state).isNotEqualTo(Thread.State.TERMINATED);
            Thread.onSpinWait();
            state = thread.getState();
        }
    }
}
