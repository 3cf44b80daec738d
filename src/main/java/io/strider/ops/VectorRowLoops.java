package io.strider.ops;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RowLoops} with the Vector API. One loop for each function: an operation that is not a
 * constant where it stands is not compiled to an instruction.
 */
final class VectorRowLoops implements RowLoops {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

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
        switch (function) {
            case ADD -> sums(a, aAt, aStep, b, bAt, bStep, y, yAt, yStep, rows, columns);
            case SUBTRACT ->
                    differences(a, aAt, aStep, b, bAt, bStep, y, yAt, yStep, rows, columns);
            case MULTIPLY -> products(a, aAt, aStep, b, bAt, bStep, y, yAt, yStep, rows, columns);
            case DIVIDE -> quotients(a, aAt, aStep, b, bAt, bStep, y, yAt, yStep, rows, columns);
            case MINIMUM -> minima(a, aAt, aStep, b, bAt, bStep, y, yAt, yStep, rows, columns);
            case MAXIMUM -> maxima(a, aAt, aStep, b, bAt, bStep, y, yAt, yStep, rows, columns);
            case PARAMETRIC_RELU ->
                    slopes(a, aAt, aStep, b, bAt, bStep, y, yAt, yStep, rows, columns);
            default -> throw new IllegalArgumentException("function: " + function);
        }
    }

    private static void sums(
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
        int whole = columns - columns % LANES;
        VectorMask<Float> rest = S.indexInRange(whole, columns);
        for (long row = 0; row < rows; row++) {
            long p = (aAt + row * aStep) * Float.BYTES;
            long q = (bAt + row * bStep) * Float.BYTES;
            long r = (yAt + row * yStep) * Float.BYTES;
            for (int column = 0; column < whole; column += LANES) {
                long k = (long) column * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER)
                        .add(FloatVector.fromMemorySegment(S, b, q + k, ORDER))
                        .intoMemorySegment(y, r + k, ORDER);
            }
            if (whole < columns) {
                long k = (long) whole * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER, rest)
                        .add(FloatVector.fromMemorySegment(S, b, q + k, ORDER, rest))
                        .intoMemorySegment(y, r + k, ORDER, rest);
            }
        }
    }

    private static void differences(
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
        int whole = columns - columns % LANES;
        VectorMask<Float> rest = S.indexInRange(whole, columns);
        for (long row = 0; row < rows; row++) {
            long p = (aAt + row * aStep) * Float.BYTES;
            long q = (bAt + row * bStep) * Float.BYTES;
            long r = (yAt + row * yStep) * Float.BYTES;
            for (int column = 0; column < whole; column += LANES) {
                long k = (long) column * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER)
                        .sub(FloatVector.fromMemorySegment(S, b, q + k, ORDER))
                        .intoMemorySegment(y, r + k, ORDER);
            }
            if (whole < columns) {
                long k = (long) whole * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER, rest)
                        .sub(FloatVector.fromMemorySegment(S, b, q + k, ORDER, rest))
                        .intoMemorySegment(y, r + k, ORDER, rest);
            }
        }
    }

    private static void products(
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
        int whole = columns - columns % LANES;
        VectorMask<Float> rest = S.indexInRange(whole, columns);
        for (long row = 0; row < rows; row++) {
            long p = (aAt + row * aStep) * Float.BYTES;
            long q = (bAt + row * bStep) * Float.BYTES;
            long r = (yAt + row * yStep) * Float.BYTES;
            for (int column = 0; column < whole; column += LANES) {
                long k = (long) column * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER)
                        .mul(FloatVector.fromMemorySegment(S, b, q + k, ORDER))
                        .intoMemorySegment(y, r + k, ORDER);
            }
            if (whole < columns) {
                long k = (long) whole * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER, rest)
                        .mul(FloatVector.fromMemorySegment(S, b, q + k, ORDER, rest))
                        .intoMemorySegment(y, r + k, ORDER, rest);
            }
        }
    }

    private static void slopes(
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
        int whole = columns - columns % LANES;
        VectorMask<Float> rest = S.indexInRange(whole, columns);
        for (long row = 0; row < rows; row++) {
            long p = (aAt + row * aStep) * Float.BYTES;
            long q = (bAt + row * bStep) * Float.BYTES;
            long r = (yAt + row * yStep) * Float.BYTES;
            for (int column = 0; column < whole; column += LANES) {
                long k = (long) column * Float.BYTES;
                FloatVector x = FloatVector.fromMemorySegment(S, a, p + k, ORDER);
                FloatVector slope = FloatVector.fromMemorySegment(S, b, q + k, ORDER);
                x.blend(x.mul(slope), x.lt(0)).intoMemorySegment(y, r + k, ORDER);
            }
            if (whole < columns) {
                long k = (long) whole * Float.BYTES;
                FloatVector x = FloatVector.fromMemorySegment(S, a, p + k, ORDER, rest);
                FloatVector slope = FloatVector.fromMemorySegment(S, b, q + k, ORDER, rest);
                x.blend(x.mul(slope), x.lt(0)).intoMemorySegment(y, r + k, ORDER, rest);
            }
        }
    }

    private static void quotients(
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
        int whole = columns - columns % LANES;
        VectorMask<Float> rest = S.indexInRange(whole, columns);
        for (long row = 0; row < rows; row++) {
            long p = (aAt + row * aStep) * Float.BYTES;
            long q = (bAt + row * bStep) * Float.BYTES;
            long r = (yAt + row * yStep) * Float.BYTES;
            for (int column = 0; column < whole; column += LANES) {
                long k = (long) column * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER)
                        .div(FloatVector.fromMemorySegment(S, b, q + k, ORDER))
                        .intoMemorySegment(y, r + k, ORDER);
            }
            if (whole < columns) {
                long k = (long) whole * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER, rest)
                        .div(FloatVector.fromMemorySegment(S, b, q + k, ORDER, rest))
                        .intoMemorySegment(y, r + k, ORDER, rest);
            }
        }
    }

    private static void minima(
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
        int whole = columns - columns % LANES;
        VectorMask<Float> rest = S.indexInRange(whole, columns);
        for (long row = 0; row < rows; row++) {
            long p = (aAt + row * aStep) * Float.BYTES;
            long q = (bAt + row * bStep) * Float.BYTES;
            long r = (yAt + row * yStep) * Float.BYTES;
            for (int column = 0; column < whole; column += LANES) {
                long k = (long) column * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER)
                        .min(FloatVector.fromMemorySegment(S, b, q + k, ORDER))
                        .intoMemorySegment(y, r + k, ORDER);
            }
            if (whole < columns) {
                long k = (long) whole * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER, rest)
                        .min(FloatVector.fromMemorySegment(S, b, q + k, ORDER, rest))
                        .intoMemorySegment(y, r + k, ORDER, rest);
            }
        }
    }

    private static void maxima(
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
        int whole = columns - columns % LANES;
        VectorMask<Float> rest = S.indexInRange(whole, columns);
        for (long row = 0; row < rows; row++) {
            long p = (aAt + row * aStep) * Float.BYTES;
            long q = (bAt + row * bStep) * Float.BYTES;
            long r = (yAt + row * yStep) * Float.BYTES;
            for (int column = 0; column < whole; column += LANES) {
                long k = (long) column * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER)
                        .max(FloatVector.fromMemorySegment(S, b, q + k, ORDER))
                        .intoMemorySegment(y, r + k, ORDER);
            }
            if (whole < columns) {
                long k = (long) whole * Float.BYTES;
                FloatVector.fromMemorySegment(S, a, p + k, ORDER, rest)
                        .max(FloatVector.fromMemorySegment(S, b, q + k, ORDER, rest))
                        .intoMemorySegment(y, r + k, ORDER, rest);
            }
        }
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
        int whole = columns - columns % LANES;
        VectorMask<Float> rest = S.indexInRange(whole, columns);
        FloatVector least = FloatVector.broadcast(S, low);
        FloatVector greatest = FloatVector.broadcast(S, high);
        long f = scaleAt * Float.BYTES;
        long g = shiftAt * Float.BYTES;
        for (long row = 0; row < rows; row++) {
            long p = (xAt + row * xStep) * Float.BYTES;
            long r = (yAt + row * yStep) * Float.BYTES;
            for (int column = 0; column < whole; column += LANES) {
                long k = (long) column * Float.BYTES;
                FloatVector value =
                        FloatVector.fromMemorySegment(S, x, p + k, ORDER)
                                .fma(
                                        FloatVector.fromMemorySegment(S, scale, f + k, ORDER),
                                        FloatVector.fromMemorySegment(S, shift, g + k, ORDER));
                // Half the instructions of max and min, which care about the sign of zero.
                FloatVector above = value.blend(least, value.lt(least));
                above.blend(greatest, greatest.lt(above)).intoMemorySegment(y, r + k, ORDER);
            }
            if (whole < columns) {
                long k = (long) whole * Float.BYTES;
                FloatVector value =
                        FloatVector.fromMemorySegment(S, x, p + k, ORDER, rest)
                                .fma(
                                        FloatVector.fromMemorySegment(S, scale, f + k, ORDER, rest),
                                        FloatVector.fromMemorySegment(
                                                S, shift, g + k, ORDER, rest));
                FloatVector above = value.blend(least, value.lt(least));
                above.blend(greatest, greatest.lt(above)).intoMemorySegment(y, r + k, ORDER, rest);
            }
        }
    }
}
