package io.strider.ops;

import io.strider.tensor.MemoryFormat;
import io.strider.tensor.NdArray;
import io.strider.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Tensors that lie in memory in one of the ways a session knows, with a frame around them. */
public enum Placed {
    /** Row-major without gaps. */
    ROW_MAJOR,
    /** Channels-last without gaps; ranks other than 4 row-major. */
    CHANNELS_LAST,
    /** As {@link #CHANNELS_LAST}, but a part of a larger tensor along dimension 1 and the last. */
    SLICE;

    /** What stands around a slice; no test writes it. */
    private static final float FRAME = 12345;

    /** One of them. */
    public static Placed any(Random random) {
        return values()[random.nextInt(values().length)];
    }

    /** A tensor of such a shape, all elements and all that surrounds them one odd value. */
    public Tensor tensor(Arena arena, long... shape) {
        MemoryFormat format =
                this != ROW_MAJOR && shape.length == 4
                        ? MemoryFormat.CHANNELS_LAST
                        : MemoryFormat.CHANNELS_FIRST;
        if (this != SLICE || shape.length == 0) {
            Tensor tensor = Tensor.zeros(arena, format, shape);
            tensor.fill(FRAME);
            return tensor;
        }
        int dim = Math.min(1, shape.length - 1);
        int last = shape.length - 1;
        long[] larger = shape.clone();
        larger[dim] += 3;
        larger[last] += dim == last ? 0 : 2;
        Tensor whole = Tensor.zeros(arena, format, larger);
        whole.fill(FRAME);
        Tensor part = whole.slice(dim, 2, 2 + shape[dim]);
        return dim == last ? part : part.slice(last, 1, 1 + shape[last]);
    }

    /** A tensor with an array's elements. */
    public Tensor of(Arena arena, NdArray array) {
        Tensor tensor = tensor(arena, array.shape());
        array.copyTo(tensor);
        return tensor;
    }

    /** Whether everything in a tensor's memory but its own elements is as it was made. */
    public static boolean frameIsWhole(Tensor tensor) {
        long all = tensor.segment().byteSize() / Float.BYTES;
        long untouched = 0;
        for (long i = 0; i < all; i++) {
            untouched += tensor.segment().getAtIndex(ValueLayout.JAVA_FLOAT, i) == FRAME ? 1 : 0;
        }
        long own = 0;
        for (float value : tensor.toArray()) {
            own += value == FRAME ? 1 : 0;
        }
        return untouched == all - tensor.elementCount() + own;
    }
}
