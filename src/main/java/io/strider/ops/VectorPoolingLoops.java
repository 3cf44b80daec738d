package io.strider.ops;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * With the Vector API: the taps of four vectors of channels at a time in one loop, so that the
 * vectors stay in registers; rows of taps end inside that loop.
 */
final class VectorPoolingLoops implements PoolingLoops {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int LANES = S.length();
    private static final long VECTOR = LANES * (long) Float.BYTES;

    @Override
    public void maximum(
            MemorySegment from,
            long at,
            long windowStep,
            long rowStep,
            long columnStep,
            int rows,
            int columns,
            MemorySegment to,
            long toAt,
            long toStep,
            long windows,
            int channels) {
        long step = columnStep * Float.BYTES;
        long jump = rowStep * Float.BYTES - (columns - 1) * step;
        int taps = rows * columns;
        for (long window = 0; window < windows; window++) {
            long first = (at + window * windowStep) * Float.BYTES;
            long target = (toAt + window * toStep) * Float.BYTES;
            int c = 0;
            for (; c + 4 * LANES <= channels; c += 4 * LANES) {
                long skip = c * (long) Float.BYTES;
                fourMaxima(from, first + skip, step, jump, columns, taps, to, target + skip);
            }
            for (; c < channels; c += LANES) {
                long skip = c * (long) Float.BYTES;
                int width = Math.min(LANES, channels - c);
                maxima(from, first + skip, step, jump, columns, taps, to, target + skip, width);
            }
        }
    }

    private static void fourMaxima(
            MemorySegment from,
            long first,
            long step,
            long jump,
            int columns,
            int taps,
            MemorySegment to,
            long target) {
        FloatVector m0 = FloatVector.fromMemorySegment(S, from, first, ORDER);
        FloatVector m1 = FloatVector.fromMemorySegment(S, from, first + VECTOR, ORDER);
        FloatVector m2 = FloatVector.fromMemorySegment(S, from, first + 2 * VECTOR, ORDER);
        FloatVector m3 = FloatVector.fromMemorySegment(S, from, first + 3 * VECTOR, ORDER);
        long here = first;
        int column = 0;
        for (int tap = 1; tap < taps; tap++) {
            column++;
            boolean turns = column == columns;
            here += turns ? jump : step;
            column = turns ? 0 : column;
            m0 = m0.max(FloatVector.fromMemorySegment(S, from, here, ORDER));
            m1 = m1.max(FloatVector.fromMemorySegment(S, from, here + VECTOR, ORDER));
            m2 = m2.max(FloatVector.fromMemorySegment(S, from, here + 2 * VECTOR, ORDER));
            m3 = m3.max(FloatVector.fromMemorySegment(S, from, here + 3 * VECTOR, ORDER));
        }
        m0.intoMemorySegment(to, target, ORDER);
        m1.intoMemorySegment(to, target + VECTOR, ORDER);
        m2.intoMemorySegment(to, target + 2 * VECTOR, ORDER);
        m3.intoMemorySegment(to, target + 3 * VECTOR, ORDER);
    }

    private static void maxima(
            MemorySegment from,
            long first,
            long step,
            long jump,
            int columns,
            int taps,
            MemorySegment to,
            long target,
            int width) {
        VectorMask<Float> mask = S.indexInRange(0, width);
        FloatVector m = FloatVector.fromMemorySegment(S, from, first, ORDER, mask);
        long here = first;
        int column = 0;
        for (int tap = 1; tap < taps; tap++) {
            column++;
            boolean turns = column == columns;
            here += turns ? jump : step;
            column = turns ? 0 : column;
            m = m.max(FloatVector.fromMemorySegment(S, from, here, ORDER, mask));
        }
        m.intoMemorySegment(to, target, ORDER, mask);
    }

    @Override
    public void average(
            MemorySegment from,
            long at,
            long windowStep,
            long rowStep,
            long columnStep,
            int rows,
            int columns,
            float divisor,
            MemorySegment to,
            long toAt,
            long toStep,
            long windows,
            int channels) {
        long row = rowStep * Float.BYTES;
        long step = columnStep * Float.BYTES;
        int taps = rows * columns;
        for (long window = 0; window < windows; window++) {
            long first = (at + window * windowStep) * Float.BYTES;
            long target = (toAt + window * toStep) * Float.BYTES;
            // A block of taps at a time; the last one divides.
            for (int begin = 0; begin < taps; begin += BLOCK) {
                int count = Math.min(BLOCK, taps - begin);
                boolean last = begin + count == taps;
                float over = last ? divisor : 1;
                int column = begin % columns;
                long block = first + begin / columns * row + column * step;
                long jump = row - (columns - 1) * step;
                int c = 0;
                for (; c + 4 * LANES <= channels; c += 4 * LANES) {
                    long skip = c * (long) Float.BYTES;
                    fourSums(
                            from,
                            block + skip,
                            step,
                            jump,
                            column,
                            columns,
                            count,
                            begin == 0,
                            over,
                            to,
                            target + skip);
                }
                for (; c < channels; c += LANES) {
                    long skip = c * (long) Float.BYTES;
                    sums(
                            from,
                            block + skip,
                            step,
                            jump,
                            column,
                            columns,
                            count,
                            begin == 0,
                            over,
                            to,
                            target + skip,
                            Math.min(LANES, channels - c));
                }
            }
        }
    }

    private static void fourSums(
            MemorySegment from,
            long first,
            long step,
            long jump,
            int firstColumn,
            int columns,
            int taps,
            boolean fresh,
            float divisor,
            MemorySegment to,
            long target) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = FloatVector.zero(S);
        FloatVector s2 = FloatVector.zero(S);
        FloatVector s3 = FloatVector.zero(S);
        long here = first;
        int column = firstColumn;
        for (int tap = 0; tap < taps; tap++) {
            s0 = s0.add(FloatVector.fromMemorySegment(S, from, here, ORDER));
            s1 = s1.add(FloatVector.fromMemorySegment(S, from, here + VECTOR, ORDER));
            s2 = s2.add(FloatVector.fromMemorySegment(S, from, here + 2 * VECTOR, ORDER));
            s3 = s3.add(FloatVector.fromMemorySegment(S, from, here + 3 * VECTOR, ORDER));
            column++;
            boolean turns = column == columns;
            here += turns ? jump : step;
            column = turns ? 0 : column;
        }
        // What earlier blocks summed up waits in the output.
        if (!fresh) {
            FloatVector.fromMemorySegment(S, to, target, ORDER)
                    .add(s0)
                    .div(divisor)
                    .intoMemorySegment(to, target, ORDER);
            FloatVector.fromMemorySegment(S, to, target + VECTOR, ORDER)
                    .add(s1)
                    .div(divisor)
                    .intoMemorySegment(to, target + VECTOR, ORDER);
            FloatVector.fromMemorySegment(S, to, target + 2 * VECTOR, ORDER)
                    .add(s2)
                    .div(divisor)
                    .intoMemorySegment(to, target + 2 * VECTOR, ORDER);
            FloatVector.fromMemorySegment(S, to, target + 3 * VECTOR, ORDER)
                    .add(s3)
                    .div(divisor)
                    .intoMemorySegment(to, target + 3 * VECTOR, ORDER);
        } else {
            s0.div(divisor).intoMemorySegment(to, target, ORDER);
            s1.div(divisor).intoMemorySegment(to, target + VECTOR, ORDER);
            s2.div(divisor).intoMemorySegment(to, target + 2 * VECTOR, ORDER);
            s3.div(divisor).intoMemorySegment(to, target + 3 * VECTOR, ORDER);
        }
    }

    private static void sums(
            MemorySegment from,
            long first,
            long step,
            long jump,
            int firstColumn,
            int columns,
            int taps,
            boolean fresh,
            float divisor,
            MemorySegment to,
            long target,
            int width) {
        VectorMask<Float> mask = S.indexInRange(0, width);
        FloatVector sum = FloatVector.zero(S);
        long here = first;
        int column = firstColumn;
        for (int tap = 0; tap < taps; tap++) {
            sum = sum.add(FloatVector.fromMemorySegment(S, from, here, ORDER, mask));
            column++;
            boolean turns = column == columns;
            here += turns ? jump : step;
            column = turns ? 0 : column;
        }
        if (fresh) {
            sum.div(divisor).intoMemorySegment(to, target, ORDER, mask);
        } else {
            FloatVector.fromMemorySegment(S, to, target, ORDER, mask)
                    .add(sum)
                    .div(divisor)
                    .intoMemorySegment(to, target, ORDER, mask);
        }
    }
}
