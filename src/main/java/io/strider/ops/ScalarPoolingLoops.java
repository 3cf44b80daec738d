package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * Without the Vector API; channels may lie any distance apart.
 *
 * @param fromChannel distance of channels in the input, in floats
 * @param toChannel distance of channels in the output, in floats
 */
record ScalarPoolingLoops(long fromChannel, long toChannel) implements PoolingLoops {
    @Override
    public void maximum(
            MemorySegment from,
            long at,
            long windowStep,
            long rowStep,
            long columnStep,
            int rows,
            int columns,
            MemorySegment to,
            long toAt,
            long toStep,
            long windows,
            int channels) {
        for (long window = 0; window < windows; window++) {
            for (int c = 0; c < channels; c++) {
                long first = at + window * windowStep + c * fromChannel;
                float greatest = Float.NEGATIVE_INFINITY;
                for (int row = 0; row < rows; row++) {
                    for (int column = 0; column < columns; column++) {
                        long tap = first + row * rowStep + column * columnStep;
                        greatest = Math.max(greatest, from.getAtIndex(JAVA_FLOAT, tap));
                    }
                }
                to.setAtIndex(JAVA_FLOAT, toAt + window * toStep + c * toChannel, greatest);
            }
        }
    }

    @Override
    public void average(
            MemorySegment from,
            long at,
            long windowStep,
            long rowStep,
            long columnStep,
            int rows,
            int columns,
            float divisor,
            MemorySegment to,
            long toAt,
            long toStep,
            long windows,
            int channels) {
        for (long window = 0; window < windows; window++) {
            for (int c = 0; c < channels; c++) {
                long first = at + window * windowStep + c * fromChannel;
                float total = 0;
                float sum = 0;
                int open = 0;
                for (int row = 0; row < rows; row++) {
                    for (int column = 0; column < columns; column++) {
                        if (open == BLOCK) {
                            total += sum;
                            sum = 0;
                            open = 0;
                        }
                        long tap = first + row * rowStep + column * columnStep;
                        sum += from.getAtIndex(JAVA_FLOAT, tap);
                        open++;
                    }
                }
                float average = (total + sum) / divisor;
                to.setAtIndex(JAVA_FLOAT, toAt + window * toStep + c * toChannel, average);
            }
        }
    }
}
