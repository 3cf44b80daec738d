package io.strider.ops;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two or three rows woven into one, element by element: the planes of a colour picture into pixels,
 * the two halves of shuffled channels into one another. In registers of 256 bits.
 */
final class VectorInterleaving {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final int LANES = 8;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final boolean QUICK = FloatVector.SPECIES_PREFERRED.length() >= LANES;

    /** Lane i of part p of the result is element (p·8 + i) / rows of row (p·8 + i) mod rows. */
    private static final VectorShuffle<Float> TWO0 = shuffle(2, 0);

    private static final VectorShuffle<Float> TWO1 = shuffle(2, 1);
    private static final VectorShuffle<Float> THREE0 = shuffle(3, 0);
    private static final VectorShuffle<Float> THREE1 = shuffle(3, 1);
    private static final VectorShuffle<Float> THREE2 = shuffle(3, 2);
    private static final VectorMask<Float> ODD = mask(2, 0, 1);
    private static final VectorMask<Float> SECOND0 = mask(3, 0, 1);
    private static final VectorMask<Float> SECOND1 = mask(3, 1, 1);
    private static final VectorMask<Float> SECOND2 = mask(3, 2, 1);
    private static final VectorMask<Float> THIRD0 = mask(3, 0, 2);
    private static final VectorMask<Float> THIRD1 = mask(3, 1, 2);
    private static final VectorMask<Float> THIRD2 = mask(3, 2, 2);

    private VectorInterleaving() {}

    private static VectorShuffle<Float> shuffle(int rows, int part) {
        return VectorShuffle.fromOp(S, i -> (part * LANES + i) / rows);
    }

    /** The lanes of a part that a row fills. */
    private static VectorMask<Float> mask(int rows, int part, int row) {
        long lanes = 0;
        for (int i = 0; i < LANES; i++) {
            lanes |= (part * LANES + i) % rows == row ? 1L << i : 0;
        }
        return VectorMask.fromLong(S, lanes);
    }

    /** Whether {@link #interleave} is there for so many rows, and quick on this machine. */
    static boolean serves(long rows) {
        return QUICK && (rows == 2 || rows == 3);
    }

    /**
     * target[to + column·rows + row] = source[from + row·step + column], for as many columns as
     * fill vectors.
     *
     * @return how many columns that were
     */
    static long interleave(
            MemorySegment source,
            long from,
            long step,
            MemorySegment target,
            long to,
            int rows,
            long columns) {
        long whole = columns - columns % LANES;
        long first = from * Float.BYTES;
        long second = (from + step) * Float.BYTES;
        if (rows == 2) {
            two(source, first, second, target, to * Float.BYTES, whole);
        } else {
            long third = (from + 2 * step) * Float.BYTES;
            three(source, first, second, third, target, to * Float.BYTES, whole);
        }
        return whole;
    }

    private static void two(
            MemorySegment source,
            long first,
            long second,
            MemorySegment target,
            long write,
            long columns) {
        for (long k = 0; k < columns; k += LANES) {
            FloatVector a = FloatVector.fromMemorySegment(S, source, first + k * 4, ORDER);
            FloatVector b = FloatVector.fromMemorySegment(S, source, second + k * 4, ORDER);
            a.rearrange(TWO0)
                    .blend(b.rearrange(TWO0), ODD)
                    .intoMemorySegment(target, write + k * 8, ORDER);
            a.rearrange(TWO1)
                    .blend(b.rearrange(TWO1), ODD)
                    .intoMemorySegment(target, write + k * 8 + 32, ORDER);
        }
    }

    private static void three(
            MemorySegment source,
            long first,
            long second,
            long third,
            MemorySegment target,
            long write,
            long columns) {
        for (long k = 0; k < columns; k += LANES) {
            FloatVector a = FloatVector.fromMemorySegment(S, source, first + k * 4, ORDER);
            FloatVector b = FloatVector.fromMemorySegment(S, source, second + k * 4, ORDER);
            FloatVector c = FloatVector.fromMemorySegment(S, source, third + k * 4, ORDER);
            long at = write + k * 12;
            a.rearrange(THREE0)
                    .blend(b.rearrange(THREE0), SECOND0)
                    .blend(c.rearrange(THREE0), THIRD0)
                    .intoMemorySegment(target, at, ORDER);
            a.rearrange(THREE1)
                    .blend(b.rearrange(THREE1), SECOND1)
                    .blend(c.rearrange(THREE1), THIRD1)
                    .intoMemorySegment(target, at + 32, ORDER);
            a.rearrange(THREE2)
                    .blend(b.rearrange(THREE2), SECOND2)
                    .blend(c.rearrange(THREE2), THIRD2)
                    .intoMemorySegment(target, at + 64, ORDER);
        }
    }
}
