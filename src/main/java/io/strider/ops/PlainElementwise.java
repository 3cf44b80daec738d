package io.strider.ops;

import io.strider.tensor.ElementType;
import io.strider.tensor.NdArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Element by element, plainly: in double arithmetic for floating-point types, in 64 bits for whole
 * numbers, cut to their type at the end. Operands broadcast.
 *
 * <p>Stateless. That types go together has been checked by the caller.
 */
public final class PlainElementwise {
    private PlainElementwise() {}

    /** f(x) for every element; the result has x's type and shape. */
    public static NdArray map(UnaryFunction function, NdArray x) {
        if (x.type().isFloating()) {
            double[] values = x.toDoubles();
            for (int i = 0; i < values.length; i++) {
                values[i] = function.apply(values[i]);
            }
            return NdArray.ofDoubles(x.type(), values, x.shape());
        }
        long[] values = x.toLongs();
        for (int i = 0; i < values.length; i++) {
            values[i] = function.apply(values[i], x.type());
        }
        return NdArray.ofLongs(x.type(), values, x.shape());
    }

    /**
     * f(a, b) for every pair; the result has a's type.
     *
     * @param b of a's type, but for {@link BinaryFunction#POWER} of any
     */
    public static NdArray combine(BinaryFunction function, NdArray a, NdArray b) {
        if (a.type() == ElementType.FLOAT32 && b.count() == 1 && b.rank() <= a.rank()) {
            return combine(function, a, b.getDouble(0));
        }
        long[] shape = Broadcasting.shape(List.of(a.shape(), b.shape()));
        int[] fromA = Broadcasting.positions(a.shape(), shape);
        int[] fromB = Broadcasting.positions(b.shape(), shape);
        if (a.type().isFloating() || b.type().isFloating()) {
            double[] values = new double[fromA.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = function.apply(a.getDouble(fromA[i]), b.getDouble(fromB[i]));
            }
            return a.type().isFloating()
                    ? NdArray.ofDoubles(a.type(), values, shape)
                    : NdArray.ofDoubles(ElementType.FLOAT64, values, shape).cast(a.type());
        }
        long[] values = new long[fromA.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = function.apply(a.getLong(fromA[i]), b.getLong(fromB[i]), b.type());
        }
        return NdArray.ofLongs(a.type(), values, shape);
    }

    /** f(a, b) with one b for all float32 elements, as constant weights are many. */
    private static NdArray combine(BinaryFunction function, NdArray a, double b) {
        float[] values = a.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) function.apply(values[i], b);
        }
        return NdArray.ofFloats(values, a.shape());
    }

    /** Whether a pair compares so, for every pair; the result is {@link ElementType#BOOL}. */
    public static NdArray compare(Comparison comparison, NdArray a, NdArray b) {
        long[] shape = Broadcasting.shape(List.of(a.shape(), b.shape()));
        int[] fromA = Broadcasting.positions(a.shape(), shape);
        int[] fromB = Broadcasting.positions(b.shape(), shape);
        long[] values = new long[fromA.length];
        boolean floating = a.type().isFloating();
        for (int i = 0; i < values.length; i++) {
            boolean holds =
                    floating
                            ? comparison.holds(a.getDouble(fromA[i]), b.getDouble(fromB[i]))
                            : comparison.holds(a.getLong(fromA[i]), b.getLong(fromB[i]), a.type());
            values[i] = holds ? 1 : 0;
        }
        return NdArray.ofLongs(ElementType.BOOL, values, shape);
    }

    /** x where the condition holds, y elsewhere; all three broadcast. */
    public static NdArray select(NdArray condition, NdArray x, NdArray y) {
        long[] shape = Broadcasting.shape(List.of(condition.shape(), x.shape(), y.shape()));
        int[] choice = Broadcasting.positions(condition.shape(), shape);
        int[] fromX = Broadcasting.positions(x.shape(), shape);
        int[] fromY = Broadcasting.positions(y.shape(), shape);
        if (x.type().isFloating()) {
            double[] values = new double[choice.length];
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        condition.getLong(choice[i]) != 0
                                ? x.getDouble(fromX[i])
                                : y.getDouble(fromY[i]);
            }
            return NdArray.ofDoubles(x.type(), values, shape);
        }
        long[] values = new long[choice.length];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    condition.getLong(choice[i]) != 0 ? x.getLong(fromX[i]) : y.getLong(fromY[i]);
        }
        return NdArray.ofLongs(x.type(), values, shape);
    }

    /**
     * The arrays folded from the left, such as their sum: floating-point types without rounding in
     * between.
     *
     * @param arrays at least one, of one type
     * @param mean whether the result is divided by the number of arrays; floating-point types only
     */
    public static NdArray fold(BinaryFunction function, List<NdArray> arrays, boolean mean) {
        NdArray first = arrays.getFirst();
        ElementType type = first.type();
        List<long[]> shapes = new ArrayList<>();
        arrays.forEach(array -> shapes.add(array.shape()));
        long[] shape = Broadcasting.shape(shapes);
        if (!type.isFloating()) {
            NdArray folded = broadcast(first, shape);
            for (NdArray array : arrays.subList(1, arrays.size())) {
                folded = combine(function, folded, array);
            }
            return folded;
        }
        double[] values = broadcast(first, shape).toDoubles();
        for (NdArray array : arrays.subList(1, arrays.size())) {
            int[] from = Broadcasting.positions(array.shape(), shape);
            for (int i = 0; i < values.length; i++) {
                values[i] = function.apply(values[i], array.getDouble(from[i]));
            }
        }
        for (int i = 0; mean && i < values.length; i++) {
            values[i] /= arrays.size();
        }
        return NdArray.ofDoubles(type, values, shape);
    }

    /** An array repeated to a shape that it fits. */
    static NdArray broadcast(NdArray array, long[] shape) {
        int[] from = Broadcasting.positions(array.shape(), shape);
        if (array.type().isFloating()) {
            double[] values = new double[from.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = array.getDouble(from[i]);
            }
            return NdArray.ofDoubles(array.type(), values, shape);
        }
        long[] values = new long[from.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.getLong(from[i]);
        }
        return NdArray.ofLongs(array.type(), values, shape);
    }

    /**
     * min(max(x, low), high).
     *
     * @param low one element of x's type, or null for no bound
     * @param high likewise; the result where low is above it
     */
    public static NdArray clamp(NdArray x, @Nullable NdArray low, @Nullable NdArray high) {
        NdArray clamped = x;
        if (low != null) {
            clamped = combine(BinaryFunction.MAXIMUM, clamped, low.reshape());
        }
        return high == null ? clamped : combine(BinaryFunction.MINIMUM, clamped, high.reshape());
    }

    /** Whether an element is NaN. */
    public static NdArray isNaN(NdArray x) {
        long[] values = new long[x.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Double.isNaN(x.getDouble(i)) ? 1 : 0;
        }
        return NdArray.ofLongs(ElementType.BOOL, values, x.shape());
    }

    /** Whether an element is one of the infinities that are asked for. */
    public static NdArray isInfinite(NdArray x, boolean negative, boolean positive) {
        long[] values = new long[x.count()];
        for (int i = 0; i < values.length; i++) {
            double value = x.getDouble(i);
            boolean found =
                    (negative && value == Double.NEGATIVE_INFINITY)
                            || (positive && value == Double.POSITIVE_INFINITY);
            values[i] = found ? 1 : 0;
        }
        return NdArray.ofLongs(ElementType.BOOL, values, x.shape());
    }

    /** 1 for 0 and 0 for 1. */
    public static NdArray not(NdArray x) {
        long[] values = x.toLongs();
        for (int i = 0; i < values.length; i++) {
            values[i] ^= 1;
        }
        return NdArray.ofLongs(ElementType.BOOL, values, x.shape());
    }
}
