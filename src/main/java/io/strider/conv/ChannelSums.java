package io.strider.conv;

import io.strider.blas.VectorSupport;
import java.lang.foreign.MemorySegment;

/**
 * Sums of floats, of a run or of pixels channel by channel: in float within a short block, in
 * double from block to block. {@link VectorChannelSums} and its plain twin {@link
 * ScalarChannelSums}. Stateless; may be used from many threads.
 */
interface ChannelSums {

    /** Terms that are summed in float before the sum goes on in double. */
    int BLOCK = 256;

    /** Channels of one call of {@link #addPixels} at most. */
    int CHANNELS = 64;

    /** Σ from[at + k] for k below {@code count}; {@code at} counts floats. */
    double sum(MemorySegment from, long at, long count);

    /**
     * sums[c] += Σ from[at + pixel·step + c] for every pixel below {@code pixels} and channel below
     * {@code channels}; {@code at} and {@code step} count floats.
     */
    void addPixels(
            MemorySegment from, long at, long step, long pixels, int channels, double[] sums);

    /** The quickest on this machine. */
    static ChannelSums quickest() {
        return VectorSupport.isEnabled() ? new VectorChannelSums() : new ScalarChannelSums();
    }
}
