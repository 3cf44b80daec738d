package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import io.strider.blas.Blas;
import io.strider.blas.NativePermits;
import io.strider.tensor.MemoryFormat;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** Many threads over the same convolutions and operands. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD) // a lost permit or slot hangs
class ConcurrencyTest {
    private static final int THREADS = 1000;

    /** One layer with its operands in shared memory, and what must come out. */
    private record Layer(
            Conv2d conv,
            Conv2dGeometry geometry,
            Tensor x,
            Tensor w,
            Tensor b,
            Tensor gy,
            Operands.Results expected) {

        static Layer of(
                Arena arena, Algorithm algorithm, MemoryFormat format, Conv2dGeometry geometry) {
            Operands operands = Operands.integers(geometry, 5);
            return new Layer(
                    RandomGeometry.convolution(geometry, algorithm, Blas.openBlas()),
                    geometry,
                    operands.x(arena, format),
                    operands.w(arena, format),
                    operands.b(arena),
                    operands.gy(arena, format),
                    operands.direct(arena));
        }

        /** Runs forward and backward into outputs of its own; the answer is what is wrong. */
        List<String> run() {
            List<String> wrong = new ArrayList<>();
            try (Arena own = Arena.ofConfined()) {
                check("y", conv.forward(x, w, b, own), expected.y(), wrong);
                check(
                        "gx",
                        conv.backwardInput(w, gy, geometry.inputShape(), own),
                        expected.gx(),
                        wrong);
                check(
                        "gw",
                        conv.backwardWeight(x, gy, geometry.weightShape(), own),
                        expected.gw(),
                        wrong);
                check("gb", conv.backwardBias(gy, own), expected.gb(), wrong);
            }
            return wrong;
        }

        private void check(String what, Tensor actual, Tensor wanted, List<String> wrong) {
            if (!Arrays.equals(actual.toArray(), wanted.toArray())) {
                wrong.add(what + " of " + geometry);
            }
        }
    }

    private static List<Layer> layers(Arena arena) {
        MemoryFormat first = MemoryFormat.CHANNELS_FIRST;
        MemoryFormat last = MemoryFormat.CHANNELS_LAST;
        return List.of(
                Layer.of(arena, Algorithm.IM2COL, first, RandomGeometry.of(1).geometry()),
                Layer.of(
                        arena,
                        Algorithm.AUTO,
                        last,
                        Conv2dGeometry.builder()
                                .input(2, 8, 14, 15)
                                .kernel(16, 3, 3)
                                .padding(Padding.of(1, 1))
                                .build()),
                Layer.of(
                        arena,
                        Algorithm.POINTWISE,
                        last,
                        Conv2dGeometry.builder().input(2, 24, 9, 11).kernel(20, 1, 1).build()),
                Layer.of(
                        arena,
                        Algorithm.IM2COL,
                        last,
                        Conv2dGeometry.builder()
                                .input(1, 10, 13, 16)
                                .kernel(20, 3, 3)
                                .groups(10)
                                .stride(2, 2)
                                .build()),
                Layer.of(
                        arena,
                        Algorithm.DIRECT,
                        first,
                        Conv2dGeometry.builder().input(1, 2, 5, 5).kernel(7, 3, 3).build()));
    }

    @Test
    void aThousandThreadsAtOnceGetRightResults() throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            List<Layer> layers = layers(arena);
            Queue<Object> wrong = new ConcurrentLinkedQueue<>();
            CountDownLatch ready = new CountDownLatch(THREADS);
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Layer layer = layers.get(i / 2 % layers.size());
                Thread.Builder kind = i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                threads.add(
                        kind.start(() -> {
                            try {
                                ready.countDown();
                                start.await();
                                for (int round = 0; round < 3; round++) {
                                    wrong.addAll(layer.run());
                                }
                            } catch (Throwable failure) {
                                wrong.add(failure);
                            }
                        }));
            }
            ready.await();
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(wrong).isEmpty();
        }
        NativePermits permits = NativePermits.shared();
        assertThat(permits.highWater()).isBetween(1, permits.limit());
        assertThat(permits.inUse()).isZero();
        ScratchPool pool = ScratchPool.shared();
        assertThat(pool.idleBytes()).isLessThanOrEqualTo(pool.slots() * ScratchPool.KEPT_BYTES);
    }

    /**
     * Threads that race with different sizes through one convolution do not get each other's plan.
     */
    @Test
    void oneConvolutionServesDifferentSizesAtOnce() throws InterruptedException {
        Conv2d conv = Conv2d.builder().padding(Padding.of(1, 0, 0, 1)).build();
        Queue<Object> wrong = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            long[] input = {1 + i % 2, 3, 6 + i % 5, 8 + i % 3};
            long[] weight = {4 + i % 4, 3, 1 + i % 3, 2};
            Conv2dGeometry g = conv.geometry(input, weight);
            MemoryFormat format = MemoryFormat.values()[i / 8];
            threads.add(
                    Thread.startVirtualThread(() -> {
                        try (Arena arena = Arena.ofShared()) {
                            Operands operands = Operands.integers(g, 3);
                            Layer layer =
                                    new Layer(
                                            conv,
                                            g,
                                            operands.x(arena, format),
                                            operands.w(arena, format),
                                            operands.b(arena),
                                            operands.gy(arena, format),
                                            operands.direct(arena));
                            for (int round = 0; round < 200; round++) {
                                wrong.addAll(layer.run());
                            }
                        } catch (Throwable failure) {
                            wrong.add(failure);
                        }
                    }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
    }

    /**
     * Closing the arena of the operands while they are used: exceptions or right results, nothing
     * else.
     */
    @Test
    @SuppressWarnings("MustBeClosed") // closing it is what is tested
    void anArenaMayBeClosedUnderRunningConvolutions() throws Exception {
        int refusals = 0;
        for (int round = 0; round < 150; round++) {
            Queue<Object> wrong = new ConcurrentLinkedQueue<>();
            Arena arena = Arena.ofShared();
            Layer layer = layers(arena).get(round % 5);
            Operands.Results expected = layer.expected();
            float[] wanted = expected.y().toArray();
            CyclicBarrier start = new CyclicBarrier(4);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread.Builder kind = i == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
                threads.add(kind.start(() -> runUntilClosed(layer, wanted, start, wrong)));
            }
            start.await();
            for (int spin = 0; spin < round * 40; spin++) {
                Thread.onSpinWait();
            }
            while (arena.scope().isAlive()) {
                try {
                    arena.close();
                } catch (
                        IllegalStateException
                                inUse) { // a native call holds it: refused, not crashed
                    refusals++;
                    Thread.onSpinWait();
                }
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(wrong).as("round %d, closing refused %d times", round, refusals).isEmpty();
        }
        assertThat(NativePermits.shared().inUse()).isZero();
        allSlotsAreBack();
    }

    private static void runUntilClosed(
            Layer layer, float[] wanted, CyclicBarrier start, Queue<Object> wrong) {
        try (Arena own = Arena.ofConfined()) {
            Tensor y = Tensor.zeros(own, layer.geometry.outputShape());
            start.await();
            while (true) {
                y.fill(Float.NaN);
                layer.conv.forward(layer.x, layer.w, layer.b, y);
                if (!Arrays.equals(y.toArray(), wanted)) {
                    wrong.add("wrong result of " + layer.geometry);
                    return;
                }
            }
        } catch (IllegalStateException closed) {
            assertThat(closed).isNotNull(); // what is promised
        } catch (Throwable other) {
            wrong.add(other);
        }
    }

    /**
     * As many convolutions at once as there are slots, twice over: a slot that was lost would hang
     * here.
     */
    private static void allSlotsAreBack() throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            Layer layer = layers(arena).get(1);
            Queue<Object> wrong = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 2 * ScratchPool.shared().slots(); i++) {
                threads.add(Thread.startVirtualThread(() -> wrong.addAll(layer.run())));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(wrong).isEmpty();
            List<ScratchPool.Slot> slots = new ArrayList<>();
            for (int i = 0; i < ScratchPool.shared().slots(); i++) {
                slots.add(ScratchPool.shared().lease(1));
            }
            slots.forEach(ScratchPool.Slot::close);
        }
    }

    /** Trimming under load: blocks in use stay, idle ones go, results stay right. */
    @Test
    void thePoolMayBeTrimmedUnderRunningConvolutions() throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            List<Layer> layers = layers(arena);
            Queue<Object> wrong = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Layer layer = layers.get(i);
                threads.add(
                        Thread.ofPlatform()
                                .start(() -> {
                                    try {
                                        for (int round = 0; round < 150; round++) {
                                            wrong.addAll(layer.run());
                                        }
                                    } catch (Throwable failure) {
                                        wrong.add(failure);
                                    }
                                }));
            }
            for (Thread thread : threads) {
                while (thread.isAlive()) {
                    ScratchPool.shared().trim();
                    Thread.sleep(1);
                }
            }
            assertThat(wrong).isEmpty();
        }
    }
}
