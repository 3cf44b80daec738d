package io.strider.ops;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * With the Vector API: the taps of four vectors at a time in one loop, so that the vectors stay in
 * registers; rows of taps end inside that loop. The four are neighbouring channels of one window,
 * or the same channels of four windows.
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
        long apart = windowStep * Float.BYTES;
        long toApart = toStep * Float.BYTES;
        long first = at * Float.BYTES;
        long target = toAt * Float.BYTES;
        int wide = channels - channels % (4 * LANES);
        for (long window = 0; window < windows; window++) {
            for (int c = 0; c < wide; c += 4 * LANES) {
                long here = first + window * apart + c * (long) Float.BYTES;
                long there = target + window * toApart + c * (long) Float.BYTES;
                fourMaxima(from, here, VECTOR, step, jump, columns, taps, to, there, VECTOR);
            }
        }
        // Channels that do not fill four vectors: those of four windows.
        for (int c = wide; c < channels; c += LANES) {
            int width = Math.min(LANES, channels - c);
            long here = first + c * (long) Float.BYTES;
            long there = target + c * (long) Float.BYTES;
            long window = 0;
            // Not with masks: C2 then keeps the vectors as objects.
            for (; width == LANES && window + 4 <= windows; window += 4) {
                fourMaxima(from, here, apart, step, jump, columns, taps, to, there, toApart);
                here += 4 * apart;
                there += 4 * toApart;
            }
            for (; window < windows; window++) {
                maxima(from, here, step, jump, columns, taps, to, there, width);
                here += apart;
                there += toApart;
            }
        }
    }

    private static void fourMaxima(
            MemorySegment from,
            long first,
            long apart,
            long step,
            long jump,
            int columns,
            int taps,
            MemorySegment to,
            long target,
            long toApart) {
        FloatVector m0 = FloatVector.fromMemorySegment(S, from, first, ORDER);
        FloatVector m1 = FloatVector.fromMemorySegment(S, from, first + apart, ORDER);
        FloatVector m2 = FloatVector.fromMemorySegment(S, from, first + 2 * apart, ORDER);
        FloatVector m3 = FloatVector.fromMemorySegment(S, from, first + 3 * apart, ORDER);
        long here = first;
        int column = 0;
        for (int tap = 1; tap < taps; tap++) {
            column++;
            boolean turns = column == columns;
            here += turns ? jump : step;
            column = turns ? 0 : column;
            m0 = m0.max(FloatVector.fromMemorySegment(S, from, here, ORDER));
            m1 = m1.max(FloatVector.fromMemorySegment(S, from, here + apart, ORDER));
            m2 = m2.max(FloatVector.fromMemorySegment(S, from, here + 2 * apart, ORDER));
            m3 = m3.max(FloatVector.fromMemorySegment(S, from, here + 3 * apart, ORDER));
        }
        m0.intoMemorySegment(to, target, ORDER);
        m1.intoMemorySegment(to, target + toApart, ORDER);
        m2.intoMemorySegment(to, target + 2 * toApart, ORDER);
        m3.intoMemorySegment(to, target + 3 * toApart, ORDER);
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
        long jump = row - (columns - 1) * step;
        long apart = windowStep * Float.BYTES;
        long toApart = toStep * Float.BYTES;
        int taps = rows * columns;
        int wide = channels - channels % (4 * LANES);
        // A block of taps at a time; the last one divides.
        for (int begin = 0; begin < taps; begin += BLOCK) {
            int count = Math.min(BLOCK, taps - begin);
            boolean fresh = begin == 0;
            float over = begin + count == taps ? divisor : 1;
            int column = begin % columns;
            long first = at * Float.BYTES + begin / columns * row + column * step;
            long target = toAt * Float.BYTES;
            for (long window = 0; window < windows; window++) {
                for (int c = 0; c < wide; c += 4 * LANES) {
                    long here = first + window * apart + c * (long) Float.BYTES;
                    long there = target + window * toApart + c * (long) Float.BYTES;
                    fourSums(
                            from, here, VECTOR, step, jump, column, columns, count, fresh, over, to,
                            there, VECTOR);
                }
            }
            for (int c = wide; c < channels; c += LANES) {
                int width = Math.min(LANES, channels - c);
                long here = first + c * (long) Float.BYTES;
                long there = target + c * (long) Float.BYTES;
                long window = 0;
                for (; width == LANES && window + 4 <= windows; window += 4) {
                    fourSums(
                            from, here, apart, step, jump, column, columns, count, fresh, over, to,
                            there, toApart);
                    here += 4 * apart;
                    there += 4 * toApart;
                }
                for (; window < windows; window++) {
                    sums(
                            from, here, step, jump, column, columns, count, fresh, over, to, there,
                            width);
                    here += apart;
                    there += toApart;
                }
            }
        }
    }

    private static void fourSums(
            MemorySegment from,
            long first,
            long apart,
            long step,
            long jump,
            int firstColumn,
            int columns,
            int taps,
            boolean fresh,
            float divisor,
            MemorySegment to,
            long target,
            long toApart) {
        FloatVector s0 = FloatVector.zero(S);
        FloatVector s1 = FloatVector.zero(S);
        FloatVector s2 = FloatVector.zero(S);
        FloatVector s3 = FloatVector.zero(S);
        long here = first;
        int column = firstColumn;
        for (int tap = 0; tap < taps; tap++) {
            s0 = s0.add(FloatVector.fromMemorySegment(S, from, here, ORDER));
            s1 = s1.add(FloatVector.fromMemorySegment(S, from, here + apart, ORDER));
            s2 = s2.add(FloatVector.fromMemorySegment(S, from, here + 2 * apart, ORDER));
            s3 = s3.add(FloatVector.fromMemorySegment(S, from, here + 3 * apart, ORDER));
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
            FloatVector.fromMemorySegment(S, to, target + toApart, ORDER)
                    .add(s1)
                    .div(divisor)
                    .intoMemorySegment(to, target + toApart, ORDER);
            FloatVector.fromMemorySegment(S, to, target + 2 * toApart, ORDER)
                    .add(s2)
                    .div(divisor)
                    .intoMemorySegment(to, target + 2 * toApart, ORDER);
            FloatVector.fromMemorySegment(S, to, target + 3 * toApart, ORDER)
                    .add(s3)
                    .div(divisor)
                    .intoMemorySegment(to, target + 3 * toApart, ORDER);
        } else {
            s0.div(divisor).intoMemorySegment(to, target, ORDER);
            s1.div(divisor).intoMemorySegment(to, target + toApart, ORDER);
            s2.div(divisor).intoMemorySegment(to, target + 2 * toApart, ORDER);
            s3.div(divisor).intoMemorySegment(to, target + 3 * toApart, ORDER);
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
