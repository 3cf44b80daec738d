package io.strider.conv;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * With vectors: a short run costs two or three of them, where {@link MemorySegment#copy} takes some
 * 10 ns for its checks and a loop 1 ns a float. The last vector of a run overlaps the one before.
 */
final class VectorPatchRuns implements PatchRuns {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int LANES = SPECIES.length();

    /** From this length on the checks of {@link MemorySegment#copy} no longer show. */
    private static final long LONG = 1024;

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
            for (long run = 0; run < runs; run++) {
                MemorySegment.copy(
                        source,
                        (from + run * fromStep) * Float.BYTES,
                        target,
                        (to + run * toStep) * Float.BYTES,
                        length * Float.BYTES);
            }
        } else if (length > 2L * LANES) {
            copyVectors(source, from, fromStep, target, to, toStep, (int) runs, (int) length);
        } else if (length >= LANES) {
            copyPairs(source, from, fromStep, target, to, toStep, (int) runs, (int) length);
        } else {
            copyParts(source, from, fromStep, target, to, toStep, (int) runs, (int) length);
        }
    }

    private static void copyVectors(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            int runs,
            int length) {
        int last = length - LANES;
        for (int run = 0; run < runs; run++) {
            long read = (from + run * fromStep) * Float.BYTES;
            long write = (to + run * toStep) * Float.BYTES;
            for (int k = 0; k < last; k += LANES) {
                FloatVector.fromMemorySegment(SPECIES, source, read + k * 4L, ORDER)
                        .intoMemorySegment(target, write + k * 4L, ORDER);
            }
            FloatVector.fromMemorySegment(SPECIES, source, read + last * 4L, ORDER)
                    .intoMemorySegment(target, write + last * 4L, ORDER);
        }
    }

    /** Two vectors that meet or overlap: no loop, which would cost more than they do. */
    private static void copyPairs(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            int runs,
            int length) {
        long second = (length - LANES) * (long) Float.BYTES;
        for (int run = 0; run < runs; run++) {
            long read = (from + run * fromStep) * Float.BYTES;
            long write = (to + run * toStep) * Float.BYTES;
            FloatVector.fromMemorySegment(SPECIES, source, read, ORDER)
                    .intoMemorySegment(target, write, ORDER);
            FloatVector.fromMemorySegment(SPECIES, source, read + second, ORDER)
                    .intoMemorySegment(target, write + second, ORDER);
        }
    }

    private static void copyParts(
            MemorySegment source,
            long from,
            long fromStep,
            MemorySegment target,
            long to,
            long toStep,
            int runs,
            int length) {
        VectorMask<Float> mask = SPECIES.indexInRange(0, length);
        for (int run = 0; run < runs; run++) {
            long read = (from + run * fromStep) * Float.BYTES;
            long write = (to + run * toStep) * Float.BYTES;
            FloatVector.fromMemorySegment(SPECIES, source, read, ORDER, mask)
                    .intoMemorySegment(target, write, ORDER, mask);
        }
    }
}
