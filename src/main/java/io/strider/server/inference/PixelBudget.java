package io.strider.server.inference;

import io.strider.embedding.DecodingRoom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Bounds the pixels that decoded pictures take on the heap together, from before each is decoded
 * until it has been computed. Thread-safe.
 */
final class PixelBudget {
    /** Pixels are counted in lots of so many, as a semaphore counts in int. */
    private static final int LOT = 1024;

    private final int all;
    private final Semaphore lots;

    /** A budget of so many pixels, at least 1024. */
    PixelBudget(long pixels) {
        this.all = Math.clamp(pixels / LOT, 1, Integer.MAX_VALUE);
        this.lots = new Semaphore(all, true);
    }

    /** An eighth of the heap, at three bytes a pixel, and at least one mebipixel. */
    static PixelBudget ofHeap() {
        return new PixelBudget(Math.max(1 << 20, Runtime.getRuntime().maxMemory() / 8 / 3));
    }

    /** Pixels that are free now, rounded down. */
    long free() {
        return (long) lots.availablePermits() * LOT;
    }

    /** What one picture takes. Begins with nothing. */
    final class Room implements DecodingRoom, AutoCloseable {
        private int held;
        private boolean decoding;
        private boolean closed;

        /** Decoding begins; {@link #keep} ends it. */
        synchronized void begin() {
            decoding = true;
        }

        /**
         * Waits for room, all of the budget for a picture that is larger.
         *
         * @throws CancellationException if nobody wants the picture any more
         */
        @Override
        public void require(long pixels) {
            int needed = (int) Math.min(all, Math.ceilDiv(pixels, LOT));
            synchronized (this) {
                if (needed <= held) {
                    return;
                }
                // Never waits for more with something in hand: two of such would wait for ever.
                hold(0);
            }
            lots.acquireUninterruptibly(needed);
            synchronized (this) {
                held = needed;
                if (closed) {
                    throw new CancellationException("the caller has gone");
                }
            }
        }

        /** Decoding has ended; so many pixels are kept. */
        synchronized void keep(long pixels) {
            decoding = false;
            hold(closed ? 0 : (int) Math.min(held, Math.ceilDiv(pixels, LOT)));
        }

        /** Gives all back, once decoding has ended. Closing again is harmless. */
        @Override
        public synchronized void close() {
            closed = true;
            if (!decoding) {
                hold(0);
            }
        }

        private void hold(int fewer) {
            lots.release(held - fewer);
            held = fewer;
        }
    }
}
