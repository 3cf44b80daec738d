package io.strider.blas;

import static io.strider.blas.WorkersTest.awaitQuietly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersFailureTest {
    static void isUsable(Workers workers) {
        AtomicInteger ran = new AtomicInteger();
        CyclicBarrier all = new CyclicBarrier(workers.threads());
        workers.run(
                workers.threads(),
                64,
                (_, _) -> {
                    try {
                        all.await(30, TimeUnit.SECONDS); // every seat and every thread is there
                    } catch (Exception failure) {
                        throw new IllegalStateException(failure);
                    }
                    ran.incrementAndGet();
                });
        assertThat(ran).hasValue(workers.threads());
    }

    /** What a run throws in a thread of the wanted kind; null if nothing. */
    static CompletableFuture<Throwable> start(
            boolean virtual, AtomicReference<Thread> thread, Runnable body) {
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
        thread.set(builder.start(() -> outcome.complete(catchThrowable(body::run))));
        return outcome;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatATaskThrowsComesBackAsItIsAndDropsTheRest(boolean virtual) throws Exception {
        try (Workers workers = Workers.of(2)) {
            List<Throwable> kinds =
                    List.of(
                            new IllegalArgumentException("mine"),
                            new AssertionError("mine"),
                            new StackOverflowError("mine"),
                            new OutOfMemoryError("mine"),
                            new IOException("undeclared"));
            for (Throwable kind : kinds) {
                AtomicInteger ran = new AtomicInteger();
                AtomicReference<Thread> thread = new AtomicReference<>();
                Throwable thrown =
                        start(
                                        virtual,
                                        thread,
                                        () ->
                                                workers.run(
                                                        Long.MAX_VALUE,
                                                        8,
                                                        (index, _) -> {
                                                            ran.incrementAndGet();
                                                            if (index == 100) {
                                                                throw sneaky(kind);
                                                            }
                                                        }))
                                .get(30, TimeUnit.SECONDS);
                assertThat(thrown).isSameAs(kind);
                assertThat(ran.get()).isGreaterThan(100);
                isUsable(workers);
            }
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void theFirstFailureHasTheOthersSuppressed() {
        int threads = 4;
        try (Workers workers = Workers.of(threads)) {
            CyclicBarrier all = new CyclicBarrier(threads);
            Throwable thrown =
                    catchThrowable(() ->
                            workers.run(
                                    threads,
                                    0,
                                    (index, _) -> {
                                        meet(all);
                                        throw new IllegalStateException("task " + index);
                                    }));
            assertThat(thrown).isInstanceOf(IllegalStateException.class);
            List<String> messages = new ArrayList<>(List.of(thrown.getMessage()));
            for (Throwable suppressed : thrown.getSuppressed()) {
                messages.add(suppressed.getMessage());
            }
            assertThat(messages).containsExactlyInAnyOrder("task 0", "task 1", "task 2", "task 3");
            // One exception thrown by all cannot suppress itself.
            RuntimeException shared = new RuntimeException("shared");
            assertThatThrownBy(() ->
                            workers.run(
                                    threads,
                                    0,
                                    (_, _) -> {
                                        meet(all);
                                        throw shared;
                                    }))
                    .isSameAs(shared)
                    .hasNoSuppressedExceptions();
            isUsable(workers);
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void aFailureWaitsForTheTasksThatRun() throws Exception {
        try (Workers workers = Workers.of(2)) {
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch bothRun = new CountDownLatch(2);
            AtomicBoolean otherDone = new AtomicBoolean();
            AtomicReference<Thread> thread = new AtomicReference<>();
            CompletableFuture<Throwable> outcome =
                    start(
                            true,
                            thread,
                            () ->
                                    workers.run(
                                            10,
                                            0,
                                            (index, _) -> {
                                                bothRun.countDown();
                                                awaitQuietly(bothRun);
                                                if (index == 0) {
                                                    throw new IllegalStateException("mine");
                                                }
                                                awaitQuietly(release);
                                                otherDone.set(true);
                                            }));
            bothRun.await();
            assertThatThrownBy(() -> outcome.get(50, TimeUnit.MILLISECONDS))
                    .isInstanceOf(java.util.concurrent.TimeoutException.class);
            release.countDown();
            assertThat(outcome.get(30, TimeUnit.SECONDS)).hasMessage("mine");
            assertThat(otherDone).isTrue();
        }
    }

    @Test
    void tooMuchScratchComesBackToItsCallerOnly() throws Exception {
        try (Workers workers = Workers.of(2)) {
            CountDownLatch holding = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            AtomicReference<Thread> thread = new AtomicReference<>();
            CompletableFuture<Throwable> other =
                    start(
                            true,
                            thread,
                            () ->
                                    workers.run(
                                            1,
                                            1000,
                                            (_, scratch) -> {
                                                holding.countDown();
                                                awaitQuietly(release);
                                                scratch.fill((byte) 1);
                                            }));
            holding.await();
            for (long bytes : new long[] {1L << 50, 1L << 60, Long.MAX_VALUE}) {
                assertThatThrownBy(() -> workers.run(5, bytes, (_, _) -> {}))
                        .as("scratch of %s", bytes)
                        .isInstanceOf(OutOfMemoryError.class);
                assertThat(start(true, thread, () -> workers.run(5, bytes, (_, _) -> {})).get())
                        .isInstanceOf(OutOfMemoryError.class);
            }
            release.countDown();
            assertThat(other.get(30, TimeUnit.SECONDS)).isNull();
            isUsable(workers);
        }
    }

    @Test
    void callsFromInsideATaskAreRefused() throws Exception {
        try (Workers workers = Workers.of(2)) {
            AtomicReference<Thread> thread = new AtomicReference<>();
            for (boolean virtual : new boolean[] {false, true}) {
                assertThat(
                                start(
                                                virtual,
                                                thread,
                                                () ->
                                                        workers.run(
                                                                4,
                                                                0,
                                                                (_, _) ->
                                                                        workers.run(
                                                                                1,
                                                                                0,
                                                                                (_, _) -> {})))
                                        .get(30, TimeUnit.SECONDS))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("run: called from inside a task of the same workers");
                assertThat(
                                start(
                                                virtual,
                                                thread,
                                                () -> workers.run(1, 0, (_, _) -> workers.close()))
                                        .get(30, TimeUnit.SECONDS))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("close: called from inside a task of the same workers");
            }
            try (Workers inner = Workers.of(2)) { // another pool may be called
                AtomicInteger ran = new AtomicInteger();
                workers.run(4, 0, (_, _) -> inner.run(5, 0, (_, _) -> ran.incrementAndGet()));
                assertThat(ran).hasValue(20);
            }
            isUsable(workers);
        }
    }

    @Test
    void aCallerWithoutStackLeftLosesNoSeat() throws Exception {
        try (Workers workers = Workers.of(2)) {
            isUsable(workers); // loads the classes, which does not survive a full stack
            AtomicInteger overflows = new AtomicInteger();
            for (int round = 0; round < 20; round++) {
                AtomicInteger levels = new AtomicInteger();
                Thread thread =
                        Thread.ofPlatform()
                                .unstarted(() -> callWithFullStack(workers, levels, overflows));
                thread.start();
                thread.join();
            }
            assertThat(overflows.get()).isPositive();
            isUsable(workers);
        }
    }

    private static final Workers.Task NOTHING = (_, _) -> {};

    /** Fills the stack, then calls from each of the deepest levels on the way back. */
    private static void callWithFullStack(
            Workers workers, AtomicInteger levels, AtomicInteger overflows) {
        try {
            if (levels.get() == 0) {
                callWithFullStack(workers, levels, overflows);
            }
        } catch (StackOverflowError _) {
            // Where the calls begin.
        }
        try {
            if (levels.incrementAndGet() < 300) {
                workers.run(2, 64, NOTHING);
            }
        } catch (StackOverflowError _) {
            overflows.incrementAndGet();
        }
    }
}
