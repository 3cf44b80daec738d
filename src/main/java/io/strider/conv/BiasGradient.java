package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * gb[o] = Σ over images and positions of gy[n, o, p, q], always in the same order. In float within
 * blocks of at most {@link ChannelSums#BLOCK} terms, in double from block to block: the error stays
 * within γ of that many terms.
 */
final class BiasGradient {
    private static final ChannelSums QUICKEST = ChannelSums.quickest();

    private static final ThreadLocal<double[]> SUMS =
            ThreadLocal.withInitial(() -> new double[ChannelSums.CHANNELS]);

    private BiasGradient() {}

    static void compute(Tensor gy, Tensor gb) {
        compute(gy, gb, QUICKEST);
    }

    /** The plain twin: in double throughout, rounded once, as {@link Algorithm#DIRECT} promises. */
    static void direct(Tensor gy, Tensor gb) {
        for (long o = 0; o < gy.size(1); o++) {
            double sum = 0;
            for (long n = 0; n < gy.size(0); n++) {
                for (long p = 0; p < gy.size(2); p++) {
                    long at = gy.offset() + n * gy.stride(0) + o * gy.stride(1) + p * gy.stride(2);
                    for (long q = 0; q < gy.size(3); q++) {
                        sum += Runs.get(gy.segment(), at + q * gy.stride(3));
                    }
                }
            }
            write(gb, o, sum);
        }
    }

    static void compute(Tensor gy, Tensor gb, ChannelSums channelSums) {
        if (gy.stride(1) == 1 && gy.size(1) > 1) {
            channelsTogether(gy, gb, channelSums);
        } else {
            channelByChannel(gy, gb, channelSums);
        }
    }

    private static void channelsTogether(Tensor gy, Tensor gb, ChannelSums channelSums) {
        double[] sums = SUMS.get();
        boolean dense = gy.stride(2) == gy.size(3) * gy.stride(3);
        long rows = dense ? 1 : gy.size(2);
        long pixels = dense ? gy.size(2) * gy.size(3) : gy.size(3);
        for (long first = 0; first < gy.size(1); first += ChannelSums.CHANNELS) {
            int channels = (int) Math.min(ChannelSums.CHANNELS, gy.size(1) - first);
            Arrays.fill(sums, 0);
            for (long n = 0; n < gy.size(0); n++) {
                for (long p = 0; p < rows; p++) {
                    long at = gy.offset() + n * gy.stride(0) + p * gy.stride(2) + first;
                    channelSums.addPixels(gy.segment(), at, gy.stride(3), pixels, channels, sums);
                }
            }
            for (int c = 0; c < channels; c++) {
                write(gb, first + c, sums[c]);
            }
        }
    }

    private static void channelByChannel(Tensor gy, Tensor gb, ChannelSums channelSums) {
        MemorySegment segment = gy.segment();
        boolean dense = gy.stride(3) == 1 && gy.stride(2) == gy.size(3);
        long rows = dense ? 1 : gy.size(2);
        long pixels = dense ? gy.size(2) * gy.size(3) : gy.size(3);
        long step = gy.stride(3);
        for (long o = 0; o < gy.size(1); o++) {
            double sum = 0;
            for (long n = 0; n < gy.size(0); n++) {
                for (long p = 0; p < rows; p++) {
                    long at = gy.offset() + n * gy.stride(0) + o * gy.stride(1) + p * gy.stride(2);
                    if (step == 1) {
                        sum += channelSums.sum(segment, at, pixels);
                        continue;
                    }
                    for (long q = 0; q < pixels; q++) {
                        sum += Runs.get(segment, at + q * step);
                    }
                }
            }
            write(gb, o, sum);
        }
    }

    private static void write(Tensor gb, long channel, double sum) {
        Runs.set(gb.segment(), gb.offset() + channel * gb.stride(0), (float) sum);
    }
}
