package io.strider.conv;

import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One algorithm with the weights of one layer: packed or transformed once, then run over any number
 * of images. Channels-last inside: {@code x.stride(1)}, {@code residual.stride(1)} and {@code
 * y.stride(1)} are 1 (or there is one channel), and the pixels of a row, the rows and the images
 * follow at whatever strides, none less than what they hold.
 *
 * <p>A run is split into tasks. Each writes its own part of y, so they may run at the same time, in
 * any order, and the result is the same bits. Callers have checked shapes, access and overlap.
 * Immutable; may be used from many threads.
 */
interface PreparedAlgorithm {
    /** Its name. */
    Algorithm algorithm();

    /** Bytes of scratch that one task needs. */
    long scratchBytes();

    /**
     * Independent pieces of a run over {@code batch} images; 0 if the batch is.
     *
     * @param threads how many share them; how a run is cut may depend on it, its bits may not
     */
    long tasks(long batch, int threads);

    /**
     * Does piece {@code task} of y = activation(x ∗ w + bias + residual).
     *
     * @param threads the same as for {@link #tasks}
     * @param scratch the caller's own, aligned to 64 bytes, contents undefined
     */
    void run(
            long task,
            int threads,
            Tensor x,
            @Nullable Tensor residual,
            Tensor y,
            MemorySegment scratch);
}
