package io.strider.server.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many callers at once: nothing is lost, doubled, mixed up or out of order. */
@Timeout(120)
class BatcherStressTest {
    private static final long SEED = 20_261_123;
    private static final int CALLERS = 24;
    private static final int REQUESTS = 150;
    private static final int MAX_BATCH = 8;
    private static final int CAPACITY = 40;

    /** An item: whose, which, and whether it fails. */
    private record Item(int caller, int number, boolean bad) {}

    /** What computing has seen. */
    private final Map<Integer, List<Integer>> begun = new HashMap<>();

    private final Set<Item> computed = new HashSet<>();
    private final List<String> wrong = new ArrayList<>();

    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger expired = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    private List<Item> compute(String key, List<Item> items) {
        synchronized (computed) {
            if (items.isEmpty() || items.size() > MAX_BATCH) {
                wrong.add("batch of " + items.size());
            }
            for (Item item : items) {
                if (!key.equals(key(item.caller))) {
                    wrong.add(item + " with key " + key);
                }
                if (items.size() == 1 || items.stream().noneMatch(Item::bad)) {
                    if (!item.bad && !computed.add(item)) {
                        wrong.add("twice: " + item);
                    }
                    begun.computeIfAbsent(item.caller, _ -> new ArrayList<>()).add(item.number);
                }
            }
        }
        if (items.stream().anyMatch(Item::bad)) {
            throw new IllegalStateException("bad");
        }
        return items;
    }

    private static String key(int caller) {
        return "key " + caller % 3;
    }

    @Test
    void nothingIsLostOrDoubled() throws Exception {
        Batcher<String, Item, Item> batcher =
                Batcher.start(
                        new BatcherOptions(
                                "stress", 3, MAX_BATCH, Duration.ofNanos(50_000), CAPACITY),
                        _ -> MAX_BATCH,
                        this::compute);
        int items = 0;
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                int caller = i;
                calls.add(() -> call(batcher, caller));
            }
            for (Future<Integer> call : callers.invokeAll(calls)) {
                items += call.get();
            }
        }
        assertThat(batcher.awaitIdle(60, TimeUnit.SECONDS)).as("seed %s", SEED).isTrue();
        assertThat(batcher.free()).as("seed %s", SEED).isEqualTo(CAPACITY);
        batcher.close();
        assertThat(wrong).as("seed %s", SEED).isEmpty();
        int ends = done.get() + failed.get() + cancelled.get() + expired.get();
        assertThat(ends).as("seed %s", SEED).isEqualTo(items);
        assertThat(done.get()).as("seed %s", SEED).isEqualTo(computed.size()).isPositive();
        assertThat(failed.get()).as("seed %s", SEED).isPositive();
        assertThat(cancelled.get()).as("seed %s", SEED).isPositive();
        assertThat(expired.get()).as("seed %s", SEED).isPositive();
        assertThat(refused.get()).as("seed %s", SEED).isPositive();
    }

    /** One caller's requests, one after the other; how many items were accepted. */
    private int call(Batcher<String, Item, Item> batcher, int caller) throws InterruptedException {
        Random random = new Random(SEED + caller);
        int number = 0;
        int accepted = 0;
        for (int request = 0; request < REQUESTS; request++) {
            int count = 1 + random.nextInt(6);
            boolean late = random.nextInt(20) == 0;
            long deadline = System.nanoTime() + (late ? 0 : TimeUnit.MINUTES.toNanos(1));
            Optional<Reservation<String, Item, Item>> places =
                    batcher.reserve("caller " + caller, count, deadline);
            if (places.isEmpty()) {
                refused.incrementAndGet();
                Thread.onSpinWait();
                continue;
            }
            try (Reservation<String, Item, Item> reservation = places.get()) {
                List<Item> items = new ArrayList<>();
                List<Ticket<Item>> tickets = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    if (random.nextInt(10) == 0) {
                        reservation.giveBack();
                        continue;
                    }
                    Item item = new Item(caller, number++, random.nextInt(40) == 0);
                    items.add(item);
                    tickets.add(reservation.submit(key(caller), item));
                    accepted++;
                }
                if (random.nextInt(10) == 0) {
                    tickets.forEach(Ticket::cancel);
                }
                for (int i = 0; i < tickets.size(); i++) {
                    count(items.get(i), tickets.get(i).await());
                }
            }
        }
        return accepted;
    }

    private void count(Item item, Outcome<Item> outcome) {
        switch (outcome) {
            case Outcome.Done<Item> result -> {
                assertThat(result.value()).isEqualTo(item);
                done.incrementAndGet();
            }
            case Outcome.Failed<Item> _ -> {
                assertThat(item.bad).as("%s, seed %s", item, SEED).isTrue();
                failed.incrementAndGet();
            }
            case Outcome.Expired<Item> _ -> expired.incrementAndGet();
            case Outcome.Cancelled<Item> _ -> cancelled.incrementAndGet();
            case Outcome.GivenUp<Item> _ -> throw new AssertionError("nobody gave up");
        }
    }

    @Test
    void withOneLaneEachCallersItemsBeginInOrder() throws Exception {
        try (Batcher<String, Item, Item> batcher =
                        Batcher.start(
                                new BatcherOptions("stress", 1, MAX_BATCH, Duration.ZERO, 10_000),
                                _ -> MAX_BATCH,
                                this::compute);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> calls = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                int caller = i;
                calls.add(() -> {
                    try (Reservation<String, Item, Item> places =
                            batcher.reserve("caller " + caller, 100, Long.MAX_VALUE / 2)
                                    .orElseThrow()) {
                        List<Ticket<Item>> tickets = new ArrayList<>();
                        for (int k = 0; k < 100; k++) {
                            Item item = new Item(caller, k, false);
                            tickets.add(places.submit(key(caller), item));
                        }
                        for (Ticket<Item> ticket : tickets) {
                            assertThat(ticket.await()).isInstanceOf(Outcome.Done.class);
                        }
                    }
                    return null;
                });
            }
            for (Future<Void> call : callers.invokeAll(calls)) {
                call.get();
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(begun).hasSize(CALLERS);
        begun.values().forEach(numbers -> assertThat(numbers).hasSize(100).isSorted());
    }
}
