package io.strider.blas;

import static io.strider.blas.WorkersTest.awaitQuietly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersCloseTest {
    /** The threads of one pool that are alive, by any one of their names. */
    private static long alive(String name) {
        String prefix = name.substring(0, name.lastIndexOf('-') + 1);
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    private static String nameOfAThread(Workers workers) throws InterruptedException {
        String[] name = new String[1];
        WorkersTest.inVirtualThread(
                () -> workers.run(1, 64, (_, _) -> name[0] = Thread.currentThread().getName()));
        return name[0];
    }

    @Test
    void closingEndsTheThreadsAndGivesTheScratchBack() throws InterruptedException {
        Workers workers = Workers.of(5);
        String name = nameOfAThread(workers);
        assertThat(alive(name)).isEqualTo(5);
        assertThat(workers.scratchBytes()).isPositive();
        workers.close();
        assertThat(alive(name)).isZero();
        assertThat(workers.scratchBytes()).isZero();
        workers.close();
        for (int tasks = 0; tasks < 2; tasks++) {
            int n = tasks;
            assertThatThrownBy(() -> workers.run(n, 0, (_, _) -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the workers are closed");
        }
    }

    @Test
    void aPoolThatWasNeverUsedCloses() {
        for (int i = 0; i < 50; i++) {
            Workers.of(1 + i % 4).close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingWaitsForWhatRunsAndForWhatIsQueued(boolean virtual) throws InterruptedException {
        Workers workers = Workers.of(1);
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger done = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int c = 0; c < 6; c++) {
            Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
            Thread caller =
                    builder.start(() ->
                            workers.run(
                                    1,
                                    0,
                                    (_, _) -> {
                                        holding.countDown();
                                        awaitQuietly(release);
                                        done.incrementAndGet();
                                    }));
            callers.add(caller);
            WorkersTest.awaitWaiting(caller);
        }
        holding.await();
        ConcurrentLinkedQueue<Integer> doneWhenClosed = new ConcurrentLinkedQueue<>();
        List<Thread> closers = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            Thread.Builder builder = c % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
            Thread closer =
                    builder.start(() -> {
                        workers.close();
                        doneWhenClosed.add(done.get());
                    });
            closers.add(closer);
            WorkersTest.awaitWaiting(closer);
        }
        closers.get(0).interrupt(); // does not keep it from waiting
        closers.get(1).interrupt();
        assertThatThrownBy(() -> workers.run(1, 0, (_, _) -> {}))
                .isInstanceOf(IllegalStateException.class);
        assertThat(closers.get(0).join(java.time.Duration.ofMillis(50))).isFalse();
        release.countDown();
        for (Thread thread : callers) {
            thread.join();
        }
        for (Thread thread : closers) {
            thread.join();
        }
        assertThat(doneWhenClosed).containsExactly(6, 6, 6, 6);
        assertThat(workers.scratchBytes()).isZero();
    }

    @Test
    void closingUnderLoadLosesNothingAndHangsNobody() throws InterruptedException {
        for (int round = 0; round < 30; round++) {
            Workers workers = Workers.of(1 + round % 3);
            String name = nameOfAThread(workers);
            AtomicInteger accepted = new AtomicInteger();
            AtomicInteger whole = new AtomicInteger();
            ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
            List<Thread> callers = new ArrayList<>();
            for (int c = 0; c < 12; c++) {
                int tasks = 1 + c;
                Thread.Builder builder = c % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
                callers.add(
                        builder.start(() -> {
                            try {
                                while (true) {
                                    AtomicInteger ran = new AtomicInteger();
                                    workers.run(tasks, 8, (_, _) -> ran.incrementAndGet());
                                    accepted.incrementAndGet();
                                    whole.addAndGet(ran.get() == tasks ? 1 : 0);
                                }
                            } catch (IllegalStateException refused) {
                                if (!"the workers are closed".equals(refused.getMessage())) {
                                    failures.add(refused);
                                }
                            } catch (Throwable failure) {
                                failures.add(failure);
                            }
                        }));
            }
            while (accepted.get() < 100) {
                Thread.onSpinWait();
            }
            Thread second = Thread.ofPlatform().start(workers::close);
            workers.close();
            assertThat(alive(name)).isZero();
            for (Thread caller : callers) {
                caller.join();
            }
            second.join();
            assertThat(failures).isEmpty();
            assertThat(whole.get()).isEqualTo(accepted.get());
            assertThat(workers.scratchBytes()).isZero();
        }
    }

    /** What one caller of the stress test has seen. */
    private static final class Tally {
        final AtomicInteger calls = new AtomicInteger();
        final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void randomCallsFailuresInterruptsAndClosingKeepEveryPromise(long seed)
            throws InterruptedException {
        Random random = new Random(seed);
        Workers workers = Workers.of(random.nextInt(1, 6), random.nextBoolean() ? 0 : 20_000);
        Tally tally = new Tally();
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> callers = new ArrayList<>();
        for (int c = 0; c < 24; c++) {
            Random own = new Random(seed * 100 + c);
            Thread.Builder builder = c % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
            callers.add(builder.start(() -> callAtRandom(workers, own, tally, stop)));
        }
        while (tally.calls.get() < 3000) {
            callers.get(random.nextInt(callers.size())).interrupt();
            Thread.sleep(1);
        }
        if (random.nextBoolean()) {
            stop.set(true);
        }
        workers.close();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(tally.wrong).as("seed %s", seed).isEmpty();
        assertThat(workers.scratchBytes()).as("seed %s", seed).isZero();
    }

    private static void callAtRandom(
            Workers workers, Random random, Tally tally, AtomicBoolean stop) {
        while (!stop.get()) {
            int tasks = random.nextInt(20);
            int failing = random.nextInt(4) == 0 ? random.nextInt(20) : -1;
            long scratchBytes = random.nextInt(3) * 100_000L;
            int spins = random.nextInt(200);
            int[] seen = new int[tasks];
            AtomicInteger running = new AtomicInteger();
            String end = "whole";
            try {
                workers.run(
                        tasks,
                        scratchBytes,
                        (index, scratch) -> {
                            running.incrementAndGet();
                            try {
                                for (int i = 0; i < spins; i++) {
                                    Thread.onSpinWait();
                                }
                                if (scratch.byteSize() < scratchBytes) {
                                    tally.wrong.add("scratch " + scratch.byteSize());
                                }
                                if (index == failing) {
                                    throw new ArithmeticException("task " + failing);
                                }
                                seen[(int) index]++;
                            } finally {
                                running.decrementAndGet();
                            }
                        });
            } catch (ArithmeticException _) {
                end = "failed";
            } catch (CancellationException _) {
                end = "cancelled";
                if (!Thread.interrupted()) {
                    tally.wrong.add("cancelled without an interrupt");
                }
            } catch (IllegalStateException _) {
                return;
            } catch (Throwable other) {
                tally.wrong.add(other.toString());
            }
            Thread.interrupted();
            tally.calls.incrementAndGet();
            if (running.get() != 0) {
                tally.wrong.add(running + " tasks still running");
            }
            boolean shouldFail = failing >= 0 && failing < tasks;
            for (int count : seen) {
                if (count > 1 || (count == 0 && end.equals("whole"))) {
                    tally.wrong.add(count + " times, " + end);
                }
            }
            if ((shouldFail && end.equals("whole")) || (!shouldFail && end.equals("failed"))) {
                tally.wrong.add("failing " + failing + " of " + tasks + " but " + end);
            }
        }
    }
}
