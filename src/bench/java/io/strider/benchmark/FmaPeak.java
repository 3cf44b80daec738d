package io.strider.benchmark;

import java.util.concurrent.CyclicBarrier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The most floating-point operations a second that this machine does: fused multiply-adds on
 * registers, twelve independent chains of the widest vectors, which covers a latency of four cycles
 * at up to three a cycle. The best of many short rounds, since a neighbour only ever slows one
 * down.
 */
final class FmaPeak {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int STEPS = 200_000;
    private static final int ROUNDS = 60;

    /** Kept so that no result is unused. */
    private static volatile float sink;

    private FmaPeak() {}

    static int vectorBits() {
        return SPECIES.vectorBitSize();
    }

    /** GFLOP/s of so many threads at once. */
    static double measure(int threads) throws InterruptedException {
        double[] best = new double[threads];
        CyclicBarrier start = new CyclicBarrier(threads);
        Thread[] workers = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            int index = i;
            workers[i] =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    start.await();
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                                best[index] = best();
                            });
        }
        double sum = 0;
        for (int i = 0; i < threads; i++) {
            workers[i].join();
            sum += best[i];
        }
        return sum;
    }

    private static double best() {
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            sink = round(1e-3f * round);
            long nanos = System.nanoTime() - start;
            best = Math.max(best, 2.0 * CHAINS * STEPS * SPECIES.length() / nanos);
        }
        return best;
    }

    private static float round(float seed) {
        FloatVector x = FloatVector.broadcast(SPECIES, seed);
        FloatVector y = FloatVector.broadcast(SPECIES, 1e-6f);
        FloatVector a = x;
        FloatVector b = x;
        FloatVector c = x;
        FloatVector d = x;
        FloatVector e = x;
        FloatVector f = x;
        FloatVector g = x;
        FloatVector h = x;
        FloatVector i = x;
        FloatVector j = x;
        FloatVector k = x;
        FloatVector l = x;
        for (int step = 0; step < STEPS; step++) {
            a = x.fma(y, a);
            b = x.fma(y, b);
            c = x.fma(y, c);
            d = x.fma(y, d);
            e = x.fma(y, e);
            f = x.fma(y, f);
            g = x.fma(y, g);
            h = x.fma(y, h);
            i = x.fma(y, i);
            j = x.fma(y, j);
            k = x.fma(y, k);
            l = x.fma(y, l);
        }
        FloatVector even = a.add(b).add(c).add(d).add(e).add(f);
        FloatVector odd = g.add(h).add(i).add(j).add(k).add(l);
        return even.add(odd).lane(0);
    }
}
