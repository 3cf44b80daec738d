package io.strider.ops;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.List;

/** Resizes arrays of any type, one axis after the other, in double arithmetic. */
public final class PlainResize {
    private PlainResize() {}

    /**
     * Resizes every axis.
     *
     * @param array what is resized
     * @param taps one for each of its axes
     * @param outside what stands where there are no taps
     * @return of the array's type, fractions cut off if that has none
     */
    public static NdArray apply(NdArray array, List<ResizeTaps> taps, double outside) {
        long[] shape = array.shape();
        boolean picks = true;
        for (ResizeTaps axis : taps) {
            picks &= axis.most() <= 1 && !axis.reachesOutside();
        }
        if (picks) {
            return picked(array, taps);
        }
        double[] values = array.toDoubles();
        for (int dim = 0; dim < shape.length; dim++) {
            ResizeTaps axis = taps.get(dim);
            if (!axis.isIdentity(shape[dim])) {
                int inner = 1;
                for (int d = dim + 1; d < shape.length; d++) {
                    inner *= (int) shape[d];
                }
                int size = (int) shape[dim];
                shape[dim] = axis.size();
                values = resized(values, size, inner, axis, outside, PlainMoves.count(shape));
            }
        }
        return NdArray.ofDoubles(ElementType.FLOAT64, values, shape).cast(array.type());
    }

    private static double[] resized(
            double[] values, int size, int inner, ResizeTaps axis, double outside, int count) {
        double[] result = new double[count];
        for (int i = 0; i < count; i++) {
            int x = i / inner % axis.size();
            int start = i / inner / axis.size() * size * inner + i % inner;
            double sum = axis.count(x) == 0 ? outside : 0;
            for (int tap = 0; tap < axis.count(x); tap++) {
                sum += axis.weight(x, tap) * values[start + axis.index(x, tap) * inner];
            }
            result[i] = sum;
        }
        return result;
    }

    private static NdArray picked(NdArray array, List<ResizeTaps> taps) {
        long[] strides = PlainMoves.rowMajor(array.shape());
        long[] shape = new long[strides.length];
        for (int dim = 0; dim < shape.length; dim++) {
            shape[dim] = taps.get(dim).size();
        }
        int[] positions = new int[PlainMoves.count(shape)];
        for (int i = 0; i < positions.length; i++) {
            long rest = i;
            long position = 0;
            for (int dim = shape.length - 1; dim >= 0; dim--) {
                position += taps.get(dim).index((int) (rest % shape[dim]), 0) * strides[dim];
                rest /= shape[dim];
            }
            positions[i] = (int) position;
        }
        return PlainMoves.pick(array, positions, shape);
    }
}
