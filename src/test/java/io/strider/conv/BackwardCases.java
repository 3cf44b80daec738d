package io.strider.conv;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.strider.blas.Workers;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What the tests of the backward passes share. */
final class BackwardCases {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private BackwardCases() {}

    /** One piece of a computation. */
    interface Piece {
        void run(long task, MemorySegment scratch);
    }

    /** A geometry of {@link RandomGeometry}, every third one with more channels. */
    static Conv2dGeometry geometry(long seed) {
        Conv2dGeometry g = RandomGeometry.of(seed).geometry();
        if (seed % 3 != 0) {
            return g;
        }
        Random random = new Random(seed);
        long groups = g.groups() > 1 ? 2 : 1;
        return Conv2dGeometry.builder()
                .input(g.batch(), groups * random.nextInt(1, 90), g.inHeight(), g.inWidth())
                .kernel(groups * random.nextInt(1, 90), g.kernelHeight(), g.kernelWidth())
                .stride(g.strideHeight(), g.strideWidth())
                .dilation(g.dilationHeight(), g.dilationWidth())
                .padding(g.padding())
                .groups(groups)
                .build();
    }

    /** A way for a channels-last tensor to lie in memory. */
    static FramedTensor.Kind channelsLast(Random random) {
        return random.nextBoolean()
                ? FramedTensor.Kind.HALF_OF_CHANNELS_LAST
                : FramedTensor.Kind.INSIDE_OF_CHANNELS_LAST;
    }

    /** Runs all tasks in a random order, each with scratch full of NaN and nothing behind it. */
    static void shuffled(long tasks, long scratchBytes, Random random, Piece piece) {
        List<Long> order = new ArrayList<>();
        for (long task = 0; task < tasks; task++) {
            order.add(task);
        }
        Collections.shuffle(order, random);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment scratch = arena.allocate(scratchBytes, 64);
            for (long task : order) {
                scratch.fill((byte) -1);
                piece.run(task, scratch);
            }
        }
    }

    /** Runs all tasks on several threads. */
    static void together(Workers workers, long tasks, long scratchBytes, Piece piece) {
        workers.run(tasks, scratchBytes, piece::run);
    }

    static void assertSameBits(String what, Tensor actual, Tensor expected) {
        assertThat(actual.toArray()).as(what).isEqualTo(expected.toArray());
    }

    /**
     * The least that a call allocates on the heap once the compilers are done: vectors are objects
     * until then, and on a busy machine that takes seconds.
     */
    static long heapBytes(Runnable call) {
        long least = Long.MAX_VALUE;
        long start = System.nanoTime();
        while (least > 0 && System.nanoTime() - start < 60_000_000_000L) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int k = 0; k < 100; k++) {
                call.run();
            }
            least = Math.min(least, (THREADS.getCurrentThreadAllocatedBytes() - before) / 100);
        }
        return least;
    }
}
