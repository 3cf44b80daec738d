package io.strider.blas;

import static io.strider.blas.WorkersFailureTest.isUsable;
import static io.strider.blas.WorkersFailureTest.start;
import static io.strider.blas.WorkersTest.awaitQuietly;
import static io.strider.blas.WorkersTest.awaitWaiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersInterruptTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptDropsWhatIsUnclaimedAndWaitsForWhatRuns(boolean virtual) throws Exception {
        try (Workers workers = Workers.of(2)) {
            CountDownLatch bothRun = new CountDownLatch(2);
            CountDownLatch release = new CountDownLatch(1);
            AtomicInteger ran = new AtomicInteger();
            AtomicBoolean flag = new AtomicBoolean();
            AtomicReference<Thread> thread = new AtomicReference<>();
            CompletableFuture<Throwable> outcome =
                    start(
                            virtual,
                            thread,
                            () -> {
                                try {
                                    workers.run(
                                            100,
                                            0,
                                            (_, _) -> {
                                                bothRun.countDown();
                                                uninterruptibly(release);
                                                ran.incrementAndGet();
                                            });
                                } finally {
                                    flag.set(Thread.currentThread().isInterrupted());
                                }
                            });
            bothRun.await();
            thread.get().interrupt();
            assertThatThrownBy(() -> outcome.get(50, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            release.countDown();
            assertThat(outcome.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(CancellationException.class)
                    .hasMessageMatching("interrupted: 9\\d of 100 tasks have not been run");
            assertThat(flag).isTrue();
            assertThat(ran.get()).isBetween(2, 9);
            isUsable(workers);
        }
    }

    /** Waits without touching the thread's interrupt flag. */
    private static void uninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptWhenAllIsHandedOutLosesNothing(boolean virtual) throws Exception {
        try (Workers workers = Workers.of(2)) {
            CountDownLatch bothRun = new CountDownLatch(2);
            CountDownLatch release = new CountDownLatch(1);
            AtomicBoolean flag = new AtomicBoolean();
            AtomicReference<Thread> thread = new AtomicReference<>();
            CompletableFuture<Throwable> outcome =
                    start(
                            virtual,
                            thread,
                            () -> {
                                workers.run(
                                        2,
                                        0,
                                        (_, _) -> {
                                            bothRun.countDown();
                                            uninterruptibly(release);
                                        });
                                flag.set(Thread.currentThread().isInterrupted());
                            });
            bothRun.await();
            thread.get().interrupt();
            release.countDown();
            assertThat(outcome.get(30, TimeUnit.SECONDS)).isNull();
            assertThat(flag).isTrue();
        }
    }

    @Test
    void aQueuedCallThatIsInterruptedLeavesTheMiddleOfTheQueue() throws Exception {
        try (Workers workers = Workers.of(1)) {
            CountDownLatch holding = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            AtomicReference<Thread> thread = new AtomicReference<>();
            CompletableFuture<Throwable> holder =
                    start(
                            true,
                            thread,
                            () ->
                                    workers.run(
                                            1,
                                            0,
                                            (_, _) -> {
                                                holding.countDown();
                                                awaitQuietly(release);
                                            }));
            holding.await();
            List<Thread> threads = new ArrayList<>();
            List<CompletableFuture<Throwable>> queued = new ArrayList<>();
            AtomicInteger ran = new AtomicInteger();
            for (int c = 0; c < 5; c++) {
                queued.add(
                        start(
                                c % 2 == 0,
                                thread,
                                () -> workers.run(4, 0, (_, _) -> ran.incrementAndGet())));
                threads.add(thread.get());
                awaitWaiting(thread.get());
            }
            for (int c : new int[] {2, 0, 4}) { // middle, first, last
                threads.get(c).interrupt();
                assertThat(queued.get(c).get(30, TimeUnit.SECONDS)) // the holder still holds
                        .isInstanceOf(CancellationException.class)
                        .hasMessage("interrupted: 4 of 4 tasks have not been run");
            }
            release.countDown();
            assertThat(holder.get(30, TimeUnit.SECONDS)).isNull();
            assertThat(queued.get(1).get(30, TimeUnit.SECONDS)).isNull();
            assertThat(queued.get(3).get(30, TimeUnit.SECONDS)).isNull();
            assertThat(ran).hasValue(8);
        }
    }

    @Test
    void whoComesInterruptedRunsNothingAndStaysInterrupted() throws Exception {
        try (Workers workers = Workers.of(2)) {
            AtomicInteger ran = new AtomicInteger();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> workers.run(3, 0, (_, _) -> ran.incrementAndGet()))
                    .isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(ran).hasValue(0);
            isUsable(workers);
        }
    }

    @Test
    void aTaskThatInterruptsItsThreadDoesNoHarm() throws Exception {
        try (Workers workers = Workers.of(2)) {
            AtomicInteger interruptedAtStart = new AtomicInteger();
            for (int round = 0; round < 20; round++) {
                AtomicReference<Thread> thread = new AtomicReference<>();
                Throwable thrown =
                        start(
                                        true,
                                        thread,
                                        () ->
                                                workers.run(
                                                        20,
                                                        0,
                                                        (index, _) -> {
                                                            if (Thread.currentThread()
                                                                    .isInterrupted()) {
                                                                interruptedAtStart
                                                                        .incrementAndGet();
                                                            }
                                                            Thread.currentThread().interrupt();
                                                            if (index == 19) {
                                                                throw new IllegalStateException();
                                                            }
                                                        }))
                                .get(30, TimeUnit.SECONDS);
                assertThat(thrown).isInstanceOf(IllegalStateException.class);
            }
            assertThat(interruptedAtStart).hasValue(0);
            isUsable(workers);
        }
    }
}
