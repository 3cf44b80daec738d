package io.strider.conv;

import io.strider.blas.Blas;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tensor as channels-last images, some at a time: itself where it is, a copy in scratch where it
 * is not, no tensor where there is none. Keeps the last copy's tensor, so that the same run again
 * allocates nothing.
 */
final class ConvertedImages {
    /** Floats that one task converts. */
    private static final long TASK_FLOATS = 64 << 10;

    private static final long CACHE_LINE = 16; // floats

    private final Blas blas;
    private @Nullable Tensor tensor;
    private @Nullable Tensor images;
    private @Nullable Tensor copy;
    private long copyAddress;
    private boolean converting;
    private long first;

    ConvertedImages(Blas blas) {
        this.blas = blas;
    }

    /** Begins with a tensor, or none; returns the floats of scratch for an image, 0 if none. */
    long begin(@Nullable Tensor tensor) {
        this.tensor = tensor;
        converting = tensor != null && !ChannelsLast.is(tensor);
        return converting ? Math.ceilDiv(imageFloats(), CACHE_LINE) * CACHE_LINE : 0;
    }

    /** Forgets the tensor. */
    void end() {
        tensor = null;
        images = null;
    }

    /**
     * Turns to {@code count} images from {@code first} on.
     *
     * @param at index in scratch from which on there is room for copies
     * @return index behind them
     */
    long place(MemorySegment scratch, long at, long first, long count) {
        Tensor whole = tensor;
        this.first = first;
        if (whole == null) {
            return at;
        }
        if (!converting) {
            boolean all = first == 0 && count == whole.size(0);
            images = all ? whole : whole.slice(0, first, first + count);
            return at;
        }
        long address = scratch.address() + at * Float.BYTES;
        Tensor last = copy;
        if (last == null
                || copyAddress != address
                || last.size(0) != count
                || !last.segment().scope().equals(scratch.scope())) {
            long bytes = count * imageFloats() * Float.BYTES;
            MemorySegment memory = scratch.asSlice(at * Float.BYTES, bytes);
            last =
                    Tensor.wrap(memory, count, whole.size(2), whole.size(3), whole.size(1))
                            .permute(0, 3, 1, 2);
            copy = last;
            copyAddress = address;
        }
        images = last;
        return at + Math.ceilDiv(count * imageFloats(), CACHE_LINE) * CACHE_LINE;
    }

    /** The images as they are to be read or written; null if there is no tensor. */
    @Nullable Tensor images() {
        return images;
    }

    /** Pieces of a conversion; 0 if none is needed. */
    long tasks() {
        return converting ? Objects.requireNonNull(images).size(0) * tasksOfImage() : 0;
    }

    private long tasksOfImage() {
        return Math.clamp(imageFloats() / TASK_FLOATS, 1, pixels());
    }

    /** Copies piece {@code task} from the tensor. */
    void load(long task) {
        convert(true, task);
    }

    /** Copies piece {@code task} back to the tensor. */
    void store(long task) {
        convert(false, task);
    }

    private void convert(boolean load, long task) {
        Tensor whole = Objects.requireNonNull(tensor);
        MemorySegment memory = Objects.requireNonNull(images).segment();
        long image = task / tasksOfImage();
        long piece = task % tasksOfImage();
        long from = pixels() * piece / tasksOfImage();
        long count = pixels() * (piece + 1) / tasksOfImage() - from;
        long at = image * imageFloats() + from * whole.size(1);
        if (load) {
            ChannelsLast.load(whole, first + image, from, count, memory, at, blas);
        } else {
            ChannelsLast.store(memory, at, whole, first + image, from, count, blas);
        }
    }

    private long imageFloats() {
        return pixels() * Objects.requireNonNull(tensor).size(1);
    }

    private long pixels() {
        Tensor whole = Objects.requireNonNull(tensor);
        return whole.size(2) * whole.size(3);
    }
}
