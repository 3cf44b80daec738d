package io.strider.server.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is computed together, when, and what becomes of the rest. Time stands still. */
@Timeout(60)
class BatcherTest {
    private static final Duration DELAY = Duration.ofMillis(2);
    private static final long NEVER = Long.MAX_VALUE / 2;

    private final Gate gate = new Gate();
    private final AtomicLong time = new AtomicLong();

    private Batcher<String, Integer, Integer> batcher(int lanes, int maxBatch, int capacity) {
        Batcher<String, Integer, Integer> batcher =
                Batcher.start(
                        new BatcherOptions("test", lanes, maxBatch, DELAY, capacity),
                        _ -> maxBatch,
                        gate,
                        time::get);
        while (batcher.idleLanes() < lanes) { // what is shared out depends on who waits for it
            Thread.onSpinWait();
        }
        return batcher;
    }

    private void advance(Batcher<?, ?, ?> batcher, Duration by) {
        time.addAndGet(by.toNanos());
        batcher.wakeLanes();
    }

    private static Reservation<String, Integer, Integer> places(
            Batcher<String, Integer, Integer> batcher, String caller, int count) {
        return batcher.reserve(caller, count, NEVER).orElseThrow();
    }

    /** Submits numbers of one caller. */
    private static List<Ticket<Integer>> submit(
            Batcher<String, Integer, Integer> batcher, String caller, int... items) {
        Reservation<String, Integer, Integer> places = places(batcher, caller, items.length);
        return IntStream.of(items).mapToObj(item -> places.submit("key", item)).toList();
    }

    /** Has all computed that waits. */
    private static void end(Batcher<?, ?, ?> batcher) {
        batcher.close();
    }

    private static int value(Ticket<Integer> ticket) throws InterruptedException {
        assertThat(ticket.await()).isInstanceOf(Outcome.Done.class);
        return ((Outcome.Done<Integer>) ticket.await()).value();
    }

    @Test
    void aFullBatchIsComputedAtOnce() throws InterruptedException {
        gate.open();
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 4, 10);
                gate) {
            List<Ticket<Integer>> tickets = submit(batcher, "a", 1, 2, 3, 4);
            for (int i = 0; i < 4; i++) {
                assertThat(value(tickets.get(i))).isEqualTo(2 * (i + 1));
            }
            assertThat(gate.batches()).containsExactly(List.of(1, 2, 3, 4));
        }
    }

    @Test
    void aLoneItemWaitsForOthersAndNoLongerThanTheDelay() throws InterruptedException {
        gate.open();
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 4, 10);
                gate) {
            Ticket<Integer> first = submit(batcher, "a", 1).getFirst();
            advance(batcher, DELAY.minusNanos(1));
            Ticket<Integer> second = submit(batcher, "b", 2).getFirst();
            assertThat(batcher.waiting()).isEqualTo(2);
            advance(batcher, Duration.ofNanos(1));
            assertThat(value(first)).isEqualTo(2);
            assertThat(value(second)).isEqualTo(4);
            assertThat(gate.batches()).containsExactly(List.of(1, 2));
            assertThat(first.await()).isEqualTo(new Outcome.Done<>(2, DELAY.toNanos(), 0, 2));
        }
    }

    @Test
    void idleLanesShareWhatThereIs() throws InterruptedException {
        try (Batcher<String, Integer, Integer> batcher = batcher(2, 4, 10);
                gate) {
            submit(batcher, "a", 1, 2);
            advance(batcher, DELAY);
            gate.awaitBegun(2);
            assertThat(gate.batches()).containsExactlyInAnyOrder(List.of(1), List.of(2));
            assertThat(batcher.busyLanes()).isEqualTo(2);
            gate.open();
        }
    }

    @Test
    void batchesAreOfFewSizes() throws InterruptedException {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 6, 100);
                gate) {
            submit(batcher, "x", 0);
            advance(batcher, DELAY);
            gate.awaitBegun(1);
            submit(batcher, "a", IntStream.rangeClosed(1, 13).toArray());
            gate.open();
            end(batcher);
            assertThat(gate.batches().stream().map(List::size)).containsExactly(1, 6, 6, 1);
        }
        assertThat(sizes(5, 6)).containsExactly(4, 1);
        assertThat(sizes(7, 8)).containsExactly(4, 2, 1);
    }

    private static List<Integer> sizes(int items, int limit) {
        FairQueue<String, Integer, Integer> queue = new FairQueue<>(0);
        for (int i = 0; i < items; i++) {
            queue.add(new Entry<>("a", "key", i, 0, NEVER), limit);
        }
        List<Integer> sizes = new ArrayList<>();
        while (queue.size() > 0) {
            int share = queue.share("key", 1);
            sizes.add(share);
            for (int i = 0; i < share; i++) {
                queue.next("key");
            }
        }
        return sizes;
    }

    @Test
    void callersTakeTurnsWhateverTheyHaveQueued() throws InterruptedException {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 4, 100);
                gate) {
            submit(batcher, "x", 0);
            advance(batcher, DELAY);
            gate.awaitBegun(1);
            submit(batcher, "greedy", 1, 2, 3, 4, 5, 6, 7, 8);
            submit(batcher, "b", 11, 12);
            submit(batcher, "c", 21);
            gate.open();
            end(batcher);
            assertThat(gate.batches())
                    .containsExactly(
                            List.of(0),
                            List.of(1, 11, 21, 2),
                            List.of(12, 3, 4, 5),
                            List.of(6, 7),
                            List.of(8));
        }
    }

    @Test
    void keysAreNotMixedAndHaveTheirTurns() throws InterruptedException {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 4, 100);
                gate) {
            submit(batcher, "x", 0);
            advance(batcher, DELAY);
            gate.awaitBegun(1);
            submit(batcher, "a", 1, 2, 3, 4, 5, 6, 7, 8);
            Reservation<String, Integer, Integer> other = places(batcher, "b", 1);
            other.submit("other key", 100);
            advance(batcher, DELAY); // both are due when the lane comes back
            gate.open();
            end(batcher);
            assertThat(gate.batches())
                    .containsExactly(
                            List.of(0), List.of(1, 2, 3, 4), List.of(100), List.of(5, 6, 7, 8));
        }
    }

    @Test
    void anItemWhoseKeyStandsAloneDoesNotWait() throws InterruptedException {
        gate.open();
        try (Batcher<String, Integer, Integer> batcher =
                        Batcher.start(
                                new BatcherOptions("test", 1, 8, DELAY, 10),
                                key -> key.equals("alone") ? 1 : 99,
                                gate,
                                time::get);
                gate) {
            Ticket<Integer> alone = places(batcher, "a", 1).submit("alone", 1);
            assertThat(value(alone)).isEqualTo(2);
        }
    }

    @Test
    void placesAreGivenAllOrNone() {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 4, 3);
                gate) {
            Reservation<String, Integer, Integer> two = places(batcher, "a", 2);
            assertThat(batcher.free()).isEqualTo(1);
            assertThat(batcher.reserve("b", 2, NEVER)).isEmpty();
            assertThat(batcher.reserve("b", Integer.MAX_VALUE, NEVER)).isEmpty();
            two.giveBack();
            assertThat(batcher.free()).isEqualTo(2);
            two.close();
            two.close();
            assertThat(batcher.free()).isEqualTo(3);
            assertThat(batcher.waiting()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> two.submit("key", 1));
            assertThatIllegalStateException().isThrownBy(two::giveBack);
            assertThatIllegalArgumentException().isThrownBy(() -> batcher.reserve("b", 0, NEVER));
        }
    }

    @Test
    void placesAreFreeAgainWhenABatchBegins() throws InterruptedException {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 2, 2);
                gate) {
            submit(batcher, "a", 1, 2);
            gate.awaitBegun(1);
            assertThat(batcher.free()).isEqualTo(2);
            assertThat(batcher.awaitIdle(0, TimeUnit.SECONDS)).isFalse();
            gate.open();
            assertThat(batcher.awaitIdle(60, TimeUnit.SECONDS)).isTrue();
            assertThat(batcher.busyLanes()).isZero();
        }
    }

    @Test
    void whatIsTooLateIsNotComputed() throws InterruptedException {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 2, 10);
                gate) {
            submit(batcher, "a", 1, 2);
            gate.awaitBegun(1);
            Reservation<String, Integer, Integer> late =
                    batcher.reserve("b", 1, Duration.ofMillis(5).toNanos()).orElseThrow();
            Ticket<Integer> expired = late.submit("key", 3);
            CountDownLatch ended = new CountDownLatch(1);
            expired.whenEnded(ended::countDown);
            Ticket<Integer> inTime = submit(batcher, "c", 4).getFirst();
            time.addAndGet(Duration.ofMillis(5).toNanos());
            gate.open();
            ended.await();
            assertThat(expired.await()).isEqualTo(new Outcome.Expired<Integer>());
            assertThat(value(inTime)).isEqualTo(8);
            assertThat(gate.batches()).containsExactly(List.of(1, 2), List.of(4));
            assertThat(batcher.awaitIdle(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aWaiterIsToldAtItsDeadlineThoughAllLanesAreBusy() throws InterruptedException {
        try (Batcher<String, Integer, Integer> batcher =
                        Batcher.start(new BatcherOptions("test", 1, 1, DELAY, 10), _ -> 1, gate);
                gate) {
            Ticket<Integer> first = submit(batcher, "a", 1).getFirst();
            gate.awaitBegun(1);
            Reservation<String, Integer, Integer> late =
                    batcher.reserve("b", 1, System.nanoTime() + 20_000_000).orElseThrow();
            assertThat(late.submit("key", 2).await()).isEqualTo(new Outcome.Expired<Integer>());
            assertThat(batcher.waiting()).isZero();
            gate.open();
            assertThat(value(first)).isEqualTo(2);
        }
        assertThat(gate.batches()).containsExactly(List.of(1));
    }

    @Test
    void whatIsBeingComputedAtItsDeadlineIsWaitedFor() throws Exception {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 1, 10);
                gate) {
            Reservation<String, Integer, Integer> places =
                    batcher.reserve("a", 1, 10).orElseThrow();
            Ticket<Integer> ticket = places.submit("key", 1);
            gate.awaitBegun(1);
            time.set(1000);
            FutureTask<Outcome<Integer>> waiting = new FutureTask<>(ticket::await);
            Thread.startVirtualThread(waiting);
            gate.allow(1);
            assertThat(waiting.get()).isInstanceOf(Outcome.Done.class);
        }
    }

    @Test
    void cancelledItemsLeaveTheQueueAndComputedOnesDoNot() throws InterruptedException {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 1, 10);
                gate) {
            Ticket<Integer> first = submit(batcher, "a", 1).getFirst();
            gate.awaitBegun(1);
            Ticket<Integer> second = submit(batcher, "a", 2).getFirst();
            second.cancel();
            second.cancel();
            first.cancel();
            assertThat(second.await()).isEqualTo(new Outcome.Cancelled<Integer>());
            assertThat(batcher.waiting()).isZero();
            gate.open();
            assertThat(value(first)).isEqualTo(2);
        }
        assertThat(gate.batches()).containsExactly(List.of(1));
    }

    @Test
    void anInterruptedCallerTakesItsItemsAlong() throws Exception {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 1, 10);
                gate) {
            submit(batcher, "a", 1);
            gate.awaitBegun(1);
            CountDownLatch submitted = new CountDownLatch(1);
            FutureTask<Void> caller =
                    new FutureTask<>(() -> {
                        try (Reservation<String, Integer, Integer> places =
                                places(batcher, "b", 3)) {
                            Ticket<Integer> ticket = places.submit("key", 2);
                            places.submit("key", 3);
                            submitted.countDown();
                            ticket.await();
                        }
                        return null;
                    });
            Thread thread = Thread.startVirtualThread(caller);
            submitted.await();
            assertThat(batcher.waiting()).isEqualTo(3);
            thread.interrupt();
            assertThatThrownBy(caller::get).hasCauseInstanceOf(InterruptedException.class);
            assertThat(batcher.waiting()).isZero();
            gate.open();
        }
        assertThat(gate.batches()).containsExactly(List.of(1));
    }

    @Test
    void oneBadItemDoesNotSpoilItsNeighbours() throws InterruptedException {
        List<Integer> sizes = new ArrayList<>();
        Computation<String, Integer, Integer> failing =
                (_, items) -> {
                    sizes.add(items.size());
                    if (items.contains(2)) {
                        throw new IllegalArgumentException("two");
                    }
                    return items;
                };
        try (Batcher<String, Integer, Integer> batcher =
                Batcher.start(new BatcherOptions("test", 1, 3, DELAY, 10), _ -> 3, failing)) {
            List<Ticket<Integer>> tickets = submit(batcher, "a", 1, 2, 3);
            assertThat(value(tickets.get(0))).isEqualTo(1);
            assertThat(tickets.get(1).await())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.cause()).hasMessage("two"));
            assertThat(value(tickets.get(2))).isEqualTo(3);
            assertThat(sizes).containsExactly(3, 1, 1, 1);
        }
    }

    @Test
    void lanesOutliveErrorsAndInterruptions() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        Computation<String, Integer, Integer> failing =
                (_, items) -> {
                    Thread.currentThread().interrupt();
                    return switch (calls.getAndIncrement()) {
                        case 0 -> throw new OutOfMemoryError("not really");
                        case 1 -> throw new StackOverflowError();
                        case 2 -> List.of();
                        default -> items;
                    };
                };
        try (Batcher<String, Integer, Integer> batcher =
                Batcher.start(
                        new BatcherOptions("test", 1, 1, Duration.ZERO, 10), _ -> 1, failing)) {
            assertThat(submit(batcher, "a", 1).getFirst().await())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed ->
                                    assertThat(failed.cause())
                                            .isInstanceOf(OutOfMemoryError.class));
            assertThat(submit(batcher, "a", 1).getFirst().await())
                    .isInstanceOf(Outcome.Failed.class);
            assertThat(submit(batcher, "a", 1).getFirst().await())
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.cause()).hasMessageContaining("0 results"));
            assertThat(value(submit(batcher, "a", 7).getFirst())).isEqualTo(7);
        }
    }

    @Test
    void closingComputesAllThatWasAccepted() throws Exception {
        Batcher<String, Integer, Integer> batcher = batcher(1, 4, 10);
        Reservation<String, Integer, Integer> early = places(batcher, "a", 2);
        Ticket<Integer> first = early.submit("key", 1);
        Thread closer = Thread.startVirtualThread(batcher::close);
        gate.awaitBegun(1); // it does not wait for others any more
        assertThatThrownBy(() -> batcher.reserve("b", 1, NEVER))
                .isInstanceOf(RejectedExecutionException.class);
        Ticket<Integer> second = early.submit("key", 2); // its place was reserved before
        gate.open();
        closer.join();
        assertThat(value(first)).isEqualTo(2);
        assertThat(value(second)).isEqualTo(4);
        batcher.close();
    }

    @Test
    void closingWaitsForReservationsThatAreGivenBack() throws InterruptedException {
        Batcher<String, Integer, Integer> batcher = batcher(2, 4, 10);
        Reservation<String, Integer, Integer> early = places(batcher, "a", 2);
        Thread closer = Thread.ofPlatform().start(batcher::close);
        closer.interrupt();
        early.close();
        closer.join();
        assertThat(batcher.waiting()).isZero();
    }

    @Test
    void givingUpTellsThoseWhoWaitAndThoseWhoCome() throws InterruptedException {
        try (Batcher<String, Integer, Integer> batcher = batcher(1, 1, 10);
                gate) {
            Ticket<Integer> computed = submit(batcher, "a", 1).getFirst();
            gate.awaitBegun(1);
            Reservation<String, Integer, Integer> places = places(batcher, "b", 2);
            Ticket<Integer> waiting = places.submit("key", 2);
            batcher.giveUp();
            Ticket<Integer> coming = places.submit("key", 3);
            assertThat(waiting.await()).isEqualTo(new Outcome.GivenUp<Integer>());
            assertThat(coming.await()).isEqualTo(new Outcome.GivenUp<Integer>());
            assertThat(batcher.waiting()).isZero();
            gate.open();
            assertThat(value(computed)).isEqualTo(2);
        }
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatcherOptions("x", 0, 1, DELAY, 1))
                .withMessage("lanes: 0 (expected: 1 to 1024)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatcherOptions("x", 1, 1025, DELAY, 1))
                .withMessageContaining("maxBatch");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatcherOptions("x", 1, 1, DELAY, 0))
                .withMessageContaining("capacity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatcherOptions("x", 1, 1, Duration.ofNanos(-1), 1))
                .withMessageContaining("maxDelay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BatcherOptions("x", 1, 1, Duration.ofSeconds(61), 1))
                .withMessageContaining("maxDelay");
    }
}
