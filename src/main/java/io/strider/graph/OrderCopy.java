package io.strider.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.strider.blas.Workers;
import io.strider.ops.Operation;
import io.strider.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Copies the elements of a tensor, in row-major order, into one of another shape: a reshape where
 * no view does. Element by element, for the rare pairs of layouts neither of which can take the
 * other's shape.
 */
final class OrderCopy implements Operation {
    private final Tensor from;
    private final Tensor to;
    private final long[] fromShape;
    private final long[] fromStrides;
    private final long[] toShape;
    private final long[] toStrides;
    private final long[] fromIndex;
    private final long[] toIndex;

    private OrderCopy(Tensor from, Tensor to) {
        this.from = from;
        this.to = to;
        this.fromShape = from.shape();
        this.fromStrides = from.strides();
        this.toShape = to.shape();
        this.toStrides = to.strides();
        this.fromIndex = new long[from.rank()];
        this.toIndex = new long[to.rank()];
    }

    /** The quickest copy between two tensors of as many elements. */
    static Operation of(Tensor from, Tensor to) {
        Tensor target = reshapedOrNull(to, from.shape());
        if (target != null) {
            return TensorCopy.of(from, target);
        }
        Tensor source = reshapedOrNull(from, to.shape());
        return source != null ? TensorCopy.of(source, to) : new OrderCopy(from, to);
    }

    private static @Nullable Tensor reshapedOrNull(Tensor tensor, long[] shape) {
        try {
            return tensor.reshape(shape);
        } catch (IllegalArgumentException _) {
            return null; // the strides do not allow it
        }
    }

    @Override
    public void run(@Nullable Workers workers) {
        MemorySegment source = from.segment();
        MemorySegment target = to.segment();
        long read = from.offset();
        long write = to.offset();
        for (long left = from.elementCount(); left > 0; left--) {
            target.setAtIndex(JAVA_FLOAT, write, source.getAtIndex(JAVA_FLOAT, read));
            read = next(read, fromIndex, fromShape, fromStrides);
            write = next(write, toIndex, toShape, toStrides);
        }
    }

    /** The position of the next element in row-major order; after the last that of the first. */
    private static long next(long position, long[] index, long[] shape, long[] strides) {
        long at = position;
        for (int dim = index.length - 1; dim >= 0; dim--) {
            at += strides[dim];
            if (++index[dim] < shape[dim]) {
                return at;
            }
            at -= shape[dim] * strides[dim];
            index[dim] = 0;
        }
        return at;
    }
}
