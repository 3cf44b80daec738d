package io.strider.graph;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a float32 value lies in a frame: a strided region of a buffer. Offsets and strides count
 * elements.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by same()
record Place(Buffer buffer, long offset, long[] shape, long[] strides) {
    /** Memory of a frame that is given out and taken back as one piece. */
    static final class Buffer {
        final long elements;

        /** The first and the last position in the plan at which it holds something. */
        int from = Integer.MAX_VALUE;

        int to = Integer.MIN_VALUE;

        /** Where it begins in a frame, in bytes. */
        long offset;

        Buffer(long elements) {
            this.elements = elements;
        }

        void live(int first, int last) {
            from = Math.min(from, first);
            to = Math.max(to, last);
        }
    }

    /** A new buffer that holds a value of this type and nothing else. */
    static Place fresh(TensorType type) {
        return new Place(new Buffer(type.elementCount()), 0, type.shape(), dense(type.shape()));
    }

    /** Strides without gaps: channels-last for rank 4, else row-major. */
    static long[] dense(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int dim : innermostFirst(shape.length)) {
            strides[dim] = stride;
            stride *= Math.max(1, shape[dim]);
        }
        return strides;
    }

    private static int[] innermostFirst(int rank) {
        if (rank == 4) {
            return new int[] {1, 3, 2, 0};
        }
        int[] order = new int[rank];
        for (int i = 0; i < rank; i++) {
            order[i] = rank - 1 - i;
        }
        return order;
    }

    boolean isEmpty() {
        for (long size : shape) {
            if (size == 0) {
                return true;
            }
        }
        return false;
    }

    /** The region that a view has, or null if this one's strides do not allow it. */
    @Nullable Place view(View view, long[] shape) {
        return switch (view) {
            case View.SameOrder _ -> reshaped(shape);
            case View.Part part -> part(part, shape);
        };
    }

    Place part(View.Part part, long[] shape) {
        long at = offset;
        long[] steps = strides.clone();
        for (int dim = 0; dim < shape.length; dim++) {
            at += part.from()[dim] * strides[dim];
            steps[dim] *= part.step()[dim];
        }
        return new Place(buffer, at, shape, steps);
    }

    /** The same elements in the same row-major order, or null. */
    @Nullable Place reshaped(long[] target) {
        if (isEmpty()) {
            return null;
        }
        long[] result = new long[target.length];
        int from = shape.length - 1;
        int to = target.length - 1;
        // From the end, groups of dimensions with as many elements on both sides.
        while (from >= 0 || to >= 0) {
            int lastFrom = from;
            int lastTo = to;
            long here = from >= 0 ? shape[from--] : 1;
            long there = to >= 0 ? target[to--] : 1;
            while (here != there) {
                if (here < there) {
                    here *= shape[from--];
                } else {
                    there *= target[to--];
                }
            }
            long stride = runStride(from + 1, lastFrom);
            if (stride < 0) {
                return null;
            }
            for (int dim = lastTo; dim > to; dim--) {
                result[dim] = stride;
                stride *= target[dim];
            }
        }
        return new Place(buffer, offset, target, result);
    }

    /** The stride at which some dimensions are walked in row-major order; −1 if there is none. */
    private long runStride(int first, int last) {
        long stride = -1;
        long next = -1;
        for (int dim = last; dim >= first; dim--) {
            if (shape[dim] == 1) {
                continue;
            }
            if (stride < 0) {
                stride = strides[dim];
            } else if (strides[dim] != next) {
                return -1;
            }
            next = strides[dim] * shape[dim];
        }
        return stride < 0 ? 1 : stride;
    }

    /**
     * Whether the elements lie in the order of {@link #dense}, neighbours side by side, with or
     * without gaps between runs: what kernels are quick for.
     */
    boolean isOrderly() {
        long next = 1;
        boolean first = true;
        for (int dim : innermostFirst(shape.length)) {
            if (shape[dim] == 1) {
                continue;
            }
            if (first ? strides[dim] != 1 : strides[dim] < next) {
                return false;
            }
            first = false;
            next = strides[dim] * shape[dim];
        }
        return true;
    }

    /** Whether both are the same elements of the same buffer in the same order. */
    @SuppressWarnings("ReferenceEquality") // buffers are identities
    boolean same(Place other) {
        if (buffer != other.buffer
                || offset != other.offset
                || !Arrays.equals(shape, other.shape)) {
            return false;
        }
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] != 1 && strides[dim] != other.strides[dim]) {
                return false;
            }
        }
        return true;
    }

    /** Whether no element is in both; false where that is not easily seen. */
    @SuppressWarnings("ReferenceEquality") // buffers are identities
    boolean apart(Place other) {
        if (buffer != other.buffer || isEmpty() || other.isEmpty()) {
            return true;
        }
        if (offset > other.last() || other.offset > last()) {
            return true;
        }
        // Columns of one matrix: runs of neighbours that repeat at the same pitch.
        long pitch = Math.min(pitch(), other.pitch());
        if (pitch == Long.MAX_VALUE || !isColumnsOf(pitch) || !other.isColumnsOf(pitch)) {
            return false;
        }
        long left = offset % pitch;
        long right = other.offset % pitch;
        return left + run() <= right || right + other.run() <= left;
    }

    private long last() {
        long last = offset;
        for (int dim = 0; dim < shape.length; dim++) {
            last += (shape[dim] - 1) * strides[dim];
        }
        return last;
    }

    private long pitch() {
        long pitch = Long.MAX_VALUE;
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] > 1 && strides[dim] > 1) {
                pitch = Math.min(pitch, strides[dim]);
            }
        }
        return pitch;
    }

    private long run() {
        long run = 1;
        for (int dim = 0; dim < shape.length; dim++) {
            if (strides[dim] == 1) {
                run = Math.max(run, shape[dim]);
            }
        }
        return run;
    }

    private boolean isColumnsOf(long pitch) {
        for (int dim = 0; dim < shape.length; dim++) {
            if (shape[dim] > 1 && strides[dim] != 1 && strides[dim] % pitch != 0) {
                return false;
            }
        }
        return offset % pitch + run() <= pitch;
    }
}
