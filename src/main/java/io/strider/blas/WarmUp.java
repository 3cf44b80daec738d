package io.strider.blas;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Loops of the Vector API that a thread in the background has compiled, if property {@code
 * strider.warmup} is {@code background}. Before C2 has compiled such a loop every vector in it is
 * an object, some hundred times slower; whoever finds his loops {@linkplain #isCold cold} computes
 * in another way meanwhile, plainly or by OpenBLAS. Without the property nothing is ever cold: the
 * loops compute from the first call on.
 *
 * <p>One daemon thread serves all, in turns. It begins with the first question, pauses first so
 * that a short start has the processors for itself, and ends when nothing is left to do.
 *
 * <p>Thread-safe. Public for the library's other packages, of no use to its callers.
 */
public final class WarmUp {
    private static final boolean ASKED =
            System.getProperty("strider.warmup", "").equalsIgnoreCase("background");

    /**
     * However slow they still are, loops are used from then on: where the processors are busy they
     * might stay cold for long, and being used has them compiled too.
     */
    private static final long MOST_NANOS = 3_000_000_000L;

    /** A first run should be over by then: compilers and loops would take its processors. */
    private static final long PAUSE_MILLIS = 500;

    /** Those that are asked for and not begun; guarded by itself, as is {@link #running}. */
    private static final List<WarmUp> WAITING = new ArrayList<>();

    private static boolean running;

    private final Maker maker;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final long mostNanos;
    private volatile boolean cold;

    /**
     * Of loops that are used together.
     *
     * @param maker asked once, in the background
     */
    public WarmUp(Maker maker) {
        this(maker, ASKED, MOST_NANOS);
    }

    /** The same, whatever the property says, for at most so many nanoseconds. */
    WarmUp(Maker maker, boolean asked, long mostNanos) {
        this.maker = maker;
        this.cold = asked;
        this.mostNanos = mostNanos;
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

    /** In turns, so that whichever are quick soon are used soon. */
    private static void runAll() {
        pause();
        List<Turn> turns = new ArrayList<>();
        do {
            turns.addAll(asked());
            turns.removeIf(Turn::isOver);
        } while (!turns.isEmpty() || !isDone());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // nobody does; the pause is no need
        }
    }

    private static List<Turn> asked() {
        synchronized (WAITING) {
            List<Turn> turns = WAITING.stream().map(Turn::new).toList();
            WAITING.clear();
            return turns;
        }
    }

    /** Whether nobody has asked meanwhile; the next who does begins another thread. */
    private static boolean isDone() {
        synchronized (WAITING) {
            running = !WAITING.isEmpty();
            return !running;
        }
    }

    /** Loops that are used together, in the hands of the thread. */
    private static final class Turn {
        private final WarmUp warmUp;
        private final Arena arena = Arena.ofConfined();
        private final long start = System.nanoTime();
        private @Nullable List<Loop> slow;

        Turn(WarmUp warmUp) {
            this.warmUp = warmUp;
        }

        /** Runs what is slow yet once; true if that was the last time. */
        boolean isOver() {
            boolean over = true;
            try {
                over = isQuick();
            } catch (RuntimeException | Error _) {
                // The loops are used as they are; whoever does will see what is the matter.
            }
            if (over || System.nanoTime() - start > warmUp.mostNanos) {
                warmUp.cold = false;
                arena.close();
                return true;
            }
            return false;
        }

        private boolean isQuick() {
            List<Loop> loops = slow;
            if (loops == null) {
                loops = new ArrayList<>(warmUp.maker.loops(arena));
                slow = loops;
            }
            loops.removeIf(Loop::isQuick);
            return loops.isEmpty();
        }
    }
}
