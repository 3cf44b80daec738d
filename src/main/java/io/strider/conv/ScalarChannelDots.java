package io.strider.conv;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The formula in plain loops: what the quicker one is tested against. */
final class ScalarChannelDots implements ChannelDots {

    @Override
    public int lanes() {
        return 8;
    }

    @Override
    public void sum(
            long[] terms,
            int count,
            MemorySegment pixels,
            long at,
            long step,
            int pixelCount,
            MemorySegment weights,
            long weightsAt,
            int channels,
            float[] sums) {
        for (int pixel = 0; pixel < pixelCount; pixel++) {
            for (int c = 0; c < channels; c++) {
                float sum = 0;
                for (int k = 0; k < count; k++) {
                    long first = at + pixel * step + terms[2 * k];
                    long second = weightsAt + terms[2 * k + 1] + c * 8L * Float.BYTES;
                    for (int lane = 0; lane < 8; lane++) {
                        sum +=
                                pixels.get(JAVA_FLOAT, first + lane * 4L)
                                        * weights.get(JAVA_FLOAT, second + lane * 4L);
                    }
                }
                sums[pixel * channels + c] = sum;
            }
        }
    }
}
