package io.strider.ops;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * With the Vector API. A short run takes a masked vector, a longer one whole vectors of which the
 * last overlaps the one before. Matrices are turned in squares of 8 × 8 that stay in registers.
 */
final class VectorRunCopies implements RunCopies {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = S.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** From this length on the checks of {@link MemorySegment#copy} no longer show. */
    private static final long LONG = 1024;

    private static final VectorSpecies<Float> S8 = FloatVector.SPECIES_256;
    private static final int SQUARE = 8;

    /** Lanes whose number has bit 1, 2 or 4. */
    private static final VectorMask<Float> BIT1 = bit(1);

    private static final VectorMask<Float> BIT2 = bit(2);
    private static final VectorMask<Float> BIT4 = bit(4);

    /** Lane i takes lane i XOR 1, 2 or 4. */
    private static final VectorShuffle<Float> SWAP1 = VectorShuffle.fromOp(S8, i -> i ^ 1);

    private static final VectorShuffle<Float> SWAP2 = VectorShuffle.fromOp(S8, i -> i ^ 2);
    private static final VectorShuffle<Float> SWAP4 = VectorShuffle.fromOp(S8, i -> i ^ 4);

    private final ScalarRunCopies scalar = new ScalarRunCopies();

    private static VectorMask<Float> bit(int bit) {
        long lanes = 0;
        for (int i = 0; i < SQUARE; i++) {
            lanes |= (i & bit) != 0 ? 1L << i : 0;
        }
        return VectorMask.fromLong(S8, lanes);
    }

    @Override
    public void copy(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long runs,
            long length) {
        if (length >= LONG) {
            scalar.copy(source, from, fromStep, target, to, toStep, runs, length);
        } else if (length >= LANES) {
            copyWhole(source, from, fromStep, target, to, toStep, runs, (int) length);
        } else {
            copyMasked(source, from, fromStep, target, to, toStep, runs, (int) length);
        }
    }

    private static void copyWhole(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long runs,
            int length) {
        int last = length - LANES;
        for (long run = 0; run < runs; run++) {
            long read = (from + run * fromStep) * Float.BYTES;
            long write = (to + run * toStep) * Float.BYTES;
            for (int k = 0; k < last; k += LANES) {
                FloatVector.fromMemorySegment(S, source, read + k * 4L, ORDER)
                        .intoMemorySegment(target, write + k * 4L, ORDER);
            }
            FloatVector.fromMemorySegment(S, source, read + last * 4L, ORDER)
                    .intoMemorySegment(target, write + last * 4L, ORDER);
        }
    }

    private static void copyMasked(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long runs,
            int length) {
        VectorMask<Float> mask = S.indexInRange(0, length);
        for (long run = 0; run < runs; run++) {
            long read = (from + run * fromStep) * Float.BYTES;
            long write = (to + run * toStep) * Float.BYTES;
            FloatVector.fromMemorySegment(S, source, read, ORDER, mask)
                    .intoMemorySegment(target, write, ORDER, mask);
        }
    }

    @Override
    public void fill(
            float value, MemorySegment target, long to, long toStep, long runs, long length) {
        if (length < LANES) {
            scalar.fill(value, target, to, toStep, runs, length);
            return;
        }
        FloatVector all = FloatVector.broadcast(S, value);
        for (long run = 0; run < runs; run++) {
            long write = (to + run * toStep) * Float.BYTES;
            for (long k = 0; k < length - LANES; k += LANES) {
                all.intoMemorySegment(target, write + k * 4L, ORDER);
            }
            all.intoMemorySegment(target, write + (length - LANES) * 4L, ORDER);
        }
    }

    @Override
    public void transpose(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            long rows,
            long columns) {
        long squareRows = LANES < SQUARE ? 0 : rows - rows % SQUARE;
        long squareColumns = columns - columns % SQUARE;
        for (long row = 0; row < squareRows; row += SQUARE) {
            long read = from + row * fromStep;
            for (long column = 0; column < squareColumns; column += SQUARE) {
                square(
                        source,
                        (read + column) * Float.BYTES,
                        fromStep * Float.BYTES,
                        target,
                        (to + column * toStep + row) * Float.BYTES,
                        toStep * Float.BYTES);
            }
        }
        scalar.transpose(
                source,
                from + squareColumns,
                fromStep,
                target,
                to + squareColumns * toStep,
                toStep,
                squareRows,
                columns - squareColumns);
        scalar.transpose(
                source,
                from + squareRows * fromStep,
                fromStep,
                target,
                to + squareRows,
                toStep,
                rows - squareRows,
                columns);
    }

    /** Exchanges halves of blocks at distances 1, 2 and 4, as a butterfly; addresses in bytes. */
    private static void square(
            MemorySegment source,
            long read,
            long readStep,
            MemorySegment target,
            long write,
            long writeStep) {
        FloatVector a0 = FloatVector.fromMemorySegment(S8, source, read, ORDER);
        FloatVector a1 = FloatVector.fromMemorySegment(S8, source, read + readStep, ORDER);
        FloatVector a2 = FloatVector.fromMemorySegment(S8, source, read + 2 * readStep, ORDER);
        FloatVector a3 = FloatVector.fromMemorySegment(S8, source, read + 3 * readStep, ORDER);
        FloatVector a4 = FloatVector.fromMemorySegment(S8, source, read + 4 * readStep, ORDER);
        FloatVector a5 = FloatVector.fromMemorySegment(S8, source, read + 5 * readStep, ORDER);
        FloatVector a6 = FloatVector.fromMemorySegment(S8, source, read + 6 * readStep, ORDER);
        FloatVector a7 = FloatVector.fromMemorySegment(S8, source, read + 7 * readStep, ORDER);
        FloatVector b0 = a0.blend(a1.rearrange(SWAP1), BIT1);
        FloatVector b1 = a0.rearrange(SWAP1).blend(a1, BIT1);
        FloatVector b2 = a2.blend(a3.rearrange(SWAP1), BIT1);
        FloatVector b3 = a2.rearrange(SWAP1).blend(a3, BIT1);
        FloatVector b4 = a4.blend(a5.rearrange(SWAP1), BIT1);
        FloatVector b5 = a4.rearrange(SWAP1).blend(a5, BIT1);
        FloatVector b6 = a6.blend(a7.rearrange(SWAP1), BIT1);
        FloatVector b7 = a6.rearrange(SWAP1).blend(a7, BIT1);
        a0 = b0.blend(b2.rearrange(SWAP2), BIT2);
        a1 = b1.blend(b3.rearrange(SWAP2), BIT2);
        a2 = b0.rearrange(SWAP2).blend(b2, BIT2);
        a3 = b1.rearrange(SWAP2).blend(b3, BIT2);
        a4 = b4.blend(b6.rearrange(SWAP2), BIT2);
        a5 = b5.blend(b7.rearrange(SWAP2), BIT2);
        a6 = b4.rearrange(SWAP2).blend(b6, BIT2);
        a7 = b5.rearrange(SWAP2).blend(b7, BIT2);
        a0.blend(a4.rearrange(SWAP4), BIT4).intoMemorySegment(target, write, ORDER);
        a1.blend(a5.rearrange(SWAP4), BIT4).intoMemorySegment(target, write + writeStep, ORDER);
        a2.blend(a6.rearrange(SWAP4), BIT4).intoMemorySegment(target, write + 2 * writeStep, ORDER);
        a3.blend(a7.rearrange(SWAP4), BIT4).intoMemorySegment(target, write + 3 * writeStep, ORDER);
        a0.rearrange(SWAP4).blend(a4, BIT4).intoMemorySegment(target, write + 4 * writeStep, ORDER);
        a1.rearrange(SWAP4).blend(a5, BIT4).intoMemorySegment(target, write + 5 * writeStep, ORDER);
        a2.rearrange(SWAP4).blend(a6, BIT4).intoMemorySegment(target, write + 6 * writeStep, ORDER);
        a3.rearrange(SWAP4).blend(a7, BIT4).intoMemorySegment(target, write + 7 * writeStep, ORDER);
    }
}
