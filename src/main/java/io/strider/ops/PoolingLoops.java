package io.strider.ops;

import java.lang.foreign.MemorySegment;

/**
 * The inner loops of pooling: a row of windows with equally many taps. {@link VectorPoolingLoops}
 * and its plain twin {@link ScalarPoolingLoops}, which give the same bits. Stateless; may be used
 * from many threads.
 *
 * <p>Places and steps count floats. The first window's first tap is {@code from[at]} in channel 0,
 * further windows are {@code windowStep} apart, the {@code rows} rows of taps {@code rowStep}, the
 * {@code columns} taps of a row {@code columnStep}; there is at least one tap. Results go to {@code
 * to[toAt]} and, window by window, {@code toStep} further. Channels are neighbours but for a {@link
 * ScalarPoolingLoops} that was told otherwise.
 */
interface PoolingLoops {

    /** Terms that are summed up before their sum joins that of the window, to keep errors small. */
    int BLOCK = 256;

    /** The greatest element under each window as {@link Math#max(float, float)} has it. */
    void maximum(
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
            int channels);

    /** The sum of the elements under each window, divided by {@code divisor}. */
    void average(
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
            int channels);
}
