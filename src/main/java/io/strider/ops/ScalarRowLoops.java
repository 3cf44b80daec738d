package io.strider.ops;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** {@link RowLoops} without the Vector API. */
final class ScalarRowLoops implements RowLoops {

    @Override
    public void combine(
            BinaryFunction function,
            MemorySegment a,
            long aAt,
            long aStep,
            MemorySegment b,
            long bAt,
            long bStep,
            MemorySegment y,
            long yAt,
            long yStep,
            long rows,
            int columns) {
        for (long row = 0; row < rows; row++) {
            long p = aAt + row * aStep;
            long q = bAt + row * bStep;
            long r = yAt + row * yStep;
            for (int k = 0; k < columns; k++) {
                float left = a.getAtIndex(JAVA_FLOAT, p + k);
                float right = b.getAtIndex(JAVA_FLOAT, q + k);
                y.setAtIndex(JAVA_FLOAT, r + k, combine(function, left, right));
            }
        }
    }

    /** a = f(a, b). */
    static void combine(BinaryFunction function, float[] a, float[] b, int count) {
        if (function == BinaryFunction.ADD) {
            for (int k = 0; k < count; k++) {
                a[k] += b[k];
            }
            return;
        }
        for (int k = 0; k < count; k++) {
            a[k] = combine(function, a[k], b[k]);
        }
    }

    /** x = min(max(x · scale + shift, low), high). */
    static void affine(float[] x, float[] scale, float[] shift, float low, float high, int count) {
        for (int k = 0; k < count; k++) {
            x[k] = Math.min(Math.max(Math.fma(x[k], scale[k], shift[k]), low), high);
        }
    }

    private static float combine(BinaryFunction function, float a, float b) {
        return switch (function) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            case PARAMETRIC_RELU -> a < 0 ? a * b : a;
            default -> throw new IllegalArgumentException("function: " + function);
        };
    }

    @Override
    public void affine(
            MemorySegment x,
            long xAt,
            long xStep,
            MemorySegment scale,
            long scaleAt,
            MemorySegment shift,
            long shiftAt,
            float low,
            float high,
            MemorySegment y,
            long yAt,
            long yStep,
            long rows,
            int columns) {
        for (long row = 0; row < rows; row++) {
            long p = xAt + row * xStep;
            long r = yAt + row * yStep;
            for (int k = 0; k < columns; k++) {
                float factor = scale.getAtIndex(JAVA_FLOAT, scaleAt + k);
                float added = shift.getAtIndex(JAVA_FLOAT, shiftAt + k);
                float value = Math.fma(x.getAtIndex(JAVA_FLOAT, p + k), factor, added);
                y.setAtIndex(JAVA_FLOAT, r + k, Math.min(Math.max(value, low), high));
            }
        }
    }
}
