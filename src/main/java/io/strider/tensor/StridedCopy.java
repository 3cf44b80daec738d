package io.strider.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** The loops that move elements. Arguments are checked by the callers. */
final class StridedCopy {
    private StridedCopy() {}

    static void copy(Tensor source, Tensor target) {
        if (source.elementCount() == 0) {
            return;
        }
        copy(
                source.shape(),
                source.segment(),
                source.strides(),
                source.offset(),
                target.segment(),
                target.strides(),
                target.offset(),
                0);
    }

    static float[] toArray(Tensor source) {
        float[] values = new float[(int) source.elementCount()];
        if (values.length > 0) {
            copy(
                    source.shape(),
                    source.segment(),
                    source.strides(),
                    source.offset(),
                    MemorySegment.ofArray(values),
                    Strides.rowMajor(source.shape()),
                    0,
                    0);
        }
        return values;
    }

    static boolean equalWithin(Tensor a, Tensor b, double absolute, double relative) {
        float[] left = toArray(a);
        float[] right = toArray(b);
        for (int i = 0; i < left.length; i++) {
            double x = left[i];
            double y = right[i];
            boolean equal =
                    x == y
                            || (Double.isFinite(x)
                                    && Double.isFinite(y)
                                    && Math.abs(x - y) <= absolute + relative * Math.abs(y));
            if (!equal) {
                return false;
            }
        }
        return true;
    }

    static void fill(Tensor target, float value) {
        fill(target.shape(), target.segment(), target.strides(), target.offset(), 0, value);
    }

    private static void fill(
            long[] shape, MemorySegment segment, long[] strides, long at, int dim, float value) {
        if (dim == shape.length) {
            segment.setAtIndex(JAVA_FLOAT, at, value);
            return;
        }
        for (long i = 0; i < shape[dim]; i++) {
            fill(shape, segment, strides, at + i * strides[dim], dim + 1, value);
        }
    }

    private static void copy(
            long[] shape,
            MemorySegment source,
            long[] sourceStrides,
            long from,
            MemorySegment target,
            long[] targetStrides,
            long to,
            int dim) {
        if (dim == shape.length) {
            target.setAtIndex(JAVA_FLOAT, to, source.getAtIndex(JAVA_FLOAT, from));
            return;
        }
        for (long i = 0; i < shape[dim]; i++) {
            copy(
                    shape,
                    source,
                    sourceStrides,
                    from + i * sourceStrides[dim],
                    target,
                    targetStrides,
                    to + i * targetStrides[dim],
                    dim + 1);
        }
    }
}
