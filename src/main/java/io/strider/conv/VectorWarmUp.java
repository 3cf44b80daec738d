package io.strider.conv;

import io.strider.blas.WarmUp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The warm-up of the loops of {@link VectorPackedGemm}; until it is done {@link ColdProduct}
 * computes. The two add in different orders, so that a result may change in its last bits when the
 * loops are ready.
 */
final class VectorWarmUp {
    /** GFLOP/s that no loop reaches before C2 has compiled it, and every loop afterwards. */
    private static final double QUICK = 20;

    // Short: a method is compiled after so many calls, and a call takes as long as its sum.
    private static final int DEPTH = 64;
    private static final int ROWS = 168; // whole blocks of 6, 7 and 8

    private static final WarmUp PRODUCTS = new WarmUp(VectorWarmUp::products);

    private VectorWarmUp() {}

    /** Whether the loops are not to be used yet; the first question begins the warm-up. */
    static boolean isCold() {
        return PRODUCTS.isCold();
    }

    /** Every width of a panel with every kind of bounds, rows and windows, one with a residual. */
    static List<WarmUp.Loop> products(Arena arena) {
        MemorySegment a = arena.allocate((long) ROWS * DEPTH * Float.BYTES, 64);
        MemorySegment c = arena.allocate(4L * ROWS * VectorGemmLoops.LANES * Float.BYTES, 64);
        int[] starts = new int[ROWS + WindowGemm.SURPLUS];
        int[] taps = new int[DEPTH];
        for (int i = 0; i < DEPTH; i++) {
            taps[i] = i * Float.BYTES;
        }
        List<Activation> activations =
                List.of(Activation.NONE, Activation.RELU, Activation.RELU6, Activation.NONE);
        List<WarmUp.Loop> products = new ArrayList<>();
        for (int vectors = 1; vectors <= 4; vectors++) {
            long columns = (long) vectors * VectorGemmLoops.LANES;
            var gemm = new VectorPackedGemm(ROWS, DEPTH, columns, arena); // of zeros
            var epilogue = new Epilogue(null, 0, columns, activations.get(vectors - 1), arena);
            MemorySegment residual = vectors == 4 ? c : null;
            double nanos = 2.0 * ROWS * columns * DEPTH / QUICK;
            products.add(
                    new WarmUp.Loop(nanos, () -> rows(gemm, a, c, columns, epilogue, residual)));
            products.add(
                    new WarmUp.Loop(
                            nanos, () -> windows(gemm, a, starts, taps, c, columns, epilogue)));
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
