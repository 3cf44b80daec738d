package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD) // a pool that loses a slot hangs
class ScratchPoolTest {

    @Test
    void aBlockIsUsedAgain() {
        ScratchPool pool = new ScratchPool(1);
        MemorySegment first;
        try (ScratchPool.Slot slot = pool.lease(100_000)) {
            first = slot.memory();
            assertThat(first.byteSize()).isGreaterThanOrEqualTo(100_000);
            assertThat(first.address() % 64).isZero();
            assertThat(pool.idleBytes()).isZero();
        }
        long kept = pool.idleBytes();
        assertThat(kept).isEqualTo(first.byteSize());
        for (long bytes : new long[] {0, 1, 50_000, 100_000}) {
            try (ScratchPool.Slot slot = pool.lease(bytes)) {
                assertThat(slot.memory()).isSameAs(first);
            }
        }
        assertThat(pool.idleBytes()).isEqualTo(kept);
    }

    @Test
    void aBlockGrowsAndTheOldOneIsGivenBack() {
        ScratchPool pool = new ScratchPool(1);
        MemorySegment small;
        try (ScratchPool.Slot slot = pool.lease(10)) {
            small = slot.memory();
        }
        try (ScratchPool.Slot slot = pool.lease(1 << 20)) {
            assertThat(slot.memory().byteSize()).isGreaterThanOrEqualTo(1 << 20);
            assertThat(small.scope().isAlive()).isFalse();
            slot.memory().fill((byte) 1);
        }
        assertThat(pool.idleBytes()).isEqualTo(1 << 20);
    }

    @Test
    void theWarmestBlockComesFirst() {
        ScratchPool pool = new ScratchPool(2);
        ScratchPool.Slot first = pool.lease(1000);
        ScratchPool.Slot second = pool.lease(1000);
        MemorySegment latest = first.memory();
        second.close();
        first.close();
        try (ScratchPool.Slot slot = pool.lease(1000)) {
            assertThat(slot.memory()).isSameAs(latest);
        }
    }

    @Test
    void aLeaseOfNothingTakesNoMemory() {
        ScratchPool pool = new ScratchPool(1);
        pool.lease(0).close();
        assertThat(pool.idleBytes()).isZero();
    }

    @Test
    void aHugeBlockIsNotKept() {
        ScratchPool pool = new ScratchPool(2);
        MemorySegment huge;
        try (ScratchPool.Slot slot = pool.lease(ScratchPool.KEPT_BYTES + 1)) {
            huge = slot.memory();
            assertThat(huge.byteSize()).isGreaterThan(ScratchPool.KEPT_BYTES);
        }
        assertThat(huge.scope().isAlive()).isFalse();
        assertThat(pool.idleBytes()).isZero();
        pool.lease(ScratchPool.KEPT_BYTES).close();
        assertThat(pool.idleBytes()).isEqualTo(ScratchPool.KEPT_BYTES);
        pool.trim();
    }

    @Test
    void trimGivesBackWhatIsIdleAndNothingElse() {
        ScratchPool pool = new ScratchPool(2);
        ScratchPool.Slot leased = pool.lease(1000);
        MemorySegment idle;
        try (ScratchPool.Slot slot = pool.lease(5000)) {
            idle = slot.memory();
        }
        pool.trim();
        assertThat(pool.idleBytes()).isZero();
        assertThat(idle.scope().isAlive()).isFalse();
        leased.memory().fill((byte) 3); // still alive
        leased.close();
        assertThat(pool.idleBytes()).isPositive();
        pool.trim();
        pool.trim();
        assertThat(pool.idleBytes()).isZero();
        try (ScratchPool.Slot slot = pool.lease(1000)) {
            assertThat(slot.memory().byteSize()).isGreaterThanOrEqualTo(1000);
        }
    }

    /** As many failures as slots and more: each must have come back. */
    @Test
    void aLeaseThatFailsLeavesThePoolUsable() {
        ScratchPool pool = new ScratchPool(2);
        for (long absurd : new long[] {1L << 46, 1L << 62, Long.MAX_VALUE - 1, Long.MAX_VALUE}) {
            for (int round = 0; round < 3; round++) {
                assertThatThrownBy(() -> pool.lease(absurd))
                        .isInstanceOfAny(OutOfMemoryError.class, IllegalArgumentException.class);
            }
        }
        assertThat(pool.idleBytes()).isZero();
        try (ScratchPool.Slot one = pool.lease(1000);
                ScratchPool.Slot two = pool.lease(1000)) {
            one.memory().fill((byte) 1);
            two.memory().fill((byte) 2);
        }
    }

    @Test
    void theSharedPoolHasASlotForEachProcessor() {
        assertThat(ScratchPool.shared().slots())
                .isEqualTo(
                        Integer.getInteger(
                                "strider.conv.slots", Runtime.getRuntime().availableProcessors()));
        assertThat(ScratchPool.shared()).isSameAs(ScratchPool.shared());
    }

    /**
     * Nobody finds another one's bytes in a block, no more blocks are out than slots, all finish.
     */
    @Test
    void moreCallersThanSlotsTakeTurns() throws Exception {
        int slots = 3;
        ScratchPool pool = new ScratchPool(slots);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Set<Long> addresses = ConcurrentHashMap.newKeySet();
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> callers = new ArrayList<>();
        try (ExecutorService platform = Executors.newFixedThreadPool(40);
                ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < 80; caller++) {
                int mark = caller;
                Runnable turns =
                        () -> {
                            await(start);
                            for (int turn = 0; turn < 50; turn++) {
                                try (ScratchPool.Slot slot = pool.lease(4096)) {
                                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                    addresses.add(slot.memory().address());
                                    markAndCheck(slot.memory(), mark);
                                    inside.decrementAndGet();
                                }
                            }
                        };
                callers.add((caller % 2 == 0 ? platform : virtual).submit(turns));
            }
            start.countDown();
            for (Future<?> caller : callers) {
                caller.get(20, TimeUnit.SECONDS);
            }
        }
        assertThat(most.get()).isBetween(1, slots);
        assertThat(addresses).hasSizeLessThanOrEqualTo(slots);
        assertThat(pool.idleBytes()).isEqualTo(addresses.size() * (64L << 10));
    }

    private static void markAndCheck(MemorySegment memory, int mark) {
        for (long at = 0; at < 1024; at++) {
            memory.setAtIndex(ValueLayout.JAVA_INT, at, mark);
        }
        Thread.yield();
        for (long at = 0; at < 1024; at++) {
            if (memory.getAtIndex(ValueLayout.JAVA_INT, at) != mark) {
                throw new AssertionError("block shared with another caller");
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void waitingKeepsAnInterruptForLater() throws InterruptedException {
        ScratchPool pool = new ScratchPool(1);
        ScratchPool.Slot held = pool.lease(100);
        AtomicInteger leased = new AtomicInteger();
        Thread waiting =
                Thread.ofVirtual()
                        .start(() -> {
                            try (ScratchPool.Slot slot = pool.lease(100)) {
                                boolean kept = Thread.currentThread().isInterrupted();
                                leased.set(kept && slot.memory().byteSize() > 0 ? 1 : -1);
                            }
                        });
        waiting.interrupt();
        while (waiting.getState() == Thread.State.NEW
                || waiting.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        assertThat(leased.get()).isZero();
        held.close();
        waiting.join();
        assertThat(leased.get()).isEqualTo(1);
    }
}
