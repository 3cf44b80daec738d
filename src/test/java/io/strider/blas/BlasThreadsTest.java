package io.strider.blas;

import static io.strider.blas.Transpose.NO_TRANSPOSE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class BlasThreadsTest {
    private static final int N = 48;
    private final Blas blas = Blas.openBlas();

    private static MemorySegment integers(Arena arena, Random random, long n) {
        MemorySegment segment = arena.allocate(n * 4, 64);
        for (long i = 0; i < n; i++) {
            segment.setAtIndex(JAVA_FLOAT, i, random.nextInt(-8, 9));
        }
        return segment;
    }

    private static void multiply(Blas blas, MemorySegment a, MemorySegment b, MemorySegment c) {
        blas.sgemm(NO_TRANSPOSE, NO_TRANSPOSE, N, N, N, 1, a, 0, N, b, 0, N, 0, c, 0, N);
    }

    @Test
    void aThousandThreadsAtOnceGetTheirOwnRightResults() throws InterruptedException {
        int threads = 1000;
        try (Arena arena = Arena.ofShared()) {
            Random random = new Random(7);
            int kinds = 10;
            List<MemorySegment> inputs = new ArrayList<>();
            List<MemorySegment> expected = new ArrayList<>();
            MemorySegment b = integers(arena, random, N * N);
            for (int i = 0; i < kinds; i++) {
                inputs.add(integers(arena, random, N * N));
                expected.add(arena.allocate(N * N * 4L, 64));
                multiply(Blas.plain(), inputs.get(i), b, expected.get(i));
            }
            CountDownLatch start = new CountDownLatch(1);
            AtomicInteger right = new AtomicInteger();
            ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
            List<Thread> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int kind = i % kinds;
                Runnable work =
                        () -> {
                            try (Arena own = Arena.ofConfined()) {
                                start.await();
                                MemorySegment c = own.allocate(N * N * 4L, 64);
                                for (int round = 0; round < 5; round++) {
                                    c.fill((byte) -1);
                                    multiply(blas, inputs.get(kind), b, c);
                                    if (c.mismatch(expected.get(kind)) == -1) {
                                        right.incrementAndGet();
                                    }
                                }
                            } catch (Throwable e) {
                                failures.add(e);
                            }
                        };
                all.add(
                        i % 2 == 0
                                ? Thread.ofVirtual().start(work)
                                : Thread.ofPlatform().start(work));
            }
            start.countDown();
            for (Thread thread : all) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            assertThat(right).hasValue(threads * 5);
        }
        NativePermits permits = NativePermits.shared();
        assertThat(permits.inUse()).isZero();
        assertThat(permits.highWater()).isBetween(1, permits.limit());
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // when it can be closed is what is tested
    void closingASharedArenaDuringCallsIsRefusedOrTheCallThrows() throws InterruptedException {
        for (int round = 0; round < 60; round++) {
            Arena arena = Arena.ofShared();
            Random random = new Random(round);
            MemorySegment a = integers(arena, random, N * N);
            MemorySegment b = integers(arena, random, N * N);
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch running = new CountDownLatch(3);
            ConcurrentLinkedQueue<Throwable> ends = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                MemorySegment c = arena.allocate(N * N * 4L, 64);
                threads.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        while (!stop.get()) {
                                            multiply(blas, a, b, c);
                                            running.countDown();
                                        }
                                    } catch (Throwable e) {
                                        ends.add(e);
                                    }
                                }));
            }
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
            for (int attempt = 0; arena.scope().isAlive(); attempt++) {
                try {
                    arena.close();
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("acquired");
                    if (attempt == 20) {
                        stop.set(true);
                    }
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            // Closed while nobody told them to stop: each found out. After that some may have.
            assertThat(ends).hasSizeBetween(stop.get() ? 0 : 3, 3);
            assertThat(ends).allMatch(e -> e instanceof IllegalStateException);
        }
        assertThat(NativePermits.shared().inUse()).isZero();
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // when it can be closed is what is tested
    void anArenaInUseByANativeCallCannotBeClosed() throws InterruptedException {
        int size = 800;
        boolean refused = false;
        // A round can miss: the arena may be closed after the permit is taken, before the call.
        // Each
        // waits longer than the one before, because that way is long while it is not compiled.
        for (int round = 0; round < 200 && !refused; round++) {
            Arena arena = Arena.ofShared();
            MemorySegment a = arena.allocate(4L * size * size, 64);
            MemorySegment c = Arena.ofAuto().allocate(4L * size * size, 64);
            Thread caller =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    blas.sgemm(
                                            NO_TRANSPOSE,
                                            NO_TRANSPOSE,
                                            size,
                                            size,
                                            size,
                                            1,
                                            a,
                                            0,
                                            size,
                                            a,
                                            0,
                                            size,
                                            0,
                                            c,
                                            0,
                                            size);
                                } catch (IllegalStateException _) {
                                    // Closed before the call: refused, as it should be.
                                }
                            });
            while (NativePermits.shared().inUse() == 0 && caller.isAlive()) {
                Thread.onSpinWait();
            }
            LockSupport.parkNanos(20_000L * round);
            try {
                arena.close();
            } catch (IllegalStateException e) {
                refused = true;
                caller.join();
                arena.close();
            }
            caller.join();
        }
        assertThat(refused).isTrue();
    }

    @Test
    void aRefusedCallKeepsNoPermit() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment few = arena.allocate(16);
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> multiply(blas, few, few, few))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThat(NativePermits.shared().inUse()).isZero();
    }

    @Test
    void aCallInSteadyStateAllocatesNothing() {
        var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Arena arena = Arena.ofConfined()) {
            Random random = new Random(1);
            MemorySegment a = integers(arena, random, 200);
            MemorySegment b = integers(arena, random, 200);
            MemorySegment c = integers(arena, random, 200);
            int calls = 20_000;
            double perCall = Double.MAX_VALUE;
            // Until the compilers have settled; a machine under load may need several rounds.
            for (int round = 0; round < 100 && perCall >= 1; round++) {
                long before = bean.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < calls; i++) {
                    blas.sgemm(
                            NO_TRANSPOSE, NO_TRANSPOSE, 4, 5, 6, 1, a, 3, 6, b, 5, 5, 1, c, 7, 5);
                }
                perCall = (bean.getCurrentThreadAllocatedBytes() - before) / (double) calls;
            }
            assertThat(perCall).as("bytes per call").isLessThan(1);
        }
    }

    @Test
    void bothImplementationsTellTheirNames() {
        assertThat(Blas.openBlas().name()).startsWith("OpenBLAS 0.");
        assertThat(Blas.plain().name()).isEqualTo("plain");
        assertThat(Blas.openBlas()).isSameAs(blas);
    }
}
