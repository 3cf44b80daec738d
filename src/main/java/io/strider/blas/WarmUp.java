package io.strider.blas;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Loops of the Vector API that a thread in the background has compiled, if property {@code
 * strider.warmup} is {@code background}. Before C2 has compiled such a loop every vector in it is
 * an object, some hundred times slower; whoever finds his loops {@linkplain #isCold cold} computes
 * in another way meanwhile, plainly or by OpenBLAS. Without the property nothing is ever cold: the
 * loops compute from the first call on.
 *
 * <p>One daemon thread serves all. It begins with the first question, pauses first so that a short
 * start has the processors for itself, and ends when nothing is left to do.
 *
 * <p>Thread-safe. Public for the library's other packages, of no use to its callers.
 */
public final class WarmUp {
    private static final boolean ASKED =
            System.getProperty("strider.warmup", "").equalsIgnoreCase("background");

    /** Afterwards loops are used as they are. */
    private static final long MOST_NANOS = 30_000_000_000L;

    /** A first run should be over by then: compilers and loops would take its processors. */
    private static final long PAUSE_MILLIS = 500;

    /** Those that are asked for and not begun; guarded by itself, as is {@link #running}. */
    private static final List<WarmUp> WAITING = new ArrayList<>();

    private static boolean running;

    private final Maker maker;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean cold = ASKED;

    /**
     * Of loops that are used together.
     *
     * @param maker asked once, in the background
     */
    public WarmUp(Maker maker) {
        this.maker = maker;
    }

    /** Makes the runs of the loops. */
    @FunctionalInterface
    public interface Maker {
        /**
         * Runs of every loop, on memory of an arena that is closed when all are quick.
         *
         * @param arena of the thread that runs them
         */
        List<Loop> loops(Arena arena);
    }

    /**
     * One loop.
     *
     * @param nanos what a run takes at most once it is compiled, and never before
     * @param work a run
     */
    public record Loop(double nanos, Runnable work) {
        private boolean isQuick() {
            long start = System.nanoTime();
            work.run();
            return System.nanoTime() - start < nanos;
        }
    }

    /** Whether anybody asked for it: without, nothing is cold. */
    public static boolean isAsked() {
        return ASKED;
    }

    /** Whether the loops are not to be used yet; the first question begins the warm-up. */
    public boolean isCold() {
        if (cold && begun.compareAndSet(false, true)) {
            begin();
        }
        return cold;
    }

    private void begin() {
        synchronized (WAITING) {
            WAITING.add(this);
            if (!running) {
                running = true;
                Thread.ofPlatform().daemon().name("strider-warm-up").start(WarmUp::runAll);
            }
        }
    }

    private static void runAll() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // nobody does; the pause is no need
        }
        while (true) {
            WarmUp next;
            synchronized (WAITING) {
                if (WAITING.isEmpty()) {
                    running = false;
                    return;
                }
                next = WAITING.removeFirst();
            }
            next.run();
        }
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            List<Loop> slow = new ArrayList<>(maker.loops(arena));
            long end = System.nanoTime() + MOST_NANOS;
            while (!slow.isEmpty() && System.nanoTime() < end) {
                slow.removeIf(Loop::isQuick);
            }
        } finally {
            cold = false;
        }
    }
}
