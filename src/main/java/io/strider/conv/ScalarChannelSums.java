package io.strider.conv;

import java.lang.foreign.MemorySegment;

/** Plain loops in double. */
final class ScalarChannelSums implements ChannelSums {

    @Override
    public double sum(MemorySegment from, long at, long count) {
        double even = 0;
        double odd = 0;
        for (long k = 0; k + 1 < count; k += 2) {
            even += Runs.get(from, at + k);
            odd += Runs.get(from, at + k + 1);
        }
        return count % 2 == 0 ? even + odd : even + odd + Runs.get(from, at + count - 1);
    }

    @Override
    public void addPixels(
            MemorySegment from, long at, long step, long pixels, int channels, double[] sums) {
        for (long pixel = 0; pixel < pixels; pixel++) {
            long first = at + pixel * step;
            for (int c = 0; c < channels; c++) {
                sums[c] += Runs.get(from, first + c);
            }
        }
    }
}
