package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Has the loops of {@link VectorPackedGemm} compiled in a thread of its own, if property {@code
 * strider.warmup} is {@code background}; until then {@link ColdProduct} computes. The two add in
 * different orders, so that a result may change in its last bits when the loops are ready; without
 * the property the loops compute from the first call on and results never change.
 *
 * <p>The thread is a daemon, begins with the first product and ends when every loop is quick, after
 * some seconds.
 */
final class VectorWarmUp implements Runnable {
    /** GFLOP/s that no loop reaches before C2 has compiled it, and every loop afterwards. */
    private static final double QUICK = 20;

    /** Afterwards the loops are used as they are. */
    private static final long MOST_NANOS = 30_000_000_000L;

    private static final int DEPTH = 512;
    private static final int ROWS = 168; // whole blocks of 6, 7 and 8

    private static final AtomicBoolean STARTED = new AtomicBoolean();

    private static volatile boolean cold =
            System.getProperty("strider.warmup", "").equalsIgnoreCase("background");

    private VectorWarmUp() {}

    /** Whether the loops are not to be used yet; the first question begins the warm-up. */
    static boolean isCold() {
        if (cold && STARTED.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("strider-warm-up").start(new VectorWarmUp());
        }
        return cold;
    }

    /**
     * One loop with one of the ways to finish its sums.
     *
     * @param flops of a run
     */
    private record Product(double flops, Runnable work) {}

    @Override
    public void run() {
        try (Arena arena = Arena.ofConfined()) {
            List<Product> slow = products(arena);
            long end = System.nanoTime() + MOST_NANOS;
            while (!slow.isEmpty() && System.nanoTime() < end) {
                slow.removeIf(VectorWarmUp::isQuick);
            }
        } finally {
            cold = false;
        }
    }

    private static boolean isQuick(Product product) {
        long start = System.nanoTime();
        product.work.run();
        return product.flops > QUICK * (System.nanoTime() - start);
    }

    /** Every width of a panel with every kind of bounds, rows and windows, one with a residual. */
    private static List<Product> products(Arena arena) {
        MemorySegment a = arena.allocate((long) ROWS * DEPTH * Float.BYTES, 64);
        MemorySegment c = arena.allocate(4L * ROWS * VectorGemmLoops.LANES * Float.BYTES, 64);
        int[] starts = new int[ROWS + WindowGemm.SURPLUS];
        int[] taps = new int[DEPTH];
        for (int i = 0; i < DEPTH; i++) {
            taps[i] = i * Float.BYTES;
        }
        List<Activation> activations =
                List.of(Activation.NONE, Activation.RELU, Activation.RELU6, Activation.NONE);
        List<Product> products = new ArrayList<>();
        for (int vectors = 1; vectors <= 4; vectors++) {
            long columns = (long) vectors * VectorGemmLoops.LANES;
            Tensor b = Tensor.zeros(arena, DEPTH, columns);
            var gemm =
                    new VectorPackedGemm(ROWS, DEPTH, columns, b.segment(), 0, columns, 1, arena);
            var epilogue = new Epilogue(null, 0, columns, activations.get(vectors - 1), arena);
            MemorySegment residual = vectors == 4 ? c : null;
            double flops = 2.0 * ROWS * columns * DEPTH;
            products.add(new Product(flops, () -> rows(gemm, a, c, columns, epilogue, residual)));
            products.add(
                    new Product(flops, () -> windows(gemm, a, starts, taps, c, columns, epilogue)));
        }
        return products;
    }

    private static void rows(
            VectorPackedGemm gemm,
            MemorySegment a,
            MemorySegment c,
            long columns,
            Epilogue epilogue,
            @Nullable MemorySegment residual) {
        gemm.multiplyByLoops(
                0, gemm.panels(), ROWS, a, 0, DEPTH, c, 0, columns, epilogue, residual, 0, columns);
    }

    private static void windows(
            VectorPackedGemm gemm,
            MemorySegment a,
            int[] starts,
            int[] taps,
            MemorySegment c,
            long columns,
            Epilogue epilogue) {
        gemm.multiplyWindowsByLoops(
                ROWS, a, 0, starts, 0, taps, c, 0, columns, epilogue, null, 0, 0);
    }
}
