package io.strider.conv;

import io.strider.blas.VectorSupport;
import java.lang.foreign.MemorySegment;

/**
 * Dot products along channels, of several pixels that lie evenly spaced with several vectors of
 * weights:
 *
 * <pre>
 *   sums[pixel · channels + c] = Σ over k and lanes of
 *       pixels[at + pixel · step + first(k) + 4·lane] · weights[second(k) + 4·(c · lanes + lane)]
 * </pre>
 *
 * <p>All offsets count bytes. {@link VectorChannelDots} and its plain twin {@link
 * ScalarChannelDots}. Stateless; may be used from many threads.
 */
interface ChannelDots {

    /** Pixels of a full call. */
    int PIXELS = 8;

    /** Channels of a full call. */
    int CHANNELS = 3;

    /** Channels of a term. */
    int lanes();

    /**
     * Computes the sums.
     *
     * @param terms first(k) at 2·k, second(k) at 2·k + 1
     * @param count terms, from 0
     * @param step bytes from pixel to pixel
     * @param pixelCount how many: 1 or {@link #PIXELS}
     * @param channels 1 or {@link #CHANNELS}
     * @param sums overwritten
     */
    void sum(
            long[] terms,
            int count,
            MemorySegment pixels,
            long at,
            long step,
            int pixelCount,
            MemorySegment weights,
            long weightsAt,
            int channels,
            float[] sums);

    /** The quickest on this machine. */
    static ChannelDots quickest() {
        return VectorSupport.isEnabled() ? new VectorChannelDots() : new ScalarChannelDots();
    }
}
